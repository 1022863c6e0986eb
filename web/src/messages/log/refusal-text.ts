import type { ErrorCode } from '@parley/shared';
import { secondWords } from '../../words/words';

/** Why the server refused a message. */
export function refusalText(reason: ErrorCode): string {
  switch (reason) {
    case 'too_long':
    case 'not_found':
    case 'forbidden':
    case 'unauthorized':
      return secondWords.refused[reason];
    default:
      return secondWords.refused.other;
  }
}
