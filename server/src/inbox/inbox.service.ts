import { Inject, Injectable } from '@nestjs/common';
import type { Room, User, RoomId, UserId } from '@parley/shared';
import { MembershipService } from '../rooms/membership.service.js';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher } from '../database/batcher.js';
import { Database } from '../database/database.js';
import { fieldError, noSuchUser } from '../errors/chat-error.js';
import { Expiry } from '../messages/expiry.js';
import { joinedMessage, type JoinedMessageRow } from '../messages/message-row.js';
import { toMessage } from '../messages/message.view.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { RoomPrivacy } from '../rooms/room-privacy.js';
import {
  deliveredSeqOf,
  freezeOf,
  isFrozenFor,
  privacyOf,
  readSeqOf,
  revOf,
  seenBy,
  shownDeliveredSeq,
  shownPresence,
  shownReadSeq,
  unreadOf,
} from '../rooms/room-state.js';
import { BLOCKS, DECLINED, REQUEST } from '../users/privacy.js';
import { StrangerLimits } from '../users/stranger-limits.js';
import { UsersService } from '../users/users.service.js';
import {
  BY_IDS,
  FIND,
  LAST_SEEN,
  LIST,
  OPEN,
  OPEN_UNSEEN,
  profilesOf,
  type FoundRoom,
  type RoomRow,
} from './inbox.sql.js';

/** How many lists of rooms are read in one statement: each may have a hundred. */
const LISTS_PER_READ = 50;

