import type { Message, User, UserId } from '@parley/shared';
import type { MessageRow } from './message-row.js';
import { deliveredSeqOf, peerOf, readSeqOf, type RoomState } from '../rooms/room-state.js';

/** The message as the wire has it. `userOf` gives the users of the room. */
export function toMessage(row: MessageRow, room: RoomState, userOf: (id: UserId) => User): Message {
  const receiverId = peerOf(room, row.sender_id);
  return {
    id: row.id,
    text: row.text,
    timestamp: row.created_at.toISOString(),
    sender: userOf(row.sender_id),
    receiver: userOf(receiverId),
    is_read: row.seq <= readSeqOf(room, receiverId),
    is_delivered: row.seq <= deliveredSeqOf(room, receiverId),
    room_id: row.room_id,
    seq: row.seq,
    client_id: row.client_id,
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
    reply_to: row.reply_to,
    reactions: [],
  };
}
