import type { Rev, RoomId, Seq, UserId } from '@parley/shared';
import {
  BLOCKS,
  HIDES,
  REQUEST,
  SILENT,
  type Freeze,
  type ShownPresence,
  type Side,
} from '../users/privacy.js';

/** What the members keep from each other: columns of `rooms`. */
export interface PrivacyState {
  /** Bits (users/privacy.ts). */
  privacy_a: number;
  privacy_b: number;
  /** How many changes only that member sees. */
  private_rev_a: number;
  private_rev_b: number;
  /** Where the view of a member ends who has blocked the other. */
  freeze_a: Freeze | null;
  freeze_b: Freeze | null;
}

/** Everything that changes in a room, as of one moment: its row in `rooms` without the times. */
export interface RoomState {
  id: RoomId;
  /** The two members, the lower id first. */
  user_a_id: UserId;
  user_b_id: UserId;
  last_seq: Seq;
  rev: Rev;
  /** How many of the messages are a's, and b's. */
  sent_a: number;
  sent_b: number;
  read_seq_a: Seq;
  read_seq_b: Seq;
  delivered_seq_a: Seq;
  delivered_seq_b: Seq;
  unread_a: number;
  unread_b: number;
  /** Null: the members keep nothing from each other, and never did. */
  privacy: PrivacyState | null;
}

const NOTHING_PRIVATE: PrivacyState = {
  privacy_a: 0,
  privacy_b: 0,
  private_rev_a: 0,
  private_rev_b: 0,
  freeze_a: null,
  freeze_b: null,
};

/** The compiler demands each field of RoomState that is a column, and no other. */
const COLUMNS: Record<Exclude<keyof RoomState, 'privacy'>, true> = {
  id: true,
  user_a_id: true,
  user_b_id: true,
  last_seq: true,
  rev: true,
  sent_a: true,
  sent_b: true,
  read_seq_a: true,
  read_seq_b: true,
  delivered_seq_a: true,
  delivered_seq_b: true,
  unread_a: true,
  unread_b: true,
};

/** SQL: whether RoomState.privacy of the table or query `r` is there. */
export const HAS_PRIVACY = `((r.privacy_a | r.privacy_b) <> 0 OR r.private_rev_a + r.private_rev_b <> 0)`;

/**
 * RoomState as columns of a SELECT, from the table or query `r`. Privacy is one column, nearly always null, as every
 * column more is a cost of every message.
 */
export const ROOM_STATE_COLUMNS = [
  ...Object.keys(COLUMNS).map((column) => `r.${column}`),
  `CASE WHEN ${HAS_PRIVACY} THEN jsonb_build_object(${Object.keys(NOTHING_PRIVATE)
    .map((column) => `'${column}', r.${column}`)
    .join(', ')}) END AS privacy`,
].join(', ');

/**
 * The room after one more message, whose `seq` and `rev` PostgreSQL has given: what the statements of message-log.sql.ts
 * write.
 */
export function afterMessage(room: RoomState, senderId: UserId, seq: Seq, rev: Rev): RoomState {
  const byA = senderId === room.user_a_id ? 1 : 0;
  // Written out: spreading cost 2.5 µs a message, a fifteenth of all that the server does for it.
  return {
    id: room.id,
    user_a_id: room.user_a_id,
    user_b_id: room.user_b_id,
    last_seq: seq,
    rev,
    sent_a: room.sent_a + byA,
    sent_b: room.sent_b + 1 - byA,
    read_seq_a: room.read_seq_a,
    read_seq_b: room.read_seq_b,
    delivered_seq_a: room.delivered_seq_a,
    delivered_seq_b: room.delivered_seq_b,
    unread_a: room.unread_a + 1 - byA,
    unread_b: room.unread_b + byA,
    privacy: room.privacy,
  };
}

export function sideOf(room: Pick<RoomState, 'user_a_id'>, userId: UserId): Side {
  return userId === room.user_a_id ? 'a' : 'b';
}

/** The other member. */
export function peerOf(room: Pick<RoomState, 'user_a_id' | 'user_b_id'>, userId: UserId): UserId {
  return userId === room.user_a_id ? room.user_b_id : room.user_a_id;
}

export function readSeqOf(room: RoomState, userId: UserId): Seq {
  return userId === room.user_a_id ? room.read_seq_a : room.read_seq_b;
}

export function deliveredSeqOf(room: RoomState, userId: UserId): Seq {
  return userId === room.user_a_id ? room.delivered_seq_a : room.delivered_seq_b;
}

export function unreadOf(room: RoomState, userId: UserId): number {
  return userId === room.user_a_id ? room.unread_a : room.unread_b;
}

/** How many changes of the room only this member sees. */
function privateRevOf({ privacy, user_a_id }: RoomState, userId: UserId): number {
  if (privacy === null) return 0;
  return userId === user_a_id ? privacy.private_rev_a : privacy.private_rev_b;
}

