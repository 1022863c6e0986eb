import { hasExpired, type Message } from '@parley/shared';
import type { ClientRoom } from '../state/chat-state.js';
import { endOf, segmentAt, type Segment } from '../state/segments.js';

/** The highest seq that a user has read and received in a room. */
export interface Watermarks {
  read: number;
  delivered: number;
}

/** The watermarks of a member of a room. */
export function watermarksOf({ room }: ClientRoom, userId: number): Watermarks {
  const member = room.members.find(({ user_id }) => user_id === userId);
  return { read: member?.read_seq ?? 0, delivered: member?.delivered_seq ?? 0 };
}

/** The watermarks of the other member. */
export function peerWatermarks({ room }: ClientRoom, me: number): Watermarks {
  const member = room.members.find(({ user_id }) => user_id !== me);
  return { read: member?.read_seq ?? 0, delivered: member?.delivered_seq ?? 0 };
}

/**
 * The seq up to which this client should confirm delivery; null when there is nothing to confirm. It has everything
 * up to `last_seq`, but messages of its own user need no receipt.
 */
export function deliveryToConfirm(state: ClientRoom, me: number): number | null {
  const { delivered } = watermarksOf(state, me);
  const { room, segments } = state;
  const { live } = segments;
  if (room.last_seq <= delivered) return null;
  const newest = live.messages.findLast(({ sender, seq }) => sender.id !== me && seq > delivered);
  if (newest) return newest.seq;
  // Messages of the other user may be older than the loaded ones.
  const isAllLoaded = live.first <= delivered + 1;
  return room.unread_count > 0 && !isAllLoaded ? room.last_seq : null;
}

/**
 * The seq of the first message after `read` that the other user sent and that has not expired; null when there is none. Where that part of the
 * room is not loaded, the earliest that it can be.
 */
export function firstUnread({ room, segments }: ClientRoom, me: number, read: number): number | null {
  const after = Math.max(read, room.expired_seq ?? 0);
  if (after >= room.last_seq) return null;
  const segment = segmentAt(segments, after + 1);
  if (!segment) return after + 1;
  const unread = messagesAfter(segment, after).find(
    (message) => message.sender.id !== me && !hasExpired(message),
  );
  if (unread) return unread.seq;
  return segment === segments.live ? null : endOf(segment);
}

/** Moves `read` on as far as the user has seen every message of the other that has not expired: a gap stops it. */
export function readThrough(
  { segments }: ClientRoom,
  me: number,
  read: number,
  seen: ReadonlySet<number>,
): number {
  const segment = segmentAt(segments, read + 1);
  let through = read;
  for (const message of segment ? messagesAfter(segment, read) : []) {
    const { sender, seq } = message;
    if (sender.id === me || hasExpired(message)) continue;
    if (!seen.has(seq)) break;
    through = seq;
  }
  return through;
}

function messagesAfter({ first, messages }: Segment, seq: number): readonly Message[] {
  return messages.slice(seq + 1 - first);
}
