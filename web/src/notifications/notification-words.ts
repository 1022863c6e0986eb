import { words, type NotificationWords } from '../words/words';

/** The sentences of notifications and the title, once {@link loadNotificationWords} has resolved. */
export let notificationWords: NotificationWords;

/** Loads them in the language of the page. */
export async function loadNotificationWords(): Promise<void> {
  notificationWords = await words.parts.notifications();
}
