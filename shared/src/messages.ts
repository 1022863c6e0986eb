import type { Attachment } from './attachments.js';
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
  /** The message of the same room that this one answers. */
  reply_to: MessageReply | null;
  /** In the order in which each emoji was first used. Empty for a deleted message. */
  reactions: Reaction[];
  attachments: Attachment[];
  /**
   * When it disappears, ISO-8601 UTC: from then on it has no content, and clients do not show it. Absent: it stays. It is
   * known from the start, so that nothing else announces it.
   */
  expires_at?: string;
}

/** Whether nothing is left of the message because its time is over, not because its author has deleted it. */
export function hasExpired({ deleted_at, expires_at }: Message): boolean {
  // Both are of the same form, so that texts compare as times.
  return expires_at !== undefined && deleted_at !== null && deleted_at >= expires_at;
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
  /** When that message disappears, and this text with it. Absent: it stays. */
  expires_at?: string;
}

/** Longest text of a {@link MessageReply}, in code points. */
export const MAX_QUOTE_LENGTH = 100;
/** Different emojis on one message, at most. */
export const MAX_REACTIONS = 20;
/** Edits of one message, at most. */
export const MAX_EDITS = 100;
/** Length of the earlier texts of a message, in characters of JSON: when it is reached, the message is not edited any more. */
export const MAX_EDITS_LENGTH = 50_000;

/** How a message is quoted by one that answers it. */
export function quoteOf({ id, seq, sender, text, deleted_at, expires_at }: Message): MessageReply {
  const quote = { id, seq, sender_id: sender.id, text: quoteText(text), deleted: deleted_at !== null };
  return expires_at === undefined ? quote : { ...quote, expires_at };
}

/** The first {@link MAX_QUOTE_LENGTH} code points of a text. */
export function quoteText(text: string): string {
  if (text.length <= MAX_QUOTE_LENGTH) return text;
  return Array.from(text.slice(0, 2 * MAX_QUOTE_LENGTH))
    .slice(0, MAX_QUOTE_LENGTH)
    .join('');
}

/** Body of `PATCH /api/messages/<id>/`. */
export interface EditMessage {
  text: string;
  /** Who edits it (simulation); `?active_user=` does as well. */
  active_user_id?: number;
}

/** An edit of a message, in `GET /api/messages/<id>/edits/`. */
export interface MessageEdit {
  /** What the message said before the edit. */
  text: string;
  /** When it was edited, ISO-8601 UTC. */
  edited_at: string;
}

/** Body of `POST /api/rooms/<id>/messages/`. */
export interface CreateMessage {
  /** May be empty when there are attachments. */
  text: string;
  client_id?: string | null;
  reply_to?: number | null;
  /** Ids of complete uploads of the sender, each in no message yet. */
  attachments?: number[] | null;
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
