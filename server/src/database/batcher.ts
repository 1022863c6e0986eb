import { setImmediate as nextTurn } from 'node:timers/promises';
import { ChatError } from '../errors/chat-error.js';
import { isConnectionTrouble, isLockTimeout, isLostRace, NoReplyError } from './database-errors.js';

/** The result of one item of a batch, or the error that refuses this item only. */
export type Outcome<Result> = Result | Error;

interface Waiting<Item, Result> {
  item: Item;
  since: number;
  isRefused: boolean;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
}

export interface BatcherOptions<Item> {
  /** Most items in one statement. */
  maxBatch: number;
  /** Most items that may wait; more are refused at once. */
  maxQueue: number;
  /** Longest wait of one item, in milliseconds. Then it is refused; sending it again is safe. */
  maxWaitMs: number;
  /** Called after every statement, with its number of items and its duration in seconds. */
  onBatch: (items: number, seconds: number) => void;
  /** Called with items that were refused but may have been written, because the reply was lost or late. */
  onUnknownOutcome: (items: Item[]) => void;
  /** A queue that several batchers share: only one of their statements runs at a time. Null: not shared. */
  queue: StatementQueue | null;
}

/** Runs statements one after the other. The items that arrive meanwhile form a larger batch. */
export class StatementQueue {
  #last: Promise<void> = Promise.resolve();

  /** @param work must not throw. */
  run(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    return this.#last;
  }
}

/** Most repetitions of a statement that lost a race (isLostRace). */
const MAX_REPEATS = 2;
/** Items are checked for expiry every `maxWaitMs` × this. */
const EXPIRY_CHECK_FRACTION = 0.1;

const DEFAULTS: BatcherOptions<unknown> = {
  maxBatch: 500,
  maxQueue: 20_000,
  maxWaitMs: 1_800,
  onBatch: () => undefined,
  onUnknownOutcome: () => undefined,
  queue: null,
};

/**
 * Items that arrive while a statement is in flight share the next one. No item waits for a batch to fill, and there is no
 * timer. Under load one statement has hundreds of items: for writes this is group commit, and the reads of a thousand
 * clients that reconnect at once take a few dozen statements.
 *
 * Results resolve in the order of the batch. A batch that fails because of its data, or because another session locks one
 * of its rows, is split, so that a bad item fails alone. A batch that fails because the database cannot be reached fails
 * as a whole, with `unavailable`.
 */
export class Batcher<Item, Result> {
  #queue: Waiting<Item, Result>[] = [];
  #inFlight: Waiting<Item, Result>[] = [];
  #running: Promise<void> | null = null;
  readonly #options: BatcherOptions<Item>;

  constructor(
    private readonly perform: (items: Item[]) => Promise<Outcome<Result>[]>,
    options: Partial<BatcherOptions<Item>> = {},
  ) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Number of items that wait for the statement in flight. */
  get depth(): number {
    return this.#queue.length;
  }

  /** @throws ChatError `unavailable` when the queue is full or the database does not answer in time. */
  add(item: Item): Promise<Result> {
    if (this.#queue.length >= this.#options.maxQueue) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, since: performance.now(), isRefused: false, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all items are written or refused. */
  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    const everyMs = this.#options.maxWaitMs * EXPIRY_CHECK_FRACTION;
    const expiryTimer = setInterval(() => this.#refuseExpired(performance.now()), everyMs);
    while (this.#queue.length > 0) {
      if (this.#options.queue) await this.#options.queue.run(() => this.#writeNext());
      else await this.#writeNext();
    }
    clearInterval(expiryTimer);
    this.#inFlight = [];
    this.#running = null;
  }

  /** Does not throw: failures reject the promises of the items. */
  async #writeNext(): Promise<void> {
    // Adds what has arrived on other sockets in this turn of the event loop.
    await nextTurn();
    this.#inFlight = this.#queue.splice(0, this.#options.maxBatch);
    // Empty when all items have expired while the shared queue was busy.
    if (this.#inFlight.length > 0) await this.#writeBatch(this.#inFlight);
  }

  async #writeBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const outcomes = await this.#attempt(batch.map(({ item }) => item));
      this.#options.onBatch(batch.length, (performance.now() - startedAt) / 1_000);
      const late: Item[] = [];
      batch.forEach((waiting, position) => {
        const outcome = outcomes[position];
        if (outcome === undefined) waiting.reject(new Error('The batch came back without this item.'));
        else if (outcome instanceof Error) waiting.reject(outcome);
        else if (waiting.isRefused) late.push(waiting.item);
        else waiting.resolve(outcome);
      });
      if (late.length > 0) this.#options.onUnknownOutcome(late);
    } catch (error) {
      await this.#afterFailure(batch, error);
    }
  }

  /** Repeats a statement that lost a race (see isLostRace): the next attempt sees what the other statement wrote. */
  async #attempt(items: Item[]): Promise<Outcome<Result>[]> {
    for (let repeats = 0; ; repeats++) {
      try {
        return await this.perform(items);
      } catch (error) {
        if (repeats === MAX_REPEATS || !isLostRace(error)) throw error;
      }
    }
  }

  async #afterFailure(batch: Waiting<Item, Result>[], error: unknown): Promise<void> {
    const concernsAll = isConnectionTrouble(error) && !isLockTimeout(error);
    if (concernsAll || (batch.length === 1 && isLockTimeout(error))) {
      for (const waiting of batch) waiting.reject(unavailable());
      if (error instanceof NoReplyError) this.#options.onUnknownOutcome(batch.map(({ item }) => item));
    } else if (batch.length === 1) {
      batch[0]?.reject(error instanceof Error ? error : new Error(String(error)));
    } else {
      const half = Math.ceil(batch.length / 2);
      await this.#writeBatch(batch.slice(0, half));
      await this.#writeBatch(batch.slice(half));
    }
  }

  /**
   * Refuses the items that have waited too long, in the statement that hangs or in the queue. If that statement commits
   * later, the outcome of its items is reported as unknown.
   */
  #refuseExpired(now: number): void {
    const maxAgeMs = this.#options.maxWaitMs * (1 - EXPIRY_CHECK_FRACTION);
    const isExpired = ({ since }: Waiting<Item, Result>) => now - since > maxAgeMs;
    for (const waiting of [...this.#inFlight, ...this.#queue].filter(isExpired)) {
      waiting.isRefused = true;
      waiting.reject(unavailable());
    }
    this.#queue = this.#queue.filter((waiting) => !isExpired(waiting));
  }
}

function unavailable(): ChatError {
  return new ChatError('unavailable', 'The database does not answer right now. Try again.', {
    retryAfterMs: 1_000,
  });
}
