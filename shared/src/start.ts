import type { AuthInfo } from './auth.js';
import type { MessagePage } from './messages.js';
import type { Room } from './rooms.js';
import type { User } from './users.js';

/** Messages in the page of `GET /api/start/`, at most: more than a screen on both sides of the first unread one. */
export const START_PAGE_SIZE = 60;

/** Answer of `GET /api/start/`: what a client needs for its first view, which else are four calls in a row. */
export interface Start {
  /** As `GET /api/auth/`. */
  auth: AuthInfo;
  /** In simulation as `GET /api/users/`, to choose from; with accounts none. */
  users: User[];
  /** As `GET /api/rooms/`; null without a current user. */
  rooms: Room[] | null;
  /** Of the room that the request names; null when it names none, or none of `rooms`. */
  page: MessagePage | null;
}
