import type { Room } from '@parley/shared';
import type { Chat } from '../realtime/chat.store';
import { keyOf } from './opened-rooms';
import type { Rooms } from './rooms.store';

/** The user has opened a room, which may be a new one without messages: it is listed all the same. */
export function addOpened(chat: Chat, rooms: Rooms, room: Room): void {
  chat.dispatch({ type: 'room', room });
  const isEmpty = (id: number) => chat.state().rooms[id]?.room.last_seq === 0;
  const [, setOpened] = rooms.opened;
  const ids = setOpened((before) => [...new Set([...before, room.id])].filter(isEmpty));
  try {
    localStorage.setItem(keyOf(chat.me), JSON.stringify(ids));
  } catch {
    // Storage is blocked: then they are listed until the window is closed.
  }
}
