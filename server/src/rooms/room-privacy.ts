import { Injectable } from '@nestjs/common';
import type { RoomId, UserId } from '@parley/shared';
import { Database, type Statement } from '../database/database.js';
import {
  ALL_HIDES,
  BLOCKS,
  DECLINED,
  existsSql,
  FROZEN,
  HIDES,
  REQUEST,
  type Freeze,
  type Side,
} from '../users/privacy.js';
import { notDeletedSql } from '../users/deleted-users.js';
import { ROOM_STATE_COLUMNS, type RoomState } from './room-state.js';

/** How far an override of {@link ALL_HIDES} is from its value, in bits. */
const VALUE_SHIFT = 4;

/** What changes in the privacy of a member towards the other. */
export interface PrivacyChange {
  /** Bits of REQUEST, BLOCKS and DECLINED. */
  set?: number;
  clear?: number;
  /** Bits of HIDES that are set for this room: to hidden, to shown, or back to the user's own. */
  hide?: number;
  show?: number;
  inherit?: number;
  /** Only rooms of which the member has all of these bits. */
  ifSet?: number;
  /** When the member was last online: the other sees no more than this while the member has blocked it. */
  seenAt?: string | null;
}

/** A room after a change of one member's privacy. */
export interface ChangedRoom extends RoomState {
  /** Bits of the member before the change. */
  privacy_before: number;
  freeze_before: Freeze | null;
  overrides: number;
  /** See MembershipService.require. */
  exists_a: boolean;
  exists_b: boolean;
  /** Whether what the other sees of the member's watermarks has changed. */
  is_shown_changed: boolean;
}

/** Makes a room that no member has opened, for a block before the first message, or one that a member opens ($3, $4). */
const CREATE: Statement = {
  name: 'rooms-create',
  // The lock orders this before or after a change of `hides` and the deletion of an account, which afterwards go through all
  // rooms of the user.
  sql: `WITH member AS (
          SELECT u.id, u.hides FROM users u WHERE u.id IN ($1::bigint, $2::bigint) AND ${notDeletedSql('u')}
          ORDER BY u.id FOR SHARE
        )
        INSERT INTO rooms (user_a_id, user_b_id, opened_a, opened_b, privacy_a, privacy_b)
        SELECT a.id, b.id, $3::boolean, $4::boolean,
          a.hides | CASE WHEN $3::boolean THEN 0 ELSE ${REQUEST} END, b.hides | CASE WHEN $4::boolean THEN 0 ELSE ${REQUEST} END
        FROM member a, member b WHERE a.id = $1 AND b.id = $2
        ON CONFLICT (user_a_id, user_b_id) DO NOTHING RETURNING id`,
};

const OF_USER: Statement = {
  name: 'rooms-of-user',
  sql: `SELECT id FROM rooms WHERE user_a_id = $1 UNION ALL SELECT id FROM rooms WHERE user_b_id = $1`,
};

const SET_HIDES: Statement = {
  name: 'users-hides',
  sql: `UPDATE users SET hides = (hides & ~$2::integer) | $3::integer WHERE id = $1 RETURNING hides`,
};

const HIDES_OF: Statement = { name: 'users-hides-of', sql: `SELECT hides FROM users WHERE id = $1` };

const OVERRIDES: Statement = {
  name: 'rooms-overrides',
  sql: `SELECT CASE WHEN user_a_id = $2 THEN overrides_a ELSE overrides_b END AS overrides FROM rooms WHERE id = $1`,
};

/** Rooms that are changed in one statement. */
const ROOMS_PER_CHANGE = 100;

/** Changes the privacy of members in their rooms. Checks no permission: the services do. */
@Injectable()
export class RoomPrivacy {
  constructor(private readonly database: Database) {}

  /** @returns null when the pair (the lower id first) has a room already, or the account of one is deleted. */
  async create(
    pair: readonly [UserId, UserId],
    isOpened: readonly [boolean, boolean],
  ): Promise<RoomId | null> {
    const [row] = await this.database.query<{ id: RoomId }>(CREATE, [...pair, ...isOpened]);
    return row?.id ?? null;
  }

  /** Changes rooms in which the user is a member. Each room's row is locked, so messages and receipts come before or after. */
  async change(userId: UserId, roomIds: readonly RoomId[], change: PrivacyChange): Promise<ChangedRoom[]> {
    const { set = 0, clear = 0, hide = 0, show = 0, inherit = 0, ifSet = 0, seenAt = null } = change;
    const overridesSet = hide | show | (hide << VALUE_SHIFT);
    const overridesCleared = (hide | show | inherit) * (1 + (1 << VALUE_SHIFT));
    const values = [roomIds, userId, clear, set, overridesCleared, overridesSet, seenAt, ifSet];
    const rows: ChangedRoom[] = [];
    for (const side of ['a', 'b'] as const) {
      rows.push(...(await this.database.query<ChangedRoom>(CHANGE[side], values)));
    }
    return rows;
  }

  /**
   * Sets what the user hides in every room that does not say otherwise.
   * @yields the changed rooms, in parts. When it is broken off, the same call again completes it.
   */
  async *changeEverywhere(
    userId: UserId,
    { hide = 0, show = 0 }: PrivacyChange,
  ): AsyncGenerator<ChangedRoom[]> {
    await this.database.query(SET_HIDES, [userId, show, hide]);
    const ids = (await this.database.query<{ id: RoomId }>(OF_USER, [userId])).map(({ id }) => id);
    for (let i = 0; i < ids.length; i += ROOMS_PER_CHANGE) {
      yield await this.change(userId, ids.slice(i, i + ROOMS_PER_CHANGE), {});
    }
  }

