import type { Message } from '@parley/shared';

/** When its sender's device has queued a message, ISO-8601: a client_id that is a UUIDv7 begins with that time. Else null. */
export function queuedAt(message: Pick<Message, 'client_id'> | null): string | null {
  const id = message?.client_id;
  if (id?.[14] !== '7') return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
}
