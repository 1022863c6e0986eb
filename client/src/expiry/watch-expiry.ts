import type { Client } from '../client.js';
import { expire, nextExpiry } from './expire.js';

/** What has changed is looked at together, after this, in milliseconds. */
const REVIEW_MS = 500;
/** The longest that a timer can wait, in milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Takes the content of messages out of the state when their time is over, by the server's clock, also without a connection.
 * @returns a function that ends it.
 */
export function watchExpiry(client: Client): () => void {
  let dueAt = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function schedule(afterMs: number): void {
    const at = Date.now() + afterMs;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(review, Math.min(afterMs, MAX_WAIT_MS));
  }

  function review(): void {
    const now = Date.now() - client.clockAheadMs;
    const event = expire(client.state, new Date(now).toISOString());
    if (event) client.dispatch(event);
    clear();
    const next = nextExpiry(client.state);
    if (next !== undefined) schedule(Math.max(1, Date.parse(next) - now));
  }

  function clear(): void {
    clearTimeout(timer);
    dueAt = Infinity;
  }

  const unsubscribe = client.subscribe((after, before) => {
    if (after.rooms !== before.rooms) schedule(REVIEW_MS);
  });
  // What has come before.
  schedule(REVIEW_MS);
  return () => {
    unsubscribe();
    clear();
  };
}
