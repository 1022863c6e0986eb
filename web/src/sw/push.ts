import type { PushedMessage } from '@parley/shared';
import { parsePushed } from '../notifications/parse-pushed';
import { isNotifiedOf, optionsOf, type PushedOptions } from '../notifications/notification';
import { tagOf, type OpenRoom } from '../notifications/tag';
import words from '../words/languages/en/notifications';
import { isView } from './shell';

declare const self: ServiceWorkerGlobalScope;

const ICON = '/favicon.svg';
/** How long a window has to answer, in milliseconds: one that was frozen needs a moment. */
const ANSWER_MS = 2_000;
/** The tag of the notification about pushes that are not understood. */
const UNKNOWN = 'parley';

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
  // A window that nobody sees has notified of it, or the push has come twice: what is pushed is to be shown, but not to be noticed again.
  const isKnown = await isNotifiedOf(self.registration, pushed);
  const body = words.body(pushed.unread_count, pushed.text ?? '', pushed.has_files);
  await show(pushed, body, isKnown ? { renotify: false, silent: true } : {});
}

/** The windows of the page. In simulation each is one user's; `as`: whose. */
async function windowsOf(as: string | null): Promise<WindowClient[]> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    return isView(pathname) && searchParams.get('as') === as;
  });
}

async function show(pushed: PushedMessage, body: string, change: PushedOptions = {}): Promise<void> {
  await self.registration.showNotification(pushed.sender, { ...optionsOf(pushed, body, words), ...change });
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
  const path = `/rooms/${room_id}${as === null ? '' : `?as=${encodeURIComponent(as)}`}`;
  if (!own) {
    await self.clients.openWindow(path);
    return;
  }
  await own.focus();
  if (await isOpenedBy(own, { type: 'open-room', user_id, room_id })) return;
  try {
    await own.navigate(path);
  } catch (error) {
    // It is gone meanwhile, or has begun before this worker.
    if (!(error instanceof TypeError)) throw error;
    await self.clients.openWindow(path);
  }
}

/** A page that has just begun does not listen yet. */
function isOpenedBy(window: WindowClient, message: OpenRoom): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => resolve(true));
    port1.start();
    setTimeout(() => resolve(false), ANSWER_MS);
    window.postMessage(message, [port2]);
  });
}
