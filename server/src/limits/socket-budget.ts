import { LRUCache } from 'lru-cache';
import type { Rates } from '../config/config.js';
import { TokenBucket } from './token-bucket.js';

/** How many budgets are kept; one that is forgotten starts full. */
const REMEMBERED = 50_000;
/** All sockets of one user may send as many frames as this many that send all they may. */
const SOCKETS_WORTH = 4;
/**
 * A strike is a frame too many, or as many bytes too many as 10 ms of the rate. They are forgiven one a second, and
 * never for good behaviour: a steady flood at twice the rate is a flood.
 */
const STRIKES = { perSecond: 1, burst: 200 };
const STRIKE_MS = 10;

/** Reads what a client sends, and can wait: what is not read stays with the client (TCP backpressure). */
export interface Reader {
  pause(): void;
  resume(): void;
}

/**
 * What all sockets of one user on this server may cost together; before a socket names its user, all unnamed sockets
 * of one address. Bytes are counted before they are parsed, and too many are not refused: reading pauses until the
 * rate allows more, which costs nothing here. Frames too many are refused.
 */
export class SocketBudget {
  readonly #bytes: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #strikes = new TokenBucket(STRIKES.perSecond, STRIKES.burst);
  readonly #bytesPerStrike: number;
  readonly #readers = new Set<Reader>();
  #pause: NodeJS.Timeout | null = null;

  constructor({ bytes, frames }: Pick<Rates, 'bytes' | 'frames'>) {
    this.#bytes = new TokenBucket(bytes.perSecond, bytes.burst);
    this.#frames = new TokenBucket(frames.perSecond * SOCKETS_WORTH, frames.burst * SOCKETS_WORTH);
    this.#bytesPerStrike = (bytes.perSecond * STRIKE_MS) / 1_000;
  }

  join(reader: Reader): void {
    this.#readers.add(reader);
    if (this.#pause) reader.pause();
  }

  leave(reader: Reader): void {
    this.#readers.delete(reader);
  }

  /** Bytes have arrived. @returns false when they are more than is paused for: their socket is to be closed. */
  takeBytes(count: number): boolean {
    const waitMs = this.#bytes.spend(count);
    if (waitMs === 0) return true;
    if (!this.strike(count / this.#bytesPerStrike)) return false;
    if (!this.#pause) for (const reader of this.#readers) reader.pause();
    clearTimeout(this.#pause ?? undefined);
    this.#pause = setTimeout(() => this.#resume(), waitMs).unref();
    return true;
  }

  /** @returns 0 when one more frame may be handled, else how many milliseconds until it may. */
  takeFrame(): number {
    return this.#frames.take();
  }

  /** @returns false when there were too many: the socket that caused this one is to be closed. */
  strike(count = 1): boolean {
    return this.#strikes.take(count) === 0;
  }

  #resume(): void {
    this.#pause = null;
    for (const reader of this.#readers) reader.resume();
  }
}

/** The budget of each user and each address. */
export class SocketBudgets {
  readonly #budgets = new LRUCache<string, SocketBudget>({ max: REMEMBERED });

  constructor(private readonly rates: Pick<Rates, 'bytes' | 'frames'>) {}

  /** @param userId null: none is named yet, and the address counts. */
  of(userId: number | null, address: string): SocketBudget {
    const key = userId === null ? address : `user ${userId}`;
    let budget = this.#budgets.get(key);
    if (!budget) {
      budget = new SocketBudget(this.rates);
      this.#budgets.set(key, budget);
    }
    return budget;
  }
}
