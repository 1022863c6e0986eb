import { LRUCache } from 'lru-cache';
import type { Rates } from '../config/config.js';
import { TokenBucket } from './token-bucket.js';

/** Budgets that are kept; a budget that was evicted starts full again. */
const MAX_BUDGETS = 50_000;
/** All sockets of one user together may send this many times the frames of one socket. */
const FRAMES_FACTOR = 4;
/**
 * A strike is one frame over the limit, or as many bytes over the limit as 10 ms of the rate. One strike a second expires,
 * whatever the client does meanwhile: a steady flood at twice the rate is a flood.
 */
const STRIKES = { perSecond: 1, burst: 200 };
const STRIKE_MS = 10;

/** A connection whose reading can be paused: unread bytes stay with the client (TCP backpressure). */
export interface Reader {
  pause(): void;
  resume(): void;
}

/**
 * The limits of all sockets of one user on this server together, or of all sockets without a user of one IP. Bytes are
 * counted before they are parsed; over the limit reading pauses until the rate allows more. Frames over the limit are
 * refused.
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
    this.#frames = new TokenBucket(frames.perSecond * FRAMES_FACTOR, frames.burst * FRAMES_FACTOR);
    this.#bytesPerStrike = (bytes.perSecond * STRIKE_MS) / 1_000;
  }

  join(reader: Reader): void {
    this.#readers.add(reader);
    if (this.#pause) reader.pause();
  }

  leave(reader: Reader): void {
    this.#readers.delete(reader);
  }

  /** Counts received bytes. @returns false when the socket must be closed for abuse. */
  takeBytes(count: number): boolean {
    const waitMs = this.#bytes.spend(count);
    if (waitMs === 0) return true;
    if (!this.strike(count / this.#bytesPerStrike)) return false;
    if (!this.#pause) for (const reader of this.#readers) reader.pause();
    clearTimeout(this.#pause ?? undefined);
    this.#pause = setTimeout(() => this.#resume(), waitMs).unref();
    return true;
  }

  /** @returns 0 when one more frame may be handled, else the milliseconds until it may. */
  takeFrame(): number {
    return this.#frames.take();
  }

  /** @returns false when there were too many strikes: the socket that caused this one must be closed. */
  strike(count = 1): boolean {
    return this.#strikes.take(count) === 0;
  }

  #resume(): void {
    this.#pause = null;
    for (const reader of this.#readers) reader.resume();
  }
}

/** The budgets of users, and of IPs for sockets without a user. */
export class SocketBudgets {
  readonly #budgets = new LRUCache<string, SocketBudget>({ max: MAX_BUDGETS });

  constructor(private readonly rates: Pick<Rates, 'bytes' | 'frames'>) {}

  /** @param userId null: the socket has no user yet, and the budget is that of its IP. */
  of(userId: number | null, ip: string): SocketBudget {
    const key = userId === null ? ip : `user ${userId}`;
    let budget = this.#budgets.get(key);
    if (!budget) {
      budget = new SocketBudget(this.rates);
      this.#budgets.set(key, budget);
    }
    return budget;
  }
}
