/** What a notification of a chat shows, and what a click on it does. */
export interface ChatNotification {
  roomId: number;
  title: string;
  body: string;
  open(): void;
}

/** The notifications that this window has shown, at most one for each chat. */
export interface ShownNotifications {
  show(notification: ChatNotification): void;
  /** Removes those of chats in which nothing is unread any more. */
  closeRead(isUnread: (roomId: number) => boolean): void;
  closeAll(): void;
}

/** @param tagOf a chat: the browser shows one notification of each tag, whichever window it is from. */
export function createShownNotifications(tagOf: (roomId: number) => string): ShownNotifications {
  const shown = new Map<number, Notification>();

  function close(roomId: number): void {
    shown.get(roomId)?.close();
    shown.delete(roomId);
  }

  return {
    show({ roomId, title, body, open }) {
      // `renotify` is not in TypeScript's library.
      const options: NotificationOptions & { renotify: boolean } = {
        body,
        tag: tagOf(roomId),
        renotify: true,
        // The sound is the page's own, once for all windows.
        silent: true,
        icon: '/favicon.svg',
      };
      let notification: Notification;
      try {
        notification = new Notification(title, options);
      } catch (error) {
        // Chromium on Android allows it to service workers only.
        if (error instanceof TypeError) return;
        throw error;
      }
      shown.set(roomId, notification);
      notification.addEventListener('click', () => {
        window.focus();
        close(roomId);
        open();
      });
    },
    closeRead(isUnread) {
      for (const roomId of shown.keys()) if (!isUnread(roomId)) close(roomId);
    },
    closeAll() {
      for (const roomId of shown.keys()) close(roomId);
    },
  };
}
