import { Injectable } from '@nestjs/common';
import {
  REPORTED_MESSAGES,
  SHARES,
  type Me,
  type RoomId,
  type ReportRoom,
  type Room,
  type Sharing,
  type User,
  type UserId,
} from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { USERS_ONLY } from '../bus/publication.js';
import { Database, type Statement } from '../database/database.js';
import { ChatError, noSuchUser } from '../errors/chat-error.js';
import { InboxService } from '../inbox/inbox.service.js';
import { PresenceStore } from '../presence/presence.store.js';
import { MembershipService } from '../rooms/membership.service.js';
import { overrideIn, RoomPrivacy, type ChangedRoom, type PrivacyChange } from '../rooms/room-privacy.js';
import { isFrozenFor, peerOf, privacyOf, shownPresence, sideOf, withPrivacy } from '../rooms/room-state.js';
import { BLOCKS, DECLINED, HIDES, REQUEST } from '../users/privacy.js';
import { UsersService, type Profile } from '../users/users.service.js';

const BITS: Readonly<Record<keyof Sharing, number>> = {
  share_read: HIDES.read,
  share_delivered: HIDES.delivered,
  share_typing: HIDES.typing,
  share_presence: HIDES.presence,
};

const FIND: Statement = {
  name: 'privacy-room-of-pair',
  sql: `SELECT id FROM rooms WHERE user_a_id = $1 AND user_b_id = $2`,
};

const BLOCKED: Statement = {
  name: 'privacy-blocked',
  sql: `SELECT u.id, u.username, u.display_name, u.avatar FROM (
          SELECT user_b_id AS id FROM rooms WHERE user_a_id = $1 AND privacy_a & ${BLOCKS} <> 0
          UNION ALL SELECT user_a_id FROM rooms WHERE user_b_id = $1 AND privacy_b & ${BLOCKS} <> 0
        ) other JOIN users u ON u.id = other.id ORDER BY lower(u.username)`,
};

