import type { PushedMessage } from '@parley/shared';
import { isNotifiedOf, optionsOf, type PushedOptions } from './notification';
import { notificationWords } from './notification-words';

/** The notifications of one user in this browser, at most one of each chat. */
export interface ShownNotifications {
  /** Whether the service worker was faster: it has notified of this message because it was pushed. */
  isShown(message: PushedMessage): Promise<boolean>;
  /** @param open what a click does; the service worker knows that by itself. */
  show(message: PushedMessage, body: string, open: () => void): Promise<void>;
  /** Removes those of chats in which nothing is unread any more, also those that were there before this window. */
  closeRead(isUnread: (roomId: number) => boolean): void;
  closeAll(): void;
  /** Removes those that do nothing any more without this window. */
  leave(): void;
}

interface Shown {
  close(): void;
  isOfWindow: boolean;
}

/**
 * The service worker shows them where there is one: a push of the same message finds what was shown, and makes no second sound.
 * Without one (plain http in development, blocked site data) the window shows them, as long as it is there.
 */
export function createShownNotifications(userId: number): ShownNotifications {
  const shown = new Map<number, Shown>();
  void findEarlier();

  async function findEarlier(): Promise<void> {
    for (const { tag, data } of (await (await activeWorker())?.getNotifications()) ?? []) {
      const message = data as PushedMessage | null;
      if (message?.user_id === userId && !shown.has(message.room_id))
        shown.set(message.room_id, byWorker(tag));
    }
  }

  function close(roomId: number): void {
    shown.get(roomId)?.close();
    shown.delete(roomId);
  }

  function showInWindow({ room_id, sender }: PushedMessage, options: PushedOptions, open: () => void): void {
    // Buttons are for service workers only: a window with one would get an error.
    const notification = new Notification(sender, { ...options, actions: undefined } as NotificationOptions);
    shown.set(room_id, { close: () => notification.close(), isOfWindow: true });
    notification.addEventListener('click', () => {
      window.focus();
      close(room_id);
      open();
    });
  }

  return {
    async isShown(message) {
      const registration = await activeWorker();
      return registration !== undefined && isNotifiedOf(registration, message);
    },
    async show(message, body, open) {
      // The sound is the page's own, once for all windows.
      const options = { ...optionsOf(message, body, notificationWords), silent: true };
      const registration = await activeWorker();
      try {
        if (registration) await registration.showNotification(message.sender, options);
        else showInWindow(message, options, open);
      } catch (error) {
        // Refused: just now by the user, or by Chromium on Android, which allows it to service workers only.
        if (error instanceof TypeError) return;
        throw error;
      }
      if (registration) shown.set(message.room_id, byWorker(options.tag ?? ''));
    },
    closeRead(isUnread) {
      for (const roomId of shown.keys()) if (!isUnread(roomId)) close(roomId);
    },
    closeAll() {
      for (const roomId of shown.keys()) close(roomId);
    },
    leave() {
      for (const [roomId, { isOfWindow }] of shown) if (isOfWindow) close(roomId);
    },
  };
}

function byWorker(tag: string): Shown {
  return { close: () => void closeOfTag(tag), isOfWindow: false };
}

/** There is none where the browser has none, or over plain http, and none in the first seconds of a first visit. */
async function activeWorker(): Promise<ServiceWorkerRegistration | undefined> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  try {
    const registration = await container?.getRegistration();
    return registration?.active ? registration : undefined;
  } catch {
    // The browser blocks the data of this site.
    return undefined;
  }
}

async function closeOfTag(tag: string): Promise<void> {
  for (const notification of (await (await activeWorker())?.getNotifications({ tag })) ?? [])
    notification.close();
}
