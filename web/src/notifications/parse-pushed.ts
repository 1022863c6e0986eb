import type { Pushed } from '@parley/shared';

/** @returns null when this version does not understand it: it is of another version of the server, or damaged. */
export function parsePushed(text: string): Pushed | null {
  let pushed: Partial<Pushed> | null;
  try {
    pushed = JSON.parse(text) as Partial<Pushed> | null;
  } catch {
    return null;
  }
  if (!isId(pushed?.user_id) || !isId(pushed?.room_id) || typeof pushed?.seq !== 'number') return null;
  if (pushed.type === 'read') return pushed as Pushed;
  const isMessage =
    pushed.type === 'message' &&
    typeof pushed.sender === 'string' &&
    typeof pushed.unread_count === 'number' &&
    isId(pushed.message_id);
  return isMessage ? (pushed as Pushed) : null;
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
