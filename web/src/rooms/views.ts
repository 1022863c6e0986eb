import type { ClientRoom } from '@parley/client';
import type { Rooms } from './rooms.store';

/** What of the chats is shown. */
export const VIEWS = ['all', 'unread', 'owed', 'waiting', 'archived'] as const;
export type View = (typeof VIEWS)[number];

/**
 * The chats of each view, in the order of the list. `owed`: the other has written last, and the user has read it. `waiting`: the
 * user has written last. Nothing is owed to or expected from somebody who cannot write.
 */
export function roomsByView(rooms: Rooms, me: number): Record<View, readonly number[]> {
  const all = rooms.ids();
  const of = (isIn: (room: ClientRoom) => boolean) =>
    all.filter((id) => {
      const room = rooms.get(id);
      return room !== undefined && isIn(room);
    });
  const canWrite = (room: ClientRoom) => !room.room.blocked && !rooms.peerOf(room).deleted;
  const lastSender = (room: ClientRoom) =>
    rooms.lastQueuedOf(room) ? me : room.room.last_message?.sender.id;
  const isUnread = (room: ClientRoom) => rooms.unreadOf(room) > 0 || rooms.listingOf(room).marked_unread;
  return {
    all,
    unread: of(isUnread),
    owed: of((room) => {
      const sender = lastSender(room);
      return sender !== undefined && sender !== me && rooms.unreadOf(room) === 0 && canWrite(room);
    }),
    waiting: of((room) => lastSender(room) === me && canWrite(room)),
    archived: rooms.archived(),
  };
}
