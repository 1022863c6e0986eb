import type { ClientCore } from '../client-core.js';
import { nextExpiry } from '../state/apply-expiry.js';

/** What has changed is looked at together, after this, in milliseconds. */
const REVIEW_MS = 500;
/** The longest that a timer can wait, in milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** Takes the content of messages when their time is over, by the server's clock, also without a connection. */
export interface ExpiryTimer {
  /** The server's time, ISO-8601 UTC. */
  setTime(time: string): void;
  /** To be called when rooms have changed. */
  schedule(): void;
  close(): void;
}

export function createExpiryTimer(client: ClientCore): ExpiryTimer {
  let aheadMs = 0;
  let dueAt = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function schedule(afterMs = REVIEW_MS): void {
    const at = Date.now() + afterMs;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(review, Math.min(afterMs, MAX_WAIT_MS));
  }

  function review(): void {
    const now = Date.now() - aheadMs;
    client.dispatch({ type: 'time', now: new Date(now).toISOString() });
    close();
    const next = nextExpiry(client.state);
    if (next !== undefined) schedule(Math.max(1, Date.parse(next) - now));
  }

  function close(): void {
    clearTimeout(timer);
    dueAt = Infinity;
  }

  return {
    setTime(time) {
      aheadMs = Date.now() - Date.parse(time) || 0;
    },
    schedule: () => schedule(),
    close,
  };
}
