import { HttpError } from './http';
import { createSignal, onCleanup, type Accessor } from 'solid-js';

/** First and longest wait before the next attempt, in milliseconds; half of each wait is random. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Work that is attempted until it succeeds. */
export interface Retry {
  /** Attempts it now. The result of an earlier attempt is ignored. */
  run(): void;
  /** From a first failure until a success. */
  hasFailed: Accessor<boolean>;
  isRunning: Accessor<boolean>;
}

/**
 * Attempts `work`, when asked to and after each failure: after a growing wait, and at once when the network is back or
 * the window becomes visible. Only an HttpError is repeated; other errors are bugs and are thrown. `isCurrent` is whether
 * the work is still the latest attempt. Ends with its owner.
 */
export function createRetry(work: (isCurrent: () => boolean) => Promise<void>): Retry {
  const [hasFailed, setFailed] = createSignal(false);
  const [isRunning, setRunning] = createSignal(false);
  let failures = 0;
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What ends a wait has happened during an attempt, which may still fail for the reason that is gone. */
  let isNextAtOnce = false;

  async function attempt(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    isNextAtOnce = false;
    const number = ++latest;
    const isCurrent = () => number === latest;
    setRunning(true);
    try {
      await work(isCurrent);
      if (!isCurrent()) return;
      failures = 0;
      setFailed(false);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (!isCurrent()) return;
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
      timer = setTimeout(() => void attempt(), isNextAtOnce ? 0 : waitMs * (0.5 + Math.random() / 2));
      setFailed(true);
    } finally {
      if (isCurrent()) setRunning(false);
    }
  }

  function hurry(): void {
    if (document.visibilityState !== 'visible') return;
    if (timer === undefined) isNextAtOnce = true;
    else void attempt();
  }

  const untilCleanup = new AbortController();
  window.addEventListener('online', hurry, untilCleanup);
  document.addEventListener('visibilitychange', hurry, untilCleanup);
  onCleanup(() => {
    untilCleanup.abort();
    clearTimeout(timer);
    latest++;
  });

  return { run: () => void attempt(), hasFailed, isRunning };
}
