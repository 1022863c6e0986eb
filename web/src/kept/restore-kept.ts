import type { Chat } from '../realtime/chat.store';
import { readKept } from './kept-database';
import type { Kept } from './last-view';
import { showKept } from './show-kept';

/**
 * Shows all that this browser keeps of the chats, and of the messages of room `roomId`, until the server says more.
 * @param hasList whether the server has: then it may know of rooms that are gone.
 */
export async function restoreKept(chat: Chat, roomId: number | null, hasList: () => boolean): Promise<void> {
  let kept: Kept;
  try {
    kept = await readKept(chat.me, roomId);
  } catch {
    // Blocked or broken: the server answers soon. What cannot be stored is said where it is written.
    return;
  }
  if (kept.rooms.length > 0) showKept(chat, hasList() ? { ...kept, rooms: [] } : kept);
}
