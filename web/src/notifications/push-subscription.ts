import type { CreatePushSubscription, PushSubscriptionInfo, PushSubscriptions } from '@parley/shared';
import { createEffect, on, onCleanup, type Accessor } from 'solid-js';
import { getJson, HttpError, postJson, remove } from '../api/http';
import { createRetry } from '../api/retry';
import type { Session } from '../auth/session';
import { readLocal, writeLocal } from '../ui/local-json';
import type { OpenRoom } from './tag';

/**
 * Lets the server push to this browser as long as the user wants notifications and the browser allows them, so that messages
 * arrive without a window too. Ends with the owner; the subscription stays.
 */
export function keepPushSubscription(session: Session, isWanted: Accessor<boolean>): void {
  const path = '/api/me/push-subscriptions/';
  const key = `parley-push-${session.user.id}`;

  const subscribing = createRetry(async (isCurrent) => {
    const registration = await navigator.serviceWorker.ready;
    const { public_key } = await getJson<PushSubscriptions>(session.urlOf(path));
    const browsers = await subscribe(registration, public_key);
    if (!browsers || !isCurrent()) return;
    const { id } = await postJson<PushSubscriptionInfo>(path, { ...browsers, ...session.named });
    writeLocal(key, id);
  });
  const unsubscribing = createRetry(async () => {
    const id = readLocal<number>(key);
    if (typeof id !== 'number') return;
    try {
      await remove(session.urlOf(`${path}${id}/`));
    } catch (error) {
      // It is gone already.
      if (!(error instanceof HttpError) || error.status !== 404) throw error;
    }
    writeLocal(key, null);
  });

  // The development server has no service worker.
  if (import.meta.env.DEV || !serviceWorkers() || !('PushManager' in window)) return;
  createEffect(on(isWanted, (wanted) => (wanted ? subscribing : unsubscribing).run()));
}

/** @returns null when the browser has no push service, or cannot reach it: then windows notify, as long as one is open. */
async function subscribe(
  { pushManager }: ServiceWorkerRegistration,
  publicKey: string,
): Promise<CreatePushSubscription | null> {
  try {
    const options = { userVisibleOnly: true, applicationServerKey: publicKey };
    const found = await pushManager.getSubscription();
    if (found && !hasKey(found, publicKey)) await found.unsubscribe();
    const { endpoint, keys } = (await pushManager.subscribe(options)).toJSON();
    return endpoint && keys?.p256dh && keys.auth ? { endpoint, p256dh: keys.p256dh, auth: keys.auth } : null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** Whether it was made for this server: one of an earlier database is worthless. */
function hasKey({ options: { applicationServerKey: key } }: PushSubscription, publicKey: string): boolean {
  if (!key) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(key)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') === publicKey;
}

/** There are none where the browser has none, or over plain http. */
function serviceWorkers(): ServiceWorkerContainer | undefined {
  return navigator.serviceWorker;
}

/** Calls `open` when a notification of the service worker is clicked, until the owner is disposed. */
export function followClicks(userId: number, open: (roomId: number) => void): void {
  const serviceWorker = serviceWorkers();
  if (!serviceWorker) return;
  const onMessage = ({ data, ports }: MessageEvent<Partial<OpenRoom> | null>) => {
    if (data?.type !== 'open-room' || data.user_id !== userId || !data.room_id) return;
    open(data.room_id);
    ports[0]?.postMessage('opened');
  };
  serviceWorker.addEventListener('message', onMessage);
  onCleanup(() => serviceWorker.removeEventListener('message', onMessage));
}
