import { draftKey, lastStored, replyKey, saveDraft } from './drafts';
import { keepOther, otherKey } from './other-drafts';

/** A draft that was changed here less than this ago, in milliseconds, is being edited: nothing takes its place. */
const EDITED_MS = 1_500;

interface Listener {
  /** Another window has changed the draft, or what it answers, or has done so since the field was filled. */
  onDraft(draft: string): void;
  /** The texts that are kept beside it have changed. */
  onOthers(): void;
}

/**
 * Follows what other windows do to the draft of a field, until `signal` aborts. While the user types here, the field stays as
 * it is, and of two texts both are kept: one as the draft, the other beside it.
 * @returns what looks for a draft of another window now.
 */
export function followDraft(
  userId: number,
  roomId: number,
  field: HTMLTextAreaElement,
  { onDraft, onOthers }: Listener,
  signal: AbortSignal,
): () => void {
  const key = draftKey(userId, roomId);
  let isComposing = false;
  let editedAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener('compositionstart', () => (isComposing = true), { signal });
  field.addEventListener('compositionend', () => (isComposing = false), { signal });
  field.addEventListener('input', () => (editedAt = performance.now()), { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));

  /** The draft as this window has typed it, or taken it over. */
  const own = () => lastStored.get(key) ?? '';
  const isBeingEdited = () => isComposing || performance.now() - editedAt < EDITED_MS;

  /** @param before what was stored before the change, where that is known. */
  function follow(before?: string | null): void {
    const draft = stored(key);
    if (draft === null) return;
    if (draft !== own() && isBeingEdited() && (own() !== '' || isComposing)) {
      const isSent = draft === '' && before === own();
      if (!isSent) return keepBoth(draft);
      editedAt = -Infinity;
    }
    lastStored.set(key, draft);
    onDraft(draft);
  }

  function keepBoth(draft: string): void {
    // The other has sent a text that is not this one.
    if (draft === '' && own() !== '') return saveDraft(userId, roomId, own());
    // What goes on from here has this text in it.
    if (!draft.startsWith(own())) for (const text of [own(), draft]) keepOther(userId, roomId, text);
    onOthers();
    clearTimeout(timer);
    timer = setTimeout(() => follow(), EDITED_MS);
  }

  const keys = [key, replyKey(userId, roomId)];
  window.addEventListener(
    'storage',
    (event) => {
      if (event.key === null || keys.includes(event.key)) follow(event.key === key ? event.oldValue : null);
      if (event.key === null || event.key === otherKey(userId, roomId)) onOthers();
    },
    { signal },
  );
  // What another window changed before anybody listened, and not what this one could not store because storage is full.
  if (keys.some((name) => stored(name) !== (lastStored.get(name) ?? stored(name)))) follow();
  return follow;
}

/** What is stored now, which may be newer than an event; null if storage is blocked: there is nothing to follow. */
function stored(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return null;
  }
}
