import type { RoomState } from '../state/chat-state.js';

/** How far one user is in a room. */
export interface Watermarks {
  read: number;
  delivered: number;
}

/** The marks of user `userId` in a room. */
export function watermarksOf({ room }: RoomState, userId: number): Watermarks {
  const member = room.members.find(({ user_id }) => user_id === userId);
  return { read: member?.read_seq ?? 0, delivered: member?.delivered_seq ?? 0 };
}

/** The marks of the other user. */
export function peerWatermarks({ room }: RoomState, me: number): Watermarks {
  const member = room.members.find(({ user_id }) => user_id !== me);
  return { read: member?.read_seq ?? 0, delivered: member?.delivered_seq ?? 0 };
}

/**
 * Up to which seq this device should confirm delivery; null when there is nothing to confirm. It has everything up
 * to `last_seq`, but own messages alone are no reason to say so.
 */
export function deliveryToConfirm(state: RoomState, me: number): number | null {
  const { delivered } = watermarksOf(state, me);
  const { room, messages } = state;
  if (room.last_seq <= delivered) return null;
  const newest = messages.findLast(({ sender, seq }) => sender.id !== me && seq > delivered);
  if (newest) return newest.seq;
  // What the other wrote may lie before what is loaded.
  const isAllLoaded = (messages[0]?.seq ?? 1) <= delivered + 1;
  return room.unread_count > 0 && !isAllLoaded ? room.last_seq : null;
}
