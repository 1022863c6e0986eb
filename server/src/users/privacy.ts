import type { MessageTimer, Rev, Seq } from '@parley/shared';

/**
 * The privacy of one member of a room towards the other, as the bits of `rooms.privacy_a` and `_b`. They stand in the row
 * of the room, so that its lock orders a block before or after every message and receipt, and each statement of the message
 * path reads them without a query of its own.
 */

/** What the member does not let the other see. */
export const HIDES = { read: 1, delivered: 2, typing: 4, presence: 8 } as const;
export const ALL_HIDES = 15;
/** The other one is new to the member, who has not accepted the room. */
export const REQUEST = 16;
/** The member has blocked the other. */
export const BLOCKS = 32;
/** The member has declined the request: the room is not in the member's list. */
export const DECLINED = 64;
/** The member sees the room as it was then, and the other sees the member as it was then: see {@link Freeze}. */
export const FROZEN = BLOCKS | DECLINED;
/** Nothing goes from the member to the other. */
export const SILENT = REQUEST | FROZEN;

/**
 * A room at the moment when a member blocked the other or declined the request. Since `seq` and `rev` have no gaps, two numbers
 * say where the member's view ends. Everything later comes with `sync` when the freeze is lifted.
 */
export interface Freeze {
  seq: Seq;
  rev: Rev;
  /** Time of the newest message, ISO-8601: keeps the room's place in the list. */
  activity_at: string;
  /** What the other sees of the member: the watermarks (null: hidden) and when the member was last online. */
  read: Seq | null;
  delivered: Seq | null;
  seen_at: string | null;
  /** What the member sees of the other. */
  peer_read: Seq | null;
  peer_delivered: Seq | null;
  /** Absent in rooms that were frozen before there were timers. */
  timer?: MessageTimer | null;
}

/** The side of a room: `a` is the member with the lower id. */
export type Side = 'a' | 'b';

/** SQL: the end of what a member sees of the room `r`. */
export function seenSeqSql(side: Side, r: string): string {
  return `coalesce((${r}.freeze_${side}->>'seq')::bigint, ${r}.last_seq)`;
}

/** SQL: whether the room `r` exists for a member: it has a message that the member may see, or the member has opened it. Once true, always true. */
export function existsSql(side: Side, r: string): string {
  return `(${seenSeqSql(side, r)} > 0 OR ${r}.opened_${side})`;
}

/** SQL: the revision of the room `r` as a member sees it. */
export function seenRevSql(side: Side, r: string): string {
  return `coalesce((${r}.freeze_${side}->>'rev')::bigint, ${r}.rev) + ${r}.private_rev_${side}`;
}

/** SQL: what orders the member's list. */
export function activitySql(side: Side, r: string): string {
  return `coalesce((${r}.freeze_${side}->>'activity_at')::timestamptz, ${r}.last_activity_at)`;
}

/** SQL: whether the member on this side lets the other see its presence, and the other wants to see anything. */
export function presenceShownSql(side: Side, r: string): string {
  const other = side === 'a' ? 'b' : 'a';
  return `(${r}.privacy_${side} & ${HIDES.presence | SILENT} = 0 AND ${r}.privacy_${other} & ${FROZEN} = 0)`;
}

/** Presence that is shown to the other member: the true one, or offline with this `last_seen` (null: hidden). */
export type ShownPresence = 'live' | { readonly lastSeen: string | null };
