import type { Message } from './messages.js';
import type { User } from './users.js';

/** A private room: exactly two users, one room per pair, for ever. */
export interface Room {
  /** Positive integer. */
  id: number;
  /** Both users, the lower id first. */
  users: [User, User];
  created_at: string;
  last_message: Message | null;
  /** Messages of the other user beyond the current user's `read_seq`; exact. */
  unread_count: number;
  /** `seq` of the newest message; 0 in an empty room. */
  last_seq: number;
  /** Counts everything that ever changed in the room (message, receipt, …) without a gap. */
  rev: number;
  members: [Member, Member];
  /** The other user is new to this one, who has not accepted the chat yet. Absent otherwise. */
  request?: true;
  /** The current user has blocked the other. Absent otherwise, and always for the blocked one. */
  blocked?: true;
  /** After which time new messages disappear, as a member has last set it. Absent: never set. */
  timer?: MessageTimer;
  /** Every message up to this `seq` has expired: nothing is left of it. Absent: 0. */
  expired_seq?: number;
  /** How the current user keeps the room in the list. Absent: as every new one. */
  listing?: RoomListing;
}

/**
 * How a user keeps a room in the list, as it is stored: private to that user. What follows from it changes with messages,
 * receipts and time, without a write (`listSettingsOf`).
 */
export interface RoomListing {
  /** Counts the changes of the user in the listings of all rooms, without a gap: 1, 2, 3 … This is the one of the last change here. */
  rev: number;
  /** Since when the room is pinned; null: it is not. */
  pinned_at: string | null;
  /** Until when the user is not notified of messages; `MUTED_FOREVER`: for ever. */
  muted_until: string | null;
  /** `last_seq` of the room when it was archived; null: it is not archived. */
  archived_seq: number | null;
  /** The user's `read_seq` when the room was marked as unread; null: it is not marked. */
  unread_seq: number | null;
}

/** The timer of a chat for disappearing messages, and its last change. */
export interface MessageTimer {
  /** A new message disappears this long after it was sent; null: never. */
  seconds: number | null;
  /** Who has set it, and when (ISO-8601 UTC). */
  user_id: number;
  changed_at: string;
  /** The newest message then: those up to this `seq` keep the time that they had. */
  after_seq: number;
}

/** Body of `PUT /api/rooms/<id>/timer/`. */
export interface SetTimer {
  /** {@link MIN_TIMER_SECONDS} to {@link MAX_TIMER_SECONDS}; null: new messages stay. */
  seconds: number | null;
  /** The current user (simulation); `?active_user=` does as well. */
  active_user_id?: number;
}

/**
 * How far a user has come in a room. Both only move forward and never pass `last_seq`. Null: the other user hides it; one's
 * own is never null.
 */
export interface Member {
  user_id: number;
  /** Everything up to this `seq` is read. */
  read_seq: number | null;
  /** Everything up to this `seq` has arrived on a device; never less than `read_seq`. */
  delivered_seq: number | null;
}

/** Body of `POST /api/rooms/create/`. */
export interface CreateRoom {
  /** The other user. */
  user_id: number;
  /** The current user (simulation). */
  active_user_id: number;
}
