import { ERROR_CODES } from '@parley/shared';
import type { RequestError } from './request-table.js';

/** First and longest wait while the server refuses with a code that may go away, in milliseconds. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;

/**
 * How long to wait, in milliseconds, before the same request is sent again: as long as the server says, else longer
 * with each failure. Null when sending it again cannot help: `failures` is how often it was refused in a row.
 */
export function retryDelayMs({ code, retryAfterMs }: RequestError, failures: number): number | null {
  // A code that this build does not know is final too.
  if (!(code in ERROR_CODES && ERROR_CODES[code as keyof typeof ERROR_CODES].retry)) return null;
  if (retryAfterMs !== null) return retryAfterMs;
  // Over the limit, a second is enough; a server in trouble gets more and more time.
  return code === 'rate_limited'
    ? FIRST_RETRY_MS
    : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
}
