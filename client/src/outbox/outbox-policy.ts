import type { ErrorCode } from '@parley/shared';
import type { RequestError } from '../requests/request-table.js';
import { retryDelayMs } from '../requests/retry-delay.js';

/** What to do with a message that was not acknowledged. */
export type Verdict =
  | { do: 'send-again'; afterMs: number }
  /** Without a connection there is nothing to try: it goes out when there is one. */
  | { do: 'wait-for-connection' }
  | { do: 'fail'; reason: ErrorCode };

/** `failures`: how often this message was refused in a row. */
export function verdictOn(error: RequestError, failures: number): Verdict {
  switch (error.code) {
    case 'timeout':
      // The answer may be lost, or the message: its client_id makes both the same.
      return { do: 'send-again', afterMs: 0 };
    case 'disconnected':
      return { do: 'wait-for-connection' };
    default: {
      const afterMs = retryDelayMs(error, failures);
      return afterMs === null ? { do: 'fail', reason: error.code } : { do: 'send-again', afterMs };
    }
  }
}
