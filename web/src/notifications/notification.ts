import type { PushedMessage } from '@parley/shared';
import type { NotificationWords } from '../words/words';
import { tagOf } from './tag';

/** What TypeScript's library does not have of notifications. */
export type PushedOptions = NotificationOptions & {
  renotify?: boolean;
  actions?: { action: string; title: string; type?: 'button' | 'text'; placeholder?: string }[];
};

/** How the notification of a message looks, whether a window or the service worker shows it. */
export function optionsOf(message: PushedMessage, body: string, words: NotificationWords): PushedOptions {
  return {
    body,
    tag: tagOf(message.user_id, message.room_id),
    renotify: true,
    icon: '/favicon.svg',
    data: message,
    actions: [
      { action: 'reply', title: words.reply, type: 'text', placeholder: words.replyHint },
      { action: 'read', title: words.markRead },
    ],
  };
}

/** Whether the user of this browser was notified of this message, or of a later one of its chat, and has not dismissed it. */
export async function isNotifiedOf(
  registration: ServiceWorkerRegistration,
  { user_id, room_id, seq }: PushedMessage,
): Promise<boolean> {
  const shown = await registration.getNotifications({ tag: tagOf(user_id, room_id) });
  return shown.some(({ data }) => ((data as PushedMessage | null)?.seq ?? 0) >= seq);
}
