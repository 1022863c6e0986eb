import type { RoomState } from '../state/chat-state.js';

/** The highest seq that a user has read and received in a room. */
export interface Watermarks {
  read: number;
  delivered: number;
}

/** The watermarks of a member of a room. */
export function watermarksOf({ room }: RoomState, userId: number): Watermarks {
  const member = room.members.find(({ user_id }) => user_id === userId);
  return { read: member?.read_seq ?? 0, delivered: member?.delivered_seq ?? 0 };
}

/** The watermarks of the other member. */
export function peerWatermarks({ room }: RoomState, me: number): Watermarks {
  const member = room.members.find(({ user_id }) => user_id !== me);
  return { read: member?.read_seq ?? 0, delivered: member?.delivered_seq ?? 0 };
}

/**
 * The seq up to which this client should confirm delivery; null when there is nothing to confirm. It has everything
 * up to `last_seq`, but messages of its own user need no receipt.
 */
export function deliveryToConfirm(state: RoomState, me: number): number | null {
  const { delivered } = watermarksOf(state, me);
  const { room, messages } = state;
  if (room.last_seq <= delivered) return null;
  const newest = messages.findLast(({ sender, seq }) => sender.id !== me && seq > delivered);
  if (newest) return newest.seq;
  // Messages of the other user may be older than the loaded ones.
  const isAllLoaded = (messages[0]?.seq ?? 1) <= delivered + 1;
  return room.unread_count > 0 && !isAllLoaded ? room.last_seq : null;
}