@Injectable()
export class InboxService {
  readonly #rows: Batcher<readonly RoomId[], RoomRow[]>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly membership: MembershipService,
    private readonly messages: MessagesRepository,
    private readonly privacy: RoomPrivacy,
    private readonly users: UsersService,
    private readonly strangers: StrangerLimits,
    private readonly expiry: Expiry,
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
    await this.#quote(rows);
    return (await this.seenRows(rows, userId)).map((row) => this.view(row, userId));
  }

  /** @throws ChatError `not_found`, also for a room of others. */
  async get(roomId: RoomId, userId: UserId): Promise<Room> {
    await this.membership.require(roomId, userId);
    const [room] = await this.getAll([roomId], userId);
    if (!room) throw new Error('A room that has members is gone.');
    return room;
  }

  /**
   * The one room of two users. Both may ask at the same instant: one of them creates it.
   * @throws ChatError `not_found` for an unknown user, `bad_frame` for oneself, `rate_limited` for too many new people.
   */
  async createOrGet(userId: UserId, otherId: UserId): Promise<{ room: Room; created: boolean }> {
    if (userId === otherId) throw fieldError('user_id', 'must be another user than yourself');
    const pair = [Math.min(userId, otherId), Math.max(userId, otherId)] as [UserId, UserId];
    const existing = await this.#find(pair, userId);
    // Ids that belong to nobody count too: otherwise they would say which do.
    if (!existing?.exists) await this.strangers.countChat(userId);
    const profiles = await this.users.profiles([userId, otherId]);
    if (profiles.length < 2) throw noSuchUser();
    if (existing) return this.#open(existing, userId);
    // With accounts the other user does not see the room before its first message.
    const isOpened = [
      pair[0] === userId || !this.config.accounts,
      pair[1] === userId || !this.config.accounts,
    ];
    const id = await this.privacy.create(pair, isOpened as [boolean, boolean]);
    if (id === null) {
      // There is one by now, or the account of one of them is deleted.
      const found = await this.#find(pair, userId);
      if (!found) throw noSuchUser();
      return this.#open(found, userId);
    }

    const room = await this.get(id, userId);
    const to = this.config.accounts ? [userId] : [userId, otherId];
    this.bus.publish({ to, roomId: id, frame: { type: 'room', room } });
    return { room, created: true };
  }

  /** The room of a pair that has one. For a user who does not see it yet it is a new one; one that was declined comes back. */
  async #open(found: FoundRoom, userId: UserId): Promise<{ room: Room; created: boolean }> {
    let { id } = found;
    let created = false;
    if (!found.exists) {
      const [fresh] = found.is_unseen
        ? await this.database.query<{ id: RoomId }>(OPEN_UNSEEN, [id, userId])
        : [];
      if (fresh) id = fresh.id;
      created = fresh !== undefined || (await this.database.query(OPEN, [id, userId])).length > 0;
    }
    if (found.is_declined) await this.privacy.change(userId, [id], { clear: DECLINED });
    const room = await this.get(id, userId);
    if (created || found.is_declined) {
      this.bus.publish({ to: [userId], roomId: id, frame: { type: 'room', room } });
    }
    return { room, created };
  }

  /** Rooms as the user sees them. The calling code has checked the permission. */
  async getAll(roomIds: readonly RoomId[], userId: UserId): Promise<Room[]> {
    const rows = await this.seenRows(await this.rows(roomIds), userId);
    return rows.map((row) => this.view(row, userId));
  }

  /** Those rooms that exist, in the order of the ids. The calling code has checked the permission. */
  rows(roomIds: readonly RoomId[]): Promise<RoomRow[]> {
    return this.#rows.add(roomIds);
  }

  /** The rows as this user sees them: the same, but for rooms in which the user has blocked the other. */
  async seenRows(rows: RoomRow[], userId: UserId): Promise<RoomRow[]> {
    const frozen = rows.filter((row) => isFrozenFor(row, userId)).map((row) => seenBy(row, userId));
    if (frozen.length === 0) return rows;
    const values = [frozen.map(({ id }) => id), frozen.map(({ last_seq }) => last_seq)];
    const last = await this.database.query<JoinedMessageRow>(LAST_SEEN, values);
    const seen = frozen.map(async (row, i) => {
      const message = joinedMessage(last[i]!);
      const end = freezeOf(row, userId)?.rev ?? row.rev;
      const [shown] = message ? await this.messages.frozen([message], end) : [];
      return [row.id, { ...row, ...last[i], shown_last: shown ?? null } as RoomRow] as const;
    });
    const byId = new Map(await Promise.all(seen));
    return rows.map((row) => byId.get(row.id) ?? row);
  }

  /** @param row as this user sees it (`seenRows`). */
  view(row: RoomRow, userId: UserId): Room {
    const isPresenceShown = row.last_seq > 0 || !this.config.accounts;
    const [a, b] = profilesOf(row).map((profile) => {
      if (profile.id === userId) return this.users.withPresence(profile);
      if (!isPresenceShown) return this.users.withoutPresence(profile);
      return this.users.withShown(profile, shownPresence(row, profile.id));
    }) as [User, User];
    const member = (id: UserId) =>
      id === userId
        ? { user_id: id, read_seq: readSeqOf(row, id), delivered_seq: deliveredSeqOf(row, id) }
        : { user_id: id, read_seq: shownReadSeq(row, id), delivered_seq: shownDeliveredSeq(row, id) };
    const privacy = privacyOf(row, userId);
    const last = row.shown_last === undefined ? joinedMessage(row) : row.shown_last;
    const freeze = freezeOf(row, userId);
    const timer = freeze ? freeze.timer : row.timer;
    // Where the view of a member ends who has blocked the other, so does this.
    const listing = userId === row.user_a_id ? row.listing_a : row.listing_b;
    const expiredSeq = Math.min(row.expired_seq, row.last_seq);
    return {
      id: row.id,
      users: [a, b],
      created_at: row.created_at.toISOString(),
      last_message: last && toMessage(last, row, userId, (id) => (id === a.id ? a : b), this.expiry),
      unread_count: unreadOf(row, userId),
      last_seq: row.last_seq,
      rev: revOf(row, userId),
      members: [member(row.user_a_id), member(row.user_b_id)],
      ...(timer ? { timer } : {}),
      ...(expiredSeq > 0 ? { expired_seq: expiredSeq } : {}),
      ...(listing ? { listing } : {}),
      ...(privacy & REQUEST ? { request: true } : {}),
      ...(privacy & BLOCKS ? { blocked: true } : {}),
    };
  }

  async #readRows(wanted: (readonly RoomId[])[]): Promise<RoomRow[][]> {
    const rows = await this.database.query<RoomRow>(BY_IDS, [[...new Set(wanted.flat())]]);
    await this.#quote(rows);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return wanted.map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
  }

  /** Adds to last messages what they answer. */
  async #quote(rows: readonly RoomRow[]): Promise<void> {
    const replies = rows.filter((row) => row.m_reply_to !== null);
    if (replies.length === 0) return;
    const quoted = await this.messages.quote(replies.map((row) => joinedMessage(row)!));
    replies.forEach((row, i) => (row.m_quote = quoted[i]?.quote ?? null));
  }

  async #find(pair: readonly UserId[], userId: UserId): Promise<FoundRoom | null> {
    const [found] = await this.database.query<FoundRoom>(FIND, [...pair, userId]);
    return found ?? null;
  }
}
