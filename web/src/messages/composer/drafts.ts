import type { MessageReply } from '@parley/shared';
import { reportNotKept } from '../not-kept';

/**
 * What is typed and not sent, and the message that it answers, per user and chat: one draft for all windows of a browser
 * (follow-draft.ts). It survives the chat, the reload and the browser.
 */

/** The keys of a draft, and of the message that it answers, in `localStorage`. */
export function draftKey(userId: number, roomId: number): string {
  return `parley-draft-${userId}-${roomId}`;
}

export function replyKey(userId: number, roomId: number): string {
  return `parley-answered-${userId}-${roomId}`;
}

/** What is stored under a key, as far as this window has read or written it. */
export const lastStored = new Map<string, string>();

function load(key: string): string {
  try {
    const text = localStorage.getItem(key) ?? '';
    lastStored.set(key, text);
    return text;
  } catch {
    // Blocked: then a draft lasts as long as its chat is open.
    reportNotKept('drafts');
    return '';
  }
}

let whenSaved: ((key: string) => void) | null = null;

/** Calls `listener`, the only one, with the key of each draft that this window stores. */
export function onDraft(listener: (key: string) => void): void {
  whenSaved = listener;
}

function save(key: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    lastStored.set(key, text);
  } catch {
    // Blocked or full: as above.
    reportNotKept('drafts');
  }
  whenSaved?.(key);
}

export function loadDraft(userId: number, roomId: number): string {
  return load(draftKey(userId, roomId));
}

export function saveDraft(userId: number, roomId: number, text: string): void {
  const key = draftKey(userId, roomId);
  // What another window has written meanwhile is not what was sent, or deleted, here.
  if (text === '' && isForeign(key)) lastStored.set(key, '');
  else save(key, text);
}

function isForeign(key: string): boolean {
  try {
    return localStorage.getItem(key) !== (lastStored.get(key) || null);
  } catch {
    // Blocked: `save` says so.
    return false;
  }
}

/** The message that the draft answers; null for none, and for one that has disappeared. */
export function loadReply(userId: number, roomId: number): MessageReply | null {
  try {
    const quote = JSON.parse(load(replyKey(userId, roomId)) || 'null') as MessageReply | null;
    return quote?.expires_at && Date.parse(quote.expires_at) <= Date.now() ? null : quote;
  } catch {
    // Not what `saveReply` has written.
    return null;
  }
}

export function saveReply(userId: number, roomId: number, quote: MessageReply | null): void {
  save(replyKey(userId, roomId), quote === null ? '' : JSON.stringify(quote));
}
