/**
 * Texts that were typed at the same time in another window of the browser, and that are not the draft: the user can bring each
 * back, or discard it. Newest first.
 */

/** Texts of one chat, at most. */
const MOST = 5;

export function otherKey(userId: number, roomId: number): string {
  return `parley-otherdraft-${userId}-${roomId}`;
}

export function otherDrafts(userId: number, roomId: number): string[] {
  try {
    return JSON.parse(localStorage.getItem(otherKey(userId, roomId)) ?? '[]') as string[];
  } catch {
    // Blocked: then there is no draft of another window either.
    return [];
  }
}

/** Keeps a text; what is only the beginning of another is not worth it. */
export function keepOther(userId: number, roomId: number, text: string): void {
  const others = otherDrafts(userId, roomId);
  if (text.trim() === '' || others.some((other) => other.startsWith(text))) return;
  save(userId, roomId, [text, ...others.filter((other) => !text.startsWith(other))].slice(0, MOST));
}

/** The user has this text, or does not want it: neither it nor its beginnings are kept. */
export function dropOther(userId: number, roomId: number, text: string): void {
  const others = otherDrafts(userId, roomId);
  const left = others.filter((other) => !text.startsWith(other));
  if (left.length < others.length) save(userId, roomId, left);
}

function save(userId: number, roomId: number, texts: readonly string[]): void {
  try {
    if (texts.length === 0) localStorage.removeItem(otherKey(userId, roomId));
    else localStorage.setItem(otherKey(userId, roomId), JSON.stringify(texts));
  } catch {
    // Blocked or full, which is said of the draft itself.
  }
}
