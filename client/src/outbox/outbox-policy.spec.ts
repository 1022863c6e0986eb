import type { ErrorCode } from '@parley/shared';
import { RequestError } from '../requests/request-table.js';
import { nextStepAfter } from './outbox-policy.js';

function refused(code: ErrorCode | 'timeout' | 'disconnected', retryAfterMs?: number) {
  return new RequestError(code, '', retryAfterMs);
}

describe('nextStepAfter', () => {
  it('sends again at once when no reply arrived in time', () => {
    expect(nextStepAfter(refused('timeout'), 7)).toEqual({ do: 'send-again', afterMs: 0 });
  });

  it('waits for a connection when there is none', () => {
    expect(nextStepAfter(refused('disconnected'), 0)).toEqual({ do: 'wait-for-connection' });
  });

  it('waits for retry_after_ms, else a second, when the message is rate limited', () => {
    expect(nextStepAfter(refused('rate_limited', 320), 0)).toEqual({ do: 'send-again', afterMs: 320 });
    expect(nextStepAfter(refused('rate_limited'), 5)).toEqual({ do: 'send-again', afterMs: 1_000 });
  });

  it.each(['unavailable', 'internal'] as const)(
    'waits longer, up to twenty seconds, when %s repeats',
    (code) => {
      const waits = [0, 1, 2, 3, 4, 5, 50].map((failures) => nextStepAfter(refused(code), failures));
      expect(waits.map((verdict) => verdict.do === 'send-again' && verdict.afterMs)).toEqual([
        1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000,
      ]);
    },
  );

  it.each([
    'too_long',
    'not_found',
    'forbidden',
    'unauthorized',
    'bad_frame',
    'conflict',
    'bad_json',
    'unknown_type',
  ] as const)('gives up with a reason on %s', (code) => {
    expect(nextStepAfter(refused(code), 0)).toEqual({ do: 'fail', reason: code });
  });

  it('fails the message when only a newer server knows the code', () => {
    expect(nextStepAfter(refused('moon_phase' as ErrorCode), 0).do).toBe('fail');
  });
});
