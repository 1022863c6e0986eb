import { ERROR_CODES, type ErrorCode } from '@parley/shared';
import type { RequestError } from '../requests/request-table.js';

/** What to do with a message that was not acknowledged. */
export type Verdict =
  | { do: 'send-again'; afterMs: number }
  /** Without a connection there is nothing to try: it goes out when there is one. */
  | { do: 'wait-for-connection' }
  | { do: 'fail'; reason: ErrorCode };

/** When the server says that it is too much but not for how long, in milliseconds. */
const RATE_LIMITED_MS = 1_000;
/** First and longest wait when the server is in trouble, in milliseconds. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;

/** `failures`: how often this message was refused in a row. */
export function verdictOn(error: RequestError, failures: number): Verdict {
  switch (error.code) {
    case 'timeout':
      // The answer may be lost, or the message: its client_id makes both the same.
      return { do: 'send-again', afterMs: 0 };
    case 'disconnected':
      return { do: 'wait-for-connection' };
    case 'rate_limited':
      return { do: 'send-again', afterMs: error.retryAfterMs ?? RATE_LIMITED_MS };
    default: {
      // A code that this build does not know is a refusal too.
      if (!(error.code in ERROR_CODES && ERROR_CODES[error.code].retry))
        return { do: 'fail', reason: error.code };
      const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      return { do: 'send-again', afterMs: error.retryAfterMs ?? backoff };
    }
  }
}
