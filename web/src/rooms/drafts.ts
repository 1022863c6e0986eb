import { createRoot, createSignal, type Signal } from 'solid-js';
import { draftKey, onDraft } from '../messages/composer/drafts';

/** Signals of the drafts that were asked for, by key. Each is read from the storage once, and follows it from then on. */
const drafts = new Map<string, Signal<string>>();

/** What is typed in a chat and not sent, in any window of the browser; empty: nothing. */
export function draftOf(userId: number, roomId: number): string {
  const key = draftKey(userId, roomId);
  let signal = drafts.get(key);
  if (!signal) drafts.set(key, (signal = createRoot(() => createSignal(stored(key)))));
  return signal[0]();
}

function stored(key: string): string {
  try {
    return localStorage.getItem(key)?.trim() ?? '';
  } catch {
    // Blocked: then a draft lasts as long as its chat is open.
    return '';
  }
}

function follow(key: string): void {
  drafts.get(key)?.[1](stored(key));
}

onDraft(follow);
window.addEventListener('storage', ({ key }) => {
  if (key !== null) follow(key);
  else for (const each of drafts.keys()) follow(each);
});
