import { firstUnread, watermarksOf, type ClientRoom } from '@parley/client';

/** A place in a room's log. */
export type Place =
  | { kind: 'end' }
  /** At the first message that is not read. */
  | { kind: 'unread'; seq: number }
  /** At a message that was asked for. */
  | { kind: 'message'; seq: number }
  /** Where the user was: the message at the top, and how far below the top of the log it was, in pixels. */
  | { kind: 'anchor'; seq: number; offset: number };

/**
 * Where a room opens: at the message that was asked for, at the first one that is unread or `marked` as such, where the user
 * was, or at the end.
 */
export function placeToOpen(
  state: ClientRoom,
  me: number,
  asked: number | null,
  left?: Place,
  marked: number | null = null,
): Place {
  const { room } = state;
  const first = (room.expired_seq ?? 0) + 1;
  if (asked !== null && first <= room.last_seq) {
    return { kind: 'message', seq: Math.min(Math.max(asked, first), room.last_seq) };
  }
  const unread = firstUnread(state, me, watermarksOf(state, me).read);
  if (room.unread_count > 0 && unread !== null) return { kind: 'unread', seq: unread };
  return marked === null ? (left ?? { kind: 'end' }) : { kind: 'unread', seq: marked };
}
