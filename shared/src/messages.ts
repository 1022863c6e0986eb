import type { User } from './users.js';

/** One message of a room. `is_read` and `is_delivered` are the receiver's and follow from its watermarks. */
export interface Message {
  /** Positive integer, unique over all rooms. */
  id: number;
  text: string;
  /** When the server stored it, ISO-8601 UTC. Never used for order: that is `seq`. */
  timestamp: string;
  sender: User;
  receiver: User;
  is_read: boolean;
  is_delivered: boolean;
  room_id: number;
  /** Place in the room: 1, 2, 3 … without a gap, in commit order. */
  seq: number;
  /** The sender's own id for it (a UUID): makes sending again harmless. */
  client_id: string | null;
  edited_at: string | null;
  deleted_at: string | null;
  /** Id of the message of the same room that this one answers. */
  reply_to: number | null;
  reactions: Reaction[];
}

/** An emoji, and the members who have reacted to a message with it, in the order in which they did. */
export interface Reaction {
  /** One emoji, fully qualified (Unicode `RGI_Emoji`). */
  emoji: string;
  user_ids: number[];
}

/** The message that another one answers, as it is now. */
export interface MessageReply {
  id: number;
  seq: number;
  sender_id: number;
  /** Its first {@link MAX_QUOTE_LENGTH} characters; empty when it is deleted. */
  text: string;
  deleted: boolean;
}

/** Longest text of a {@link MessageReply}, in code points. */
export const MAX_QUOTE_LENGTH = 100;

/** Body of `POST /api/rooms/<id>/messages/`. */
export interface CreateMessage {
  text: string;
  client_id?: string | null;
  reply_to?: number | null;
  /** Who sends it (simulation); `?active_user=` does as well. */
  active_user_id?: number;
}

/**
 * A page of history, newest first. `next` leads to older messages, `previous` to newer ones,
 * both absolute URLs or null at the end.
 */
export interface MessagePage {
  /** How many messages the room has: its `last_seq`. */
  count: number;
  next: string | null;
  previous: string | null;
  results: Message[];
}

/** Answer of `POST /api/messages/<id>/read/`. */
export interface MarkedAsRead {
  status: 'marked as read';
}
