import { watchConnection, watchExpiry } from '@parley/client';
import { onCleanup } from 'solid-js';
import type { Session } from '../auth/session';
import { startServiceWorker } from '../install/service-worker';
import { keepRooms } from '../kept/keep-rooms';
import { shareOutbox } from '../messages/outbox/share-outbox';
import { createStorageNotice } from '../messages/storage-notice';
import { startNotifications } from '../notifications/start-notifications';
import type { Chat } from '../realtime/chat.store';
import type { Rooms } from '../rooms/rooms.store';
import { keepSettings } from '../settings/change-settings';
import { guardFocus } from '../ui/focus-guard';
import { titleTimes } from '../ui/time-titles';

/** What goes on for as long as the window, with any user. Called once. */
export function begin(): void {
  startServiceWorker();
  guardFocus();
  titleTimes();
}

/** What goes on for as long as the window has this user, until the owner is disposed. */
export function beginSession(chat: Chat, rooms: Rooms, session: Session): void {
  watchConnection(chat.client);
  keepRooms(chat, rooms, session);
  shareOutbox(chat);
  onCleanup(watchExpiry(chat.client));
  createStorageNotice();
  keepSettings(chat, session);
  startNotifications(chat, rooms, session);
}
