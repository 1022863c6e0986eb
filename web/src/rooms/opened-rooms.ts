/** Chats without messages that this user has opened in this browser: the list shows no others that are empty. */

/** Where they are stored. */
export function keyOf(userId: number): string {
  return `parley-opened-${userId}`;
}

export function loadOpened(userId: number): number[] {
  try {
    return JSON.parse(localStorage.getItem(keyOf(userId)) ?? '[]') as number[];
  } catch {
    // Storage is blocked: then they are listed until the window is closed.
    return [];
  }
}
