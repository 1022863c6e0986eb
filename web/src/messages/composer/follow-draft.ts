import { draftKey, lastStored, replyKey } from './drafts';

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

  function follow(): void {
    const draft = stored(key);
    // A composition that is under way writes over it when it ends: the last key wins.
    if (draft !== null && !isComposing) change(draft);
  }

  const keys = [key, replyKey(userId, roomId)];
  window.addEventListener(
    'storage',
    (event) => (event.key === null || keys.includes(event.key)) && follow(),
    {
      signal,
    },
  );
  // What another window changed before anybody listened, and not what this one could not store because storage is full.
  if (keys.some((name) => stored(name) !== (lastStored.get(name) ?? stored(name)))) follow();
}

/** What is stored now, which may be newer than an event; null if storage is blocked: there is nothing to follow. */
function stored(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return null;
  }
}
