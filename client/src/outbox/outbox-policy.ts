import type { ErrorCode } from '@parley/shared';
import type { RequestError } from '../requests/request-table.js';
import { retryDelayMs } from '../requests/retry-delay.js';

/** What to do with a message that has no ack. */
export type NextStep =
  { do: 'send-again'; afterMs: number } | { do: 'wait-for-connection' } | { do: 'fail'; reason: ErrorCode };

/** @param failures how often this message was refused before. */
export function nextStepAfter(error: RequestError, failures: number): NextStep {
  switch (error.code) {
    case 'timeout':
      // The message or its ack was lost. The client_id makes sending it again harmless.
      return { do: 'send-again', afterMs: 0 };
    case 'disconnected':
      return { do: 'wait-for-connection' };
    default: {
      const afterMs = retryDelayMs(error, failures);
      return afterMs === null ? { do: 'fail', reason: error.code } : { do: 'send-again', afterMs };
    }
  }
}
