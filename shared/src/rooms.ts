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
