/** What is typed and not sent, per user and room. It survives the room, the reload and the browser. */

function keyOf(userId: number, roomId: number): string {
  return `parley-draft-${userId}-${roomId}`;
}

export function loadDraft(userId: number, roomId: number): string {
  try {
    return localStorage.getItem(keyOf(userId, roomId)) ?? '';
  } catch {
    // Storage may be denied: then a draft lasts as long as its room is open.
    return '';
  }
}

export function saveDraft(userId: number, roomId: number, text: string): void {
  try {
    if (text === '') localStorage.removeItem(keyOf(userId, roomId));
    else localStorage.setItem(keyOf(userId, roomId), text);
  } catch {
    // Denied or full: as above.
  }
}
