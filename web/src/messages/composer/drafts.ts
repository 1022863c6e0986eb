import { reportNotKept } from '../not-kept';

/**
 * What is typed and not sent, per user and chat: one draft for all windows of a browser, and the last key wins. It
 * survives the chat, the reload and the browser.
 */

/** The key of a draft in `localStorage`. */
export function draftKey(userId: number, roomId: number): string {
  return `parley-draft-${userId}-${roomId}`;
}

export function loadDraft(userId: number, roomId: number): string {
  try {
    return localStorage.getItem(draftKey(userId, roomId)) ?? '';
  } catch {
    // Blocked: then a draft lasts as long as its chat is open.
    reportNotKept('drafts');
    return '';
  }
}

export function saveDraft(userId: number, roomId: number, text: string): void {
  try {
    if (text === '') localStorage.removeItem(draftKey(userId, roomId));
    else localStorage.setItem(draftKey(userId, roomId), text);
  } catch {
    // Blocked or full: as above.
    reportNotKept('drafts');
  }
}
