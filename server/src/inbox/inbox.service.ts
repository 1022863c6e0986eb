import { Inject, Injectable } from '@nestjs/common';
import type { Room, User, RoomId, UserId } from '@parley/shared';
import { MembershipService } from '../rooms/membership.service.js';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher } from '../database/batcher.js';
import { Database } from '../database/database.js';
import { fieldError, noSuchUser } from '../errors/chat-error.js';
import { joinedMessage } from '../messages/message-row.js';
import { toMessage } from '../messages/message.view.js';
import { unreadOf } from '../rooms/room-state.js';
import { UsersService } from '../users/users.service.js';
import { BY_IDS, CREATE, FIND, LIST, OPEN, profilesOf, type RoomRow } from './inbox.sql.js';

/** How many lists of rooms are read in one statement: each may have a hundred. */
const LISTS_PER_READ = 50;

@Injectable()
export class InboxService {
  readonly #rows: Batcher<readonly RoomId[], RoomRow[]>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly membership: MembershipService,
    private readonly users: UsersService,
    private readonly bus: EventBus,
  ) {
    this.#rows = new Batcher((wanted) => this.#readRows(wanted), {
      maxBatch: LISTS_PER_READ,
      queue: database.syncQueue,
    });
  }

  /**
   * The user's rooms, the most recently active first, as that user sees them.
   * @param before a room of the user: the page begins after it.
   * @throws ChatError `not_found` for an unknown user, or a `before` that is not a room of the user.
   */
  async list(userId: UserId, limit: number, before: RoomId | null): Promise<Room[]> {
    if (!this.users.known(userId)) await this.users.get(userId);
    if (before !== null) await this.membership.require(before, userId);
    const rows = await this.database.listLimit.run(() =>
      this.database.query<RoomRow>(LIST, [userId, limit, before]),
    );
    return rows.map((row) => this.view(row, userId));
  }

  /** @throws ChatError `not_found`, also for a room of others. */
  async get(roomId: RoomId, userId: UserId): Promise<Room> {
    await this.membership.require(roomId, userId);
    const [row] = await this.rows([roomId]);
    if (!row) throw new Error('A room that has members is gone.');
    return this.view(row, userId);
  }

  /**
   * The one room of two users. Both may ask at the same instant: one of them creates it.
   * @throws ChatError `not_found` for an unknown user, `bad_frame` for oneself.
   */
  async createOrGet(userId: UserId, otherId: UserId): Promise<{ room: Room; created: boolean }> {
    if (userId === otherId) throw fieldError('user_id', 'must be another user than yourself');
    const profiles = await this.users.profiles([userId, otherId]);
    if (profiles.length < 2) throw noSuchUser();

    const pair = [Math.min(userId, otherId), Math.max(userId, otherId)];
    const existing = await this.#find(pair);
    if (existing !== null) return this.#open(existing, userId);
    // With accounts the other user does not see the room before its first message.
    const opened = pair.map((id) => id === userId || !this.config.accounts);
    const [created] = await this.database.query<{ id: RoomId }>(CREATE, [...pair, ...opened]);
    const id = created?.id ?? (await this.#find(pair));
    // The account of one of them is deleted.
    if (id === null) throw noSuchUser();
    if (!created) return this.#open(id, userId);

    const room = await this.get(id, userId);
    const to = this.config.accounts ? [userId] : [userId, otherId];
    this.bus.publish({ to, roomId: id, frame: { type: 'room', room } });
    return { room, created: true };
  }

  /** The room of a pair that has one. For a user who does not see it yet it is a new one. */
  async #open(id: RoomId, userId: UserId): Promise<{ room: Room; created: boolean }> {
    const isNew = this.config.accounts !== null && (await this.database.query(OPEN, [id, userId])).length > 0;
    const room = await this.get(id, userId);
    if (isNew) this.bus.publish({ to: [userId], roomId: id, frame: { type: 'room', room } });
    return { room, created: isNew };
  }

  /** Those rooms that exist, in the order of the ids. The calling code has checked the permission. */
  rows(roomIds: readonly RoomId[]): Promise<RoomRow[]> {
    return this.#rows.add(roomIds);
  }

  /** The room as this user sees it. */
  view(row: RoomRow, userId: UserId): Room {
    const isPresenceShown = row.last_seq > 0 || !this.config.accounts;
    const [a, b] = profilesOf(row).map((profile) =>
      isPresenceShown || profile.id === userId
        ? this.users.withPresence(profile)
        : this.users.withoutPresence(profile),
    ) as [User, User];
    const last = joinedMessage(row);
    return {
      id: row.id,
      users: [a, b],
      created_at: row.created_at.toISOString(),
      last_message: last && toMessage(last, row, (id) => (id === a.id ? a : b)),
      unread_count: unreadOf(row, userId),
      last_seq: row.last_seq,
      rev: row.rev,
      members: [
        { user_id: a.id, read_seq: row.read_seq_a, delivered_seq: row.delivered_seq_a },
        { user_id: b.id, read_seq: row.read_seq_b, delivered_seq: row.delivered_seq_b },
      ],
    };
  }

  async #readRows(wanted: (readonly RoomId[])[]): Promise<RoomRow[][]> {
    const rows = await this.database.query<RoomRow>(BY_IDS, [[...new Set(wanted.flat())]]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return wanted.map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
  }

  async #find(pair: number[]): Promise<RoomId | null> {
    const [found] = await this.database.query<{ id: RoomId }>(FIND, pair);
    return found?.id ?? null;
  }
}
