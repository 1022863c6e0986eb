import type { Message, User } from '@parley/shared';
import { deliveredSeqOf, peerOf, readSeqOf, type RoomState } from '../rooms/room-state.js';

/** A row of `messages`, without what only the log needs. */
export interface MessageRow {
  id: number;
  room_id: number;
  seq: number;
  sender_id: number;
  client_id: string | null;
  text: string;
  reply_to: number | null;
  created_at: Date;
  rev: number;
  edited_at: Date | null;
  deleted_at: Date | null;
}

export const MESSAGE_COLUMNS = `m.id, m.room_id, m.seq, m.sender_id, m.client_id, m.text, m.reply_to,
  m.created_at, m.rev, m.edited_at, m.deleted_at`;

/** The message as the wire has it. `userOf` gives the users of the room. */
export function toMessage(row: MessageRow, room: RoomState, userOf: (id: number) => User): Message {
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
