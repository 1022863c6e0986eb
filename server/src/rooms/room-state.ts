/** All that changes in a room, as of one moment: a row of `rooms` without its times. */
export interface RoomState {
  id: number;
  user_a_id: number;
  user_b_id: number;
  last_seq: number;
  rev: number;
  sent_a: number;
  sent_b: number;
  read_seq_a: number;
  read_seq_b: number;
  delivered_seq_a: number;
  delivered_seq_b: number;
  unread_a: number;
  unread_b: number;
}

export const ROOM_STATE_COLUMNS = `r.user_a_id, r.user_b_id, r.last_seq, r.rev, r.sent_a, r.sent_b,
  r.read_seq_a, r.read_seq_b, r.delivered_seq_a, r.delivered_seq_b, r.unread_a, r.unread_b`;

/** The other of the two. */
export function peerOf(room: Pick<RoomState, 'user_a_id' | 'user_b_id'>, userId: number): number {
  return userId === room.user_a_id ? room.user_b_id : room.user_a_id;
}

export function readSeqOf(room: RoomState, userId: number): number {
  return userId === room.user_a_id ? room.read_seq_a : room.read_seq_b;
}

export function deliveredSeqOf(room: RoomState, userId: number): number {
  return userId === room.user_a_id ? room.delivered_seq_a : room.delivered_seq_b;
}

export function unreadOf(room: RoomState, userId: number): number {
  return userId === room.user_a_id ? room.unread_a : room.unread_b;
}
