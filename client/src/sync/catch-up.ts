import { MAX_SYNC_ROOMS } from '@parley/shared';
import type { ClientCore } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import { retryDelayMs } from '../requests/retry-delay.js';
import { isBehind, rangeFrom, revisionsOf, type RoomRange } from '../state/chat-state.js';

/** A missing frame may only be late: this long, in milliseconds, before it is requested. */
const GAP_WAIT_MS = 250;
/** A `sync` that takes longer, in milliseconds, means that the connection is dead. */
const SYNC_TIMEOUT_MS = 10_000;

/** The first version of the protocol with `listing_rev`. */
const LISTINGS_PROTOCOL = 3;

/** Brings the state up to the server's, by `sync`: after each (re)connect, when something is missing, at heartbeats. */
export interface CatchUp {
  /** Syncs until nothing is missing. One at a time: a call meanwhile waits for the same. */
  run(): Promise<void>;
  /** Something may be missing from now on: a sync that is in flight may not bring it. */
  runAgain(): void;
  /** To be called after every event: requests the changes that stay missing. */
  review(): void;
  stop(): void;
}

/** `onDead`: no answer came, so the connection is dead. */
export function createCatchUp(client: ClientCore, onDead: () => void): CatchUp {
  let running: Promise<void> | null = null;
  let again = false;
  let gapTimer: ReturnType<typeof setTimeout> | undefined;
  let gapWaitMs = GAP_WAIT_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function run(): Promise<void> {
    running ??= syncAll().finally(() => {
      running = null;
      if (!again) return;
      again = false;
      void run();
    });
    return running;
  }

  async function syncAll(): Promise<void> {
    clearTimeout(retryTimer);
    try {
      await syncRanges();
      failures = 0;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === 'timeout') return onDead();
      const delayMs = retryDelayMs(error, failures++);
      if (delayMs !== null) retryTimer = setTimeout(() => void run(), delayMs);
    }
  }

  /** One after the other, each until nothing is missing in it. What becomes known meanwhile may shorten them. */
  async function syncRanges(): Promise<void> {
    let first = 0;
    for (;;) {
      const range = rangeFrom(client.state, first, MAX_SYNC_ROOMS);
      if (await syncOnce(range)) continue;
      if (range.last_room_id === undefined) return;
      first = range.last_room_id + 1;
    }
  }

  /** @returns whether there is more. */
  async function syncOnce(range: RoomRange): Promise<boolean> {
    const sentRevs = revisionsOf(client.state, range);
    const { protocol, listingRev } = client.state;
    const listings = protocol < LISTINGS_PROTOCOL ? {} : { listing_rev: listingRev };
    const request = { type: 'sync', rooms: sentRevs, ...range, ...listings } as const;
    const answer = await client.request(request, SYNC_TIMEOUT_MS);
    client.dispatch({ type: 'synced', answer, sentRevs });
    return answer.more;
  }

  function clearGap(): void {
    clearTimeout(gapTimer);
    gapTimer = undefined;
  }

  return {
    run,

    runAgain() {
      if (running) again = true;
      else void run();
    },

    review() {
      if (!isBehind(client.state)) {
        gapWaitMs = GAP_WAIT_MS;
        return clearGap();
      }
      gapTimer ??= setTimeout(() => {
        gapTimer = undefined;
        // Should a sync not help, the next waits longer: so that a defect on either side causes no flood of syncs.
        gapWaitMs *= 2;
        if (isBehind(client.state)) void run();
      }, gapWaitMs);
    },

    stop() {
      clearGap();
      clearTimeout(retryTimer);
      failures = 0;
    },
  };
}
