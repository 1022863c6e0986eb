import { draftKey, replyKey } from './drafts';

/**
 * Calls `change` with the draft of the field when another window has changed it, or what it answers, or has done so since the
 * field was filled, until `signal` aborts.
 */
export function followDraft(
  userId: number,
  roomId: number,
  field: HTMLTextAreaElement,
  change: (draft: string) => void,
  signal: AbortSignal,
): void {
  const key = draftKey(userId, roomId);
  let isComposing = false;
  field.addEventListener('compositionstart', () => (isComposing = true), { signal });
  field.addEventListener('compositionend', () => (isComposing = false), { signal });

  // As it is now, not as it was when an event was made: newer text is not overwritten by older.
  function follow(): void {
    try {
      const draft = localStorage.getItem(key) ?? '';
      // A composition that is under way writes over it when it ends: the last key wins.
      if (!isComposing) change(draft);
    } catch {
      // Blocked: there is nothing to follow.
    }
  }

  const keys = [null, key, replyKey(userId, roomId)];
  window.addEventListener('storage', (event) => keys.includes(event.key) && follow(), { signal });
  // What was changed before anybody listened. The field stores each key at once, so its own text is not older.
  follow();
}
