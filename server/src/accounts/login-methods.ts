import { ChatError } from '../errors/chat-error.js';

/** How often a change is tried that relies on the other ways of the user to log in (`accounts.passkeys_rev`). */
export const MAX_TRIES = 5;

export function lastLoginMethod(): ChatError {
  return new ChatError('conflict', 'It is the only way to log in: add another one first.');
}

export function othersChange(): ChatError {
  return new ChatError('unavailable', 'Other ways to log in are being changed. Try again.');
}
