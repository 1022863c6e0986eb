import type { PushedMessage } from '@parley/shared';
import { parsePushed } from '../notifications/parse-pushed';
import { tagOf, type OpenRoom } from '../notifications/tag';
import words from '../words/languages/en/notifications';
import { isView } from './shell';

declare const self: ServiceWorkerGlobalScope;

const ICON = '/favicon.svg';
/** The tag of the notification about pushes that are not understood. */
const UNKNOWN = 'parley';

/** What TypeScript's library does not have of notifications. */
type Options = NotificationOptions & {
  renotify?: boolean;
  actions?: { action: string; title: string; type?: 'button' | 'text'; placeholder?: string }[];
};

/** Shows what is pushed, or takes back what was shown. Browsers want each push to show something, also one that is not understood. */
export async function showPushed(text: string): Promise<void> {
  const pushed = parsePushed(text);
  if (pushed === null) {
    await self.registration.showNotification('Parley', { body: words.unknown, tag: UNKNOWN, icon: ICON });
    return;
  }
  if (pushed.type === 'read') return closeRead(tagOf(pushed.user_id, pushed.room_id), pushed.seq);
  // The user looks at Parley, or at this chat beside something else: the page says all there is to say.
  const windows = await windowsOf(pushed.as);
  const isShown = ({ focused, url }: WindowClient) =>
    focused || new URL(url).pathname === `/rooms/${pushed.room_id}`;
  if (windows.some((one) => one.visibilityState === 'visible' && isShown(one))) return;
  await show(pushed, words.body(pushed.unread_count, pushed.text ?? '', pushed.has_files));
}

/** The windows of the page. In simulation each is one user's; `as`: whose. */
async function windowsOf(as: string | null): Promise<WindowClient[]> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    return isView(pathname) && searchParams.get('as') === as;
  });
}

async function show(pushed: PushedMessage, body: string): Promise<void> {
  const options: Options = {
    body,
    tag: tagOf(pushed.user_id, pushed.room_id),
    renotify: true,
    icon: ICON,
    data: pushed,
    actions: [
      { action: 'reply', title: words.reply, type: 'text', placeholder: words.replyHint },
      { action: 'read', title: words.markRead },
    ],
  };
  await self.registration.showNotification(pushed.sender, options);
}

async function closeRead(tag: string, seq: number): Promise<void> {
  for (const notification of await self.registration.getNotifications({ tag })) {
    const shown = notification.data as PushedMessage | null;
    if (shown === null || shown.seq <= seq) notification.close();
  }
}

/** Does what the user has chosen of a notification: to reply, to mark it as read, or to open the chat. */
export async function answerClick(event: NotificationEvent): Promise<void> {
  const pushed = event.notification.data as PushedMessage | null;
  event.notification.close();
  if (pushed === null) {
    await self.clients.openWindow('/');
    return;
  }
  const reply = (event as NotificationEvent & { reply?: string | null }).reply?.trim();
  if (event.action === 'read') return markRead(pushed);
  if (event.action === 'reply' && reply) return sendReply(pushed, reply);
  await open(pushed);
}

async function markRead(pushed: PushedMessage): Promise<void> {
  if (!(await post(pushed, `/api/messages/${pushed.message_id}/read/`))) await show(pushed, words.notMarked);
}

async function sendReply(pushed: PushedMessage, text: string): Promise<void> {
  const body = { text, client_id: crypto.randomUUID() };
  const isSent = await post(pushed, `/api/rooms/${pushed.room_id}/messages/`, body);
  // The text would be lost: the user finds it in the notification.
  if (!isSent) return show(pushed, words.notSent(text));
  await markRead(pushed);
}

/** @returns whether the server has taken it. */
async function post({ as, user_id }: PushedMessage, path: string, body: object = {}): Promise<boolean> {
  try {
    const { ok } = await fetch(as === null ? path : `${path}?active_user=${user_id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return ok;
  } catch {
    // No network.
    return false;
  }
}

/** In a window of the user, if there is one: the one that is in sight, before others. */
async function open({ as, user_id, room_id }: PushedMessage): Promise<void> {
  const windows = await windowsOf(as);
  const own = windows.find(({ visibilityState }) => visibilityState === 'visible') ?? windows[0];
  if (!own) {
    const query = as === null ? '' : `?as=${encodeURIComponent(as)}`;
    await self.clients.openWindow(`/rooms/${room_id}${query}`);
    return;
  }
  await own.focus();
  const message: OpenRoom = { type: 'open-room', user_id, room_id };
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a client of a worker is of its origin, and has no such argument
  own.postMessage(message);
}
