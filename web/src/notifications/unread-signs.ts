import { createEffect, onCleanup, type Accessor } from 'solid-js';
import { notificationWords } from './notification-words';

/**
 * The title of the window, the icon of the tab and the badge of the app: in how many chats something is unread, and whose
 * chat is open. Until the owner is disposed.
 */
export function showUnreadSigns(unreadChats: Accessor<number>, peerName: Accessor<string | null>): void {
  createEffect(() => {
    document.title = notificationWords.title(unreadChats(), peerName());
  });
  createEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (icon) icon.href = unreadChats() > 0 ? '/favicon-unread.svg' : '/favicon.svg';
    setBadge(unreadChats());
  });
  onCleanup(() => {
    document.title = notificationWords.title(0, null);
    setBadge(0);
  });
}

/** Only an installed app has a badge; elsewhere the browser refuses, or has no such thing. */
function setBadge(count: number): void {
  if (!('setAppBadge' in navigator)) return;
  (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
}