const REPORT: Statement = {
  name: 'privacy-report',
  sql: `INSERT INTO reports (room_id, reporter_id, reported_id, category, reason, first_seq, last_seq)
        VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

/** What is shared in one room; null: as in general. */
export type RoomSharing = Record<keyof Sharing, boolean | null>;

export function blocksOneself(): ChatError {
  return new ChatError('conflict', 'A user cannot block itself.');
}

/** The refusal to decline a room that is not a request. */
export function notARequest(): ChatError {
  return new ChatError('conflict', 'This room is not a request.');
}

/** Requests, blocks, reports, and what users share. All of it changes one row of `rooms`, under its lock. */
@Injectable()
export class PrivacyService {
  constructor(
    private readonly database: Database,
    private readonly membership: MembershipService,
    private readonly privacy: RoomPrivacy,
    private readonly rooms: InboxService,
    private readonly users: UsersService,
    private readonly presence: PresenceStore,
    private readonly bus: EventBus,
  ) {}

  /** @throws ChatError `not_found` for an unknown user, `conflict` for oneself. */
  async block(userId: UserId, otherId: UserId): Promise<void> {
    if (userId === otherId) throw blocksOneself();
    if ((await this.users.profiles([otherId])).length === 0) throw noSuchUser();
    await this.privacy.create(pairOf(userId, otherId), [false, false]);
    await this.#changeOfPair(userId, otherId, { set: BLOCKS, seenAt: this.#lastSeen(userId) });
  }

  /** @throws ChatError `not_found` for an unknown user. */
  async unblock(userId: UserId, otherId: UserId): Promise<void> {
    if ((await this.users.profiles([otherId])).length === 0) throw noSuchUser();
    await this.#changeOfPair(userId, otherId, { clear: BLOCKS });
  }

  /** The users whom the user has blocked. */
  async blocked(userId: UserId): Promise<User[]> {
    const profiles = await this.database.query<Profile>(BLOCKED, [userId]);
    return profiles.map((profile) => this.users.withoutPresence(profile));
  }

  /** Also takes back that the user has declined it. @throws ChatError `not_found`. */
  async accept(userId: UserId, roomId: RoomId): Promise<Room> {
    await this.membership.require(roomId, userId);
    await this.#change(userId, roomId, { clear: REQUEST | DECLINED });
    return this.rooms.get(roomId, userId);
  }

  /** @throws ChatError `not_found`, `conflict` when it is not a request. */
  async decline(userId: UserId, roomId: RoomId): Promise<void> {
    await this.membership.require(roomId, userId);
    const isDeclined = await this.#change(userId, roomId, {
      ifSet: REQUEST,
      set: DECLINED,
      seenAt: this.#lastSeen(userId),
    });
    if (!isDeclined) throw notARequest();
  }

  /** Stores a report of messages that the user sees; numbers beyond them become the nearest. @throws ChatError `not_found`. */
  async report(userId: UserId, roomId: RoomId, report: ReportRoom): Promise<void> {
    const { category, reason, first_seq, last_seq } = report;
    const pair = await this.membership.require(roomId, userId);
    const room = await this.rooms.get(roomId, userId);
    const last = Math.min(last_seq ?? room.last_seq, room.last_seq);
    const first = Math.min(first_seq ?? Math.max(1, last - REPORTED_MESSAGES + 1), last);
    const reported = pair.a === userId ? pair.b : pair.a;
    const values = [roomId, userId, reported, category ?? 'other', reason?.trim() ?? '', first, last];
    await this.database.query(REPORT, values);
  }

  async me(userId: UserId): Promise<Me> {
    return { ...(await this.users.get(userId)), ...(await this.#sharing(userId)) };
  }

  /** Applies to all rooms that do not say otherwise. When it fails halfway, the same call again completes it. */
  async changeSharing(userId: UserId, change: Partial<Sharing>): Promise<Me> {
    const { hide, show } = bitsOf(change);
    if (hide | show) {
      for await (const rows of this.privacy.changeEverywhere(userId, { hide, show })) {
        await this.#publish(userId, rows);
      }
      const sharing = await this.#sharing(userId);
      this.bus.publish({ to: [userId], roomId: USERS_ONLY, frame: { type: 'sharing', ...sharing } });
    }
    return this.me(userId);
  }

  /** What a room overrides. The calling code has checked the permission. */
  async sharingIn(userId: UserId, roomId: RoomId): Promise<RoomSharing> {
    return overridesIn(await this.privacy.overridesOf(roomId, userId));
  }

  /** Changes what a room overrides. The calling code has checked the permission. */
  async changeSharingIn(userId: UserId, roomId: RoomId, change: Partial<RoomSharing>): Promise<RoomSharing> {
    const [room] = await this.privacy.change(userId, [roomId], bitsOf(change));
    if (!room) throw new Error('A room that has members is gone.');
    await this.#publish(userId, [room]);
    return overridesIn(room.overrides);
  }

  async #sharing(userId: UserId): Promise<Sharing> {
    const hides = await this.privacy.hidesOf(userId);
    return sharingOf((bit) => (hides & bit) === 0);
  }

  async #changeOfPair(userId: UserId, otherId: UserId, change: PrivacyChange): Promise<void> {
    const find = async () =>
      (await this.database.query<{ id: RoomId }>(FIND, pairOf(userId, otherId)))[0]?.id;
    for (let id = await find(), last; id !== undefined && id !== last; last = id, id = await find()) {
      // The other opens a room that nobody has seen at this very moment, and gives it another id, once.
      if (await this.#change(userId, id, change)) return;
    }
  }

  /** @returns false when nothing was changed: `ifSet` was not, or there is no such room. */
  async #change(userId: UserId, roomId: RoomId, change: PrivacyChange): Promise<boolean> {
    const rows = await this.privacy.change(userId, [roomId], change);
    await this.#publish(userId, rows);
    return rows.length > 0;
  }

  /**
   * Sends what has changed for each of the two: the room, which clients catch up with, and the presence that the other
   * sees. Nothing to a user whose view of the room has not changed.
   */
  async #publish(userId: UserId, rows: readonly ChangedRoom[]): Promise<void> {
    for (const row of rows) {
      const other = peerOf(row, userId);
      const hasOwnChange =
        ((privacyOf(row, userId) ^ row.privacy_before) & (REQUEST | BLOCKS | DECLINED)) !== 0;
      const isShownToOther = row.is_shown_changed && !isFrozenFor(row, other);
      if (hasOwnChange || row.is_shown_changed) await this.#publishRoom(row, userId);
      if (isShownToOther) await this.#publishRoom(row, other);
      this.#publishPresence(userId, row);
    }
  }

  async #publishRoom(row: ChangedRoom, userId: UserId): Promise<void> {
    // For a user for whom the room does not exist yet there is nothing to show.
    if (!row[`exists_${sideOf(row, userId)}`]) return;
    const publication = { to: [userId], roomId: row.id, exceptUser: peerOf(row, userId) };
    if ((privacyOf(row, userId) & DECLINED) !== 0) {
      // `sync` names it as unknown, so that every device forgets it.
      return this.bus.publish({ ...publication, frame: { type: 'resync' } });
    }
    const [room] = await this.rooms.getAll([row.id], userId);
    if (!room) throw new Error('A room that has members is gone.');
    this.bus.publish({ ...publication, frame: { type: 'room', room } });
  }

  #publishPresence(userId: UserId, row: ChangedRoom): void {
    const other = peerOf(row, userId);
    if (row.last_seq === 0 || isFrozenFor(row, other)) return;
    const before = shownPresence(withPrivacy(row, userId, row.privacy_before, row.freeze_before), userId);
    const now = shownPresence(row, userId);
    const presenceOf = (shown: typeof now) =>
      shown === 'live'
        ? this.presence.of(userId)
        : { user_id: userId, ...this.presence.offlineSince(shown.lastSeen) };
    const [was, is] = [presenceOf(before), presenceOf(now)];
    if (was.online === is.online && was.last_seen === is.last_seen) return;
    this.bus.publish({ to: [other], roomId: row.id, frame: { type: 'presence', ...is }, exceptUser: userId });
  }

  #lastSeen(userId: UserId): string | null {
    const { online, last_seen } = this.presence.of(userId);
    return online ? new Date().toISOString() : last_seen;
  }
}

function pairOf(userId: UserId, otherId: UserId): [UserId, UserId] {
  return userId < otherId ? [userId, otherId] : [otherId, userId];
}

function sharingOf<Value>(valueOf: (bit: number) => Value): Record<keyof Sharing, Value> {
  return Object.fromEntries(SHARES.map((name) => [name, valueOf(BITS[name])])) as Record<
    keyof Sharing,
    Value
  >;
}

function overridesIn(overrides: number): RoomSharing {
  return sharingOf((bit) => {
    const isHidden = overrideIn(overrides, bit);
    return isHidden === undefined ? null : !isHidden;
  });
}

function bitsOf(change: Partial<RoomSharing>): { hide: number; show: number; inherit: number } {
  const bits = { hide: 0, show: 0, inherit: 0 };
  for (const name of SHARES) {
    const value = change[name];
    if (value === undefined) continue;
    bits[value === null ? 'inherit' : value ? 'show' : 'hide'] |= BITS[name];
  }
  return bits;
}
