import { Inject, Injectable } from '@nestjs/common';
import {
  MAX_ROOMS,
  MAX_USERS,
  START_PAGE_SIZE,
  type MessagePage,
  type Room,
  type RoomId,
  type Start,
  type User,
  type UserId,
} from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { InboxService } from '../inbox/inbox.service.js';
import { PagesService } from '../messages/pages.service.js';
import { UsersService } from '../users/users.service.js';
import { AuthInfoService } from './auth-info.service.js';
import type { StartQuery } from './start.dto.js';

/** Users that a search for a name returns at most: the name itself is among the first. */
const FOUND_BY_NAME = 50;

/** What the first view of a client needs, by the services of the calls that it takes the place of. */
@Injectable()
export class StartService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly info: AuthInfoService,
    private readonly users: UsersService,
    private readonly inbox: InboxService,
    private readonly pages: PagesService,
  ) {}

  /**
   * @param userId the current user of the request; null when it has none.
   * @param url of the request, absolute.
   */
  async start(userId: UserId | null, query: StartQuery, url: URL): Promise<Start> {
    const users = this.config.accounts ? [] : await this.users.search('', MAX_USERS);
    const named = userId === null && !this.config.accounts ? await this.#named(query.as, users) : null;
    const auth = await this.info.of(userId ?? ((named?.id ?? null) as UserId | null));
    if (!auth.user) return { auth, users, rooms: null, page: null };
    const me = auth.user.id as UserId;
    const rooms = await this.inbox.list(me, MAX_ROOMS, null);
    const room = rooms.find(({ id }) => id === query.room);
    return { auth, users, rooms, page: room ? await this.#page(me, room, query.around, url) : null };
  }

  /** Usernames are unique without regard to case. There may be more users than the list holds. */
  async #named(username: string | undefined, users: readonly User[]): Promise<User | undefined> {
    if (!username) return undefined;
    const isNamed = (user: User) => user.username.toLowerCase() === username.toLowerCase();
    const listed = users.find(isNamed);
    if (listed || users.length < MAX_USERS) return listed;
    return (await this.users.search(username, FOUND_BY_NAME)).find(isNamed);
  }

  /** The page where the room opens. */
  #page(userId: UserId, room: Room, asked: number | undefined, url: URL): Promise<MessagePage> {
    const read = room.members.find(({ user_id }) => user_id === userId)?.read_seq ?? 0;
    const unread = room.unread_count > 0 ? Math.max(read, room.expired_seq ?? 0) + 1 : undefined;
    const around = asked ?? unread;
    const path = new URL(`/api/rooms/${room.id}/messages/?page_size=${START_PAGE_SIZE}`, url);
    if (!this.config.accounts) path.searchParams.set('active_user', String(userId));
    return this.pages.page(userId, room.id as RoomId, { around, page_size: START_PAGE_SIZE }, path);
  }
}
