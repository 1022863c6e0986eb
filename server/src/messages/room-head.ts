/** All that changes in a room, as of one moment: a row of `rooms` without its times. */
export interface RoomHead {
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

export const HEAD_COLUMNS = `r.user_a_id, r.user_b_id, r.last_seq, r.rev, r.sent_a, r.sent_b,
  r.read_seq_a, r.read_seq_b, r.delivered_seq_a, r.delivered_seq_b, r.unread_a, r.unread_b`;

/** The other of the two. */
export function peerOf(head: Pick<RoomHead, 'user_a_id' | 'user_b_id'>, userId: number): number {
  return userId === head.user_a_id ? head.user_b_id : head.user_a_id;
}

export function readSeqOf(head: RoomHead, userId: number): number {
  return userId === head.user_a_id ? head.read_seq_a : head.read_seq_b;
}

export function deliveredSeqOf(head: RoomHead, userId: number): number {
  return userId === head.user_a_id ? head.delivered_seq_a : head.delivered_seq_b;
}

export function unreadOf(head: RoomHead, userId: number): number {
  return userId === head.user_a_id ? head.unread_a : head.unread_b;
}
