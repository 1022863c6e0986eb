import type { Message, Room } from '@parley/shared';
import type { Picture } from '../first-frame/picture';

/** Where the browser keeps what a window has shown last, to be shown again without waiting for anything. */
export const LAST_VIEW = 'parley-view';

export interface KeptPage {
  /** Of the room. */
  id: number;
  /** Revision of the room. */
  rev: number;
  /** Oldest first, without a gap up to the newest one. */
  messages: readonly Message[];
}

/** Chats of a user, and messages of the one that is open. */
export interface Kept {
  rooms: readonly Room[];
  page?: KeptPage | undefined;
}

/** The first rows of the list, the newest messages of the chat that was open, and how all that looked when the window was left. */
export interface LastView extends Kept {
  me: number;
  picture?: Picture | undefined;
}