  /** Bits of HIDES where a room does not say otherwise. */
  async hidesOf(userId: UserId): Promise<number> {
    const [row] = await this.database.query<{ hides: number }>(HIDES_OF, [userId]);
    return row?.hides ?? 0;
  }

  async overridesOf(roomId: RoomId, userId: UserId): Promise<number> {
    const [row] = await this.database.query<{ overrides: number }>(OVERRIDES, [roomId, userId]);
    return row?.overrides ?? 0;
  }
}

/** Whether a room overrides what the user hides in general: undefined means that it does not. */
export function overrideIn(overrides: number, bit: number): boolean | undefined {
  return overrides & bit ? (overrides & (bit << VALUE_SHIFT)) !== 0 : undefined;
}

/**
 * Changes the privacy of the member $2, who is on this side, in the rooms $1: clears the bits $3 and sets $4 of the state, and
 * clears $5 and sets $6 of the overrides; only where all bits $8 of the state are set. The first bit of FROZEN notes where the member's view of the room ends, and what the
 * other sees of the member from now on ($7: when the member was last online); the last one forgets it.
 */
function changeSql(side: Side): string {
  const other = side === 'a' ? 'b' : 'a';
  const [privacy, freeze] = [`privacy_${side}`, `freeze_${side}`];
  return `
    WITH before AS (
      SELECT r.*, u.hides FROM rooms r JOIN users u ON u.id = r.user_${side}_id
      WHERE r.id = ANY ($1::bigint[]) AND r.user_${side}_id = $2
        AND r.${privacy} & $8::integer = $8::integer
      ORDER BY r.id FOR NO KEY UPDATE OF r
    ), overridden AS (
      SELECT b.*, (b.overrides_${side} & ~$5::integer) | $6::integer AS overrides_next,
        ${shownSql('read', side, `b.${privacy}`, `b.${freeze}`)} AS read_shown,
        ${shownSql('delivered', side, `b.${privacy}`, `b.${freeze}`)} AS delivered_shown,
        ${shownSql('read', other, `b.privacy_${other}`, `b.freeze_${other}`)} AS peer_read,
        ${shownSql('delivered', other, `b.privacy_${other}`, `b.freeze_${other}`)} AS peer_delivered
      FROM before b
    ), decided AS (
      SELECT b.*, (b.${privacy} & ~${ALL_HIDES} & ~$3::integer) | $4::integer
        | (b.overrides_next >> ${VALUE_SHIFT} & b.overrides_next & ${ALL_HIDES})
        | (b.hides & ~b.overrides_next & ${ALL_HIDES}) AS privacy_next
      FROM overridden b
    ), next AS (
      SELECT b.*, CASE WHEN b.privacy_next & ${FROZEN} <> 0 THEN coalesce(b.${freeze}, jsonb_build_object(
          'seq', b.last_seq, 'rev', b.rev, 'activity_at', b.last_activity_at,
          'read', b.read_shown, 'delivered', b.delivered_shown,
          'seen_at', CASE WHEN b.${privacy} & ${HIDES.presence | REQUEST} = 0 THEN $7::text END,
          'peer_read', b.peer_read, 'peer_delivered', b.peer_delivered, 'timer', b.timer)) END AS freeze_next
      FROM decided b
    ), changed AS (
      SELECT b.*, b.read_shown IS DISTINCT FROM ${shownSql('read', side, 'b.privacy_next', 'b.freeze_next')}
        OR b.delivered_shown IS DISTINCT FROM ${shownSql('delivered', side, 'b.privacy_next', 'b.freeze_next')}
        AS is_shown_changed
      FROM next b
    ), r AS (
      UPDATE rooms SET ${privacy} = c.privacy_next, overrides_${side} = c.overrides_next, ${freeze} = c.freeze_next,
        rev = c.rev + c.is_shown_changed::int,
        private_rev_${side} = c.private_rev_${side}
          + ((c.privacy_next # c.${privacy}) & ${REQUEST | BLOCKS | DECLINED} <> 0)::int
      FROM changed c WHERE rooms.id = c.id
      RETURNING rooms.*
    )
    SELECT ${ROOM_STATE_COLUMNS}, c.${privacy} AS privacy_before, c.${freeze} AS freeze_before,
       c.overrides_next AS overrides, c.is_shown_changed,
      ${existsSql('a', 'r')} AS exists_a, ${existsSql('b', 'r')} AS exists_b
    FROM r JOIN changed c ON c.id = r.id`;
}

/** SQL: a watermark as the other member sees it; null: hidden. The same as shownReadSeq and shownDeliveredSeq. */
function shownSql(kind: 'read' | 'delivered', side: Side, privacy: string, freeze: string): string {
  const hidden =
    kind === 'read'
      ? `WHEN ${privacy} & ${HIDES.read} <> 0 THEN NULL`
      : `WHEN ${privacy} & ${HIDES.delivered} <> 0
           THEN CASE WHEN ${privacy} & ${HIDES.read} = 0 THEN b.read_seq_${side} END`;
  return `CASE WHEN ${freeze} IS NOT NULL THEN (${freeze}->>'${kind}')::bigint
            WHEN ${privacy} & ${REQUEST} <> 0 THEN 0 ${hidden} ELSE b.${kind}_seq_${side} END`;
}

const CHANGE: Readonly<Record<Side, Statement>> = {
  a: { name: 'rooms-privacy-change-a', sql: changeSql('a') },
  b: { name: 'rooms-privacy-change-b', sql: changeSql('b') },
};
