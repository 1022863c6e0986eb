import type { ErrorCode } from '@parley/shared';
import { en } from './en';

/** The sentences of the page in its language. */
export const words = en;

/** Why the server refused a message. Codes that mean nothing to a user, or that are unknown, share one sentence. */
export function refusalText(reason: ErrorCode): string {
  switch (reason) {
    case 'too_long':
    case 'not_found':
    case 'forbidden':
    case 'unauthorized':
      return words.refusal[reason];
    default:
      return words.refusal.other;
  }
}
