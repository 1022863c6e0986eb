import { isRetryable } from '@parley/shared';
import type { RequestError } from './request-table.js';

/** First and longest wait before a retry when the error does not say how long to wait, in milliseconds. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;

/**
 * How long to wait before the same request is sent again, in milliseconds: `retry_after_ms` of the error, else longer
 * with each failure. Null when the error is final.
 * @param failures how often the request was refused before.
 */
export function retryDelayMs({ code, retryAfterMs }: RequestError, failures: number): number | null {
  if (!isRetryable(code)) return null;
  if (retryAfterMs !== null) return retryAfterMs;
  // Limits refill within a second; an unavailable server needs longer.
  return code === 'rate_limited'
    ? FIRST_RETRY_MS
    : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
}
