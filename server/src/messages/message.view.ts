import type { Attachment, Message, MessageReply, Reaction, User, UserId } from '@parley/shared';
import { toAttachment } from '../attachments/attachment.view.js';
import type { Expiry } from './expiry.js';
import type { MessageRow } from './message-row.js';
import {
  deliveredSeqOf,
  peerOf,
  readSeqOf,
  shownDeliveredSeq,
  shownReadSeq,
  type RoomState,
} from '../rooms/room-state.js';

/**
 * The message as one member of the room sees it. The receiver knows its own watermarks, the sender those that the receiver
 * shows.
 * @param userOf gives the users of the room.
 * @param expiry empties the message when its time is over.
 */
export function toMessage(
  stored: MessageRow,
  room: RoomState,
  viewerId: UserId,
  userOf: (id: UserId, room: RoomState) => User,
  expiry: Expiry,
): Message {
  const expiresAt = expiry.of(stored);
  const row = expiresAt === null ? stored : expiry.shown(stored);
  const receiverId = peerOf(room, row.sender_id);
  const isReceiver = viewerId === receiverId;
  const readSeq = isReceiver ? readSeqOf(room, receiverId) : shownReadSeq(room, receiverId);
  const deliveredSeq = isReceiver ? deliveredSeqOf(room, receiverId) : shownDeliveredSeq(room, receiverId);
  const message: Message = {
    id: row.id,
    text: row.text,
    timestamp: row.created_at.toISOString(),
    sender: userOf(row.sender_id, room),
    receiver: userOf(receiverId, room),
    is_read: readSeq !== null && row.seq <= readSeq,
    is_delivered: deliveredSeq !== null && row.seq <= deliveredSeq,
    room_id: row.room_id,
    seq: row.seq,
    client_id: row.client_id,
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
    reply_to: row.reply_to === null ? null : loadedQuote(row),
    reactions: row.reactions === null ? NO_REACTIONS : reactionsOf(row.reactions, room),
    attachments: row.attachments === null ? NO_ATTACHMENTS : row.attachments.map(toAttachment),
  };
  if (expiresAt !== null) message.expires_at = new Date(expiresAt).toISOString();
  return message;
}

/** One for all: most messages have none. */
const NO_REACTIONS: Reaction[] = [];
const NO_ATTACHMENTS: Attachment[] = [];

/** The stored reactions by emoji, each where it was first used. */
function reactionsOf(stored: readonly string[], room: RoomState): Reaction[] {
  const byEmoji = new Map<string, number[]>();
  for (const entry of stored) {
    const userId = entry.startsWith('a') ? room.user_a_id : room.user_b_id;
    const emoji = entry.slice(1);
    const userIds = byEmoji.get(emoji);
    if (userIds) userIds.push(userId);
    else byEmoji.set(emoji, [userId]);
  }
  return [...byEmoji].map(([emoji, user_ids]) => ({ emoji, user_ids }));
}

function loadedQuote({ quote }: MessageRow): MessageReply | null {
  if (quote === undefined) throw new Error('A message was read without the one that it answers.');
  return quote;
}