/** The revision of the room as this member sees it. */
export function revOf(room: RoomState, userId: UserId): Rev {
  return (room.rev + privateRevOf(room, userId)) as Rev;
}

/** The revision without the member's own changes, or an earlier one: what to compare with the `rev` of messages. */
export function sharedRev(room: RoomState, userId: UserId, rev: Rev): Rev {
  return Math.max(0, rev - privateRevOf(room, userId)) as Rev;
}

export function privacyOf({ privacy, user_a_id }: RoomState, userId: UserId): number {
  if (privacy === null) return 0;
  return userId === user_a_id ? privacy.privacy_a : privacy.privacy_b;
}

export function freezeOf({ privacy, user_a_id }: RoomState, userId: UserId): Freeze | null {
  if (privacy === null) return null;
  return userId === user_a_id ? privacy.freeze_a : privacy.freeze_b;
}

/** The room as if a member kept this from the other. */
export function withPrivacy<Room extends RoomState>(
  room: Room,
  userId: UserId,
  privacy: number,
  freeze: Freeze | null,
): Room {
  const own =
    userId === room.user_a_id
      ? { privacy_a: privacy, freeze_a: freeze }
      : { privacy_b: privacy, freeze_b: freeze };
  return { ...room, privacy: { ...NOTHING_PRIVATE, ...room.privacy, ...own } };
}

/** The member who has blocked the other, or declined the request, and so gets nothing of it. Both: the lower id. */
export function frozenMember({ privacy, user_a_id, user_b_id }: RoomState): UserId | undefined {
  if (privacy === null) return undefined;
  if (privacy.freeze_a !== null) return user_a_id;
  return privacy.freeze_b === null ? undefined : user_b_id;
}

export function isFrozenFor(room: RoomState, userId: UserId): boolean {
  return freezeOf(room, userId) !== null;
}

/** How far a member has read, as the other sees it. Null: hidden. */
export function shownReadSeq(room: RoomState, userId: UserId): Seq | null {
  const privacy = privacyOf(room, userId);
  if (privacy === 0) return readSeqOf(room, userId);
  const freeze = freezeOf(room, userId);
  if (freeze) return freeze.read;
  if (privacy & REQUEST) return 0 as Seq;
  return privacy & HIDES.read ? null : readSeqOf(room, userId);
}

/** What has arrived, as the other sees it: at least what is shown as read. Null: hidden. */
export function shownDeliveredSeq(room: RoomState, userId: UserId): Seq | null {
  const privacy = privacyOf(room, userId);
  if (privacy === 0) return deliveredSeqOf(room, userId);
  const freeze = freezeOf(room, userId);
  if (freeze) return freeze.delivered;
  if (privacy & REQUEST) return 0 as Seq;
  return privacy & HIDES.delivered ? shownReadSeq(room, userId) : deliveredSeqOf(room, userId);
}

const HIDDEN: ShownPresence = { lastSeen: null };

/**
 * What a member shows of its presence to the other, who may have blocked it and then sees less (`seenBy`). The member's own
 * devices get the same in messages: it depends on nothing that the other does, so they cannot find a block by it.
 */
export function shownPresence(room: RoomState, userId: UserId): ShownPresence {
  const privacy = privacyOf(room, userId);
  if (privacy === 0) return 'live';
  const freeze = freezeOf(room, userId);
  if (freeze) return { lastSeen: freeze.seen_at };
  return privacy & (HIDES.presence | REQUEST) ? HIDDEN : 'live';
}

/** Whether `typing` of a member goes to the other. A request is quiet until it is accepted. */
export function passesTyping(
  room: Pick<RoomState, 'user_a_id'> & Pick<PrivacyState, 'privacy_a' | 'privacy_b'>,
  userId: UserId,
): boolean {
  const [own, others] =
    userId === room.user_a_id ? [room.privacy_a, room.privacy_b] : [room.privacy_b, room.privacy_a];
  return (own & (HIDES.typing | SILENT)) === 0 && (others & SILENT) === 0;
}

/**
 * The room as this member sees it: as it is, or as it was when the member blocked the other. Only the other can have sent
 * since, so what is beyond the end counts as unread of the member.
 */
export function seenBy<Room extends RoomState>(room: Room, userId: UserId): Room {
  const freeze = freezeOf(room, userId);
  if (!freeze) return room;
  const { seq, rev, peer_read, peer_delivered } = freeze;
  const ofPeer: Freeze = { ...freeze, read: peer_read, delivered: peer_delivered, seen_at: null };
  const seen = withPrivacy(room, peerOf(room, userId), BLOCKS, ofPeer);
  const hidden = room.last_seq - seq;
  return userId === room.user_a_id
    ? { ...seen, last_seq: seq, rev, unread_a: room.unread_a - hidden }
    : { ...seen, last_seq: seq, rev, unread_b: room.unread_b - hidden };
}
