import { reportNotKept } from '../storage-notice';

/**
 * What is typed and not sent, per user and chat: one draft for all windows of a browser, and the last key wins. It
 * survives the chat, the reload and the browser.
 */

function keyOf(userId: number, roomId: number): string {
  return `parley-draft-${userId}-${roomId}`;
}

export function loadDraft(userId: number, roomId: number): string {
  try {
    return localStorage.getItem(keyOf(userId, roomId)) ?? '';
  } catch {
    // Blocked: then a draft lasts as long as its chat is open.
    reportNotKept('drafts');
    return '';
  }
}

export function saveDraft(userId: number, roomId: number, text: string): void {
  try {
    if (text === '') localStorage.removeItem(keyOf(userId, roomId));
    else localStorage.setItem(keyOf(userId, roomId), text);
  } catch {
    // Blocked or full: as above.
    reportNotKept('drafts');
  }
}

/** Calls back with the draft when another window has changed it, until `signal` aborts. */
export function onDraftChange(
  userId: number,
  roomId: number,
  change: (text: string) => void,
  signal: AbortSignal,
): void {
  const isOurs = (key: string | null) => key === null || key === keyOf(userId, roomId);
  window.addEventListener(
    'storage',
    ({ key }) => {
      // As it is now, not as it was when the event was made: newer text is not overwritten by older.
      if (isOurs(key)) change(loadDraft(userId, roomId));
    },
    { signal },
  );
}
