import { ERROR_CODES } from '@parley/shared';
import type { RequestError } from '../realtime/request-table';

/** What to do with a message that was not acknowledged. */
export type Verdict =
  | { do: 'send-again'; afterMs: number }
  /** Without a connection there is nothing to try: it goes out when there is one. */
  | { do: 'wait-for-connection' }
  | { do: 'fail'; reason: string };

/** When the server says that it is too much but not for how long, in milliseconds. */
const RATE_LIMITED_MS = 1_000;
/** First and longest wait when the server is in trouble, in milliseconds. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;

const REASONS: Record<string, string> = {
  too_long: 'It is too long.',
  not_found: 'This chat does not exist any more.',
  forbidden: 'You may not write here.',
  unauthorized: 'The server does not know who you are.',
};

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
      const mayRetry = Object.entries(ERROR_CODES).some(([code, { retry }]) => code === error.code && retry);
      if (!mayRetry) return { do: 'fail', reason: REASONS[error.code] ?? 'The server did not accept it.' };
      const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      return { do: 'send-again', afterMs: error.retryAfterMs ?? backoff };
    }
  }
}
