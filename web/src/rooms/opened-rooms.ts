import { readLocal } from '../ui/local-json';

/** Chats without messages that this user has opened in this browser: the list shows no others that are empty. */

/** Where they are stored. */
export function keyOf(userId: number): string {
  return `parley-opened-${userId}`;
}

export function loadOpened(userId: number): number[] {
  return readLocal(keyOf(userId)) ?? [];
}
