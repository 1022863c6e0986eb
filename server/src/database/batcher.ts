import { setImmediate as nextTurn } from 'node:timers/promises';
import { ChatError } from '../errors/chat-error.js';
import { isConnectionTrouble, isLockTimeout, isLostRace, NoReplyError } from './database-errors.js';

/** What became of one item of a batch: its result, or its own refusal. */
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
  /** Most items that may wait; beyond it they are refused at once. */
  maxQueue: number;
  /** Longest wait of one item, in milliseconds; then it is refused, and sending it again is safe. */
  maxWaitMs: number;
  /** Called after every statement with its number of items and its duration. */
  onBatch: (items: number, seconds: number) => void;
  /** Called with items that were refused and may have been written all the same: the reply was lost, or came late. */
  onUnknownOutcome: (items: Item[]) => void;
  /** Shared with other batchers: one statement of all of them at a time. Null: a queue of its own. */
  queue: StatementQueue | null;
}

/** Runs statements one after the other. Items gather meanwhile, and go as a larger batch. */
export class StatementQueue {
  #last: Promise<void> = Promise.resolve();

  /** @param work must not throw. */
  run(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    return this.#last;
  }
}

/** Repetitions of a statement that lost a race. */
const MAX_REPEATS = 2;
/** Expired items are swept every `maxWaitMs` × this. */
const LOOKS = 0.1;

const DEFAULTS: BatcherOptions<unknown> = {
  maxBatch: 500,
  maxQueue: 20_000,
  maxWaitMs: 1_800,
  onBatch: () => undefined,
  onUnknownOutcome: () => undefined,
  queue: null,
};

/**
 * What arrives while one statement is in flight goes together in the next. Nothing waits for a batch to fill, there is
 * no timer, and under load one statement carries hundreds of items: for writes this is group commit, and a thousand
 * clients who come back at once read what they need in a few dozen statements.
 *
 * Results are handed out in the order of the batch. A batch that fails because of its data, or of a row that somebody
 * keeps locked, is split, so that one bad item fails alone; one that fails because the database is away fails as a whole, with `unavailable`.
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

  /** How many items wait for the statement that is in flight. */
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

  /** Resolves when everything that was added is written or refused. */
  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    const watchdog = setInterval(() => this.#refuseLate(performance.now()), this.#options.maxWaitMs * LOOKS);
    while (this.#queue.length > 0) {
      if (this.#options.queue) await this.#options.queue.run(() => this.#writeNext());
      else await this.#writeNext();
    }
    clearInterval(watchdog);
    this.#inFlight = [];
    this.#running = null;
  }

  /** Failures reach the promises of the items: this does not throw. */
  async #writeNext(): Promise<void> {
    // Lets in everything that has arrived on any socket: the rest of this turn of the event loop, no timer.
    await nextTurn();
    this.#inFlight = this.#queue.splice(0, this.#options.maxBatch);
    // The batch may be empty: items that waited too long for the queue have been refused.
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

  /** A statement that lost a race (see isLostRace) is repeated: the next try sees what the winner did. */
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
   * Refuses the items that have waited too long, whether they are in the statement that hangs or queued behind it. It
   * may still commit: then the outcome of its items is reported as unknown.
   */
  #refuseLate(now: number): void {
    const isLate = ({ since }: Waiting<Item, Result>) => now - since > this.#options.maxWaitMs * (1 - LOOKS);
    for (const waiting of [...this.#inFlight, ...this.#queue].filter(isLate)) {
      waiting.isRefused = true;
      waiting.reject(unavailable());
    }
    this.#queue = this.#queue.filter((waiting) => !isLate(waiting));
  }
}

function unavailable(): ChatError {
  return new ChatError('unavailable', 'The database does not answer right now. Try again.', {
    retryAfterMs: 1_000,
  });
}
