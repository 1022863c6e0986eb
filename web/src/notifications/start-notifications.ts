import { createEffect, untrack } from 'solid-js';
import type { Session } from '../auth/session';
import type { Chat } from '../realtime/chat.store';
import type { Rooms } from '../rooms/rooms.store';
import { createChunk } from '../ui/chunk';
import { words } from '../words/words';
import { loadNotificationWords } from './notification-words';

/** Loads what notifies the user of this window, and lets it begin. Ends with the owner. */
export function startNotifications(chat: Chat, rooms: Rooms, session: Session): void {
  const notifier = createChunk(words.notLoaded.rest, async () => {
    const [{ notify }] = await Promise.all([import('./notifier'), loadNotificationWords()]);
    return notify;
  });
  // The state of the chunk is not what the effect that calls this follows.
  untrack(() => notifier.demand(() => undefined));
  createEffect(() => {
    const notify = notifier.content();
    if (notify) untrack(() => notify(chat, rooms, session));
  });
}
