import { emptied } from '@parley/client';
import { batch } from 'solid-js';
import type { Chat } from '../realtime/chat.store';
import { beginReading, readKept } from './kept-database';

export { beginReading };

/** Shows what this browser keeps of the chats, and of the messages of room `roomId`, until the server says more. */
export async function restoreKept(chat: Chat, roomId: number | null): Promise<void> {
  let kept: Awaited<ReturnType<typeof readKept>>;
  try {
    kept = await readKept(chat.me, roomId);
  } catch {
    // Blocked or broken: the server answers soon. What cannot be stored is said where it is written.
    return;
  }
  const { rooms, page } = kept;
  const now = new Date().toISOString();
  if (rooms.length === 0) return;
  batch(() => {
    chat.dispatch({
      type: 'restored',
      rooms: rooms.map((room) => ({
        ...room,
        last_message: room.last_message && emptied(room.last_message, now),
      })),
    });
    if (page)
      chat.dispatch({
        type: 'page-loaded',
        roomId: page.id,
        requestedAtRev: page.rev,
        page: { results: page.messages.map((message) => emptied(message, now)) },
      });
  });
}
