import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CONFIG, type Bucket, type Config } from '../config/config.js';
import { Buckets } from './buckets.js';
import { RedisLimits } from './redis-limits.js';
import type { Quota } from './token-bucket.js';

/** Keys that are kept in memory of one window. */
const MAX_KEYS = 50_000;

/**
 * Limits that hold for all servers together, in Redis. This server counts in its memory as well, so that they hold for
 * each server alone when there is no Redis, while it cannot be reached, and after it was emptied.
 */
@Injectable()
export class SharedLimits implements OnApplicationShutdown {
  readonly #redis: RedisLimits | null;

  constructor(@Inject(CONFIG) { redisUrl, limits }: Config) {
    this.#redis = redisUrl === null || limits.rates === null ? null : new RedisLimits(redisUrl);
  }

  /** @param name of the limit, the same on all servers. */
  buckets(name: string, rate: Bucket): SharedBuckets {
    return new SharedBuckets(name, rate, this.#redis);
  }

  /** At most `most` actions in any `windowMs`. */
  window(name: string, windowMs: number, most: number): SharedWindow {
    return new SharedWindow(name, windowMs, most, this.#redis);
  }

  onApplicationShutdown(): void {
    this.#redis?.close();
  }
}

/** A token bucket for each key. */
export class SharedBuckets {
  readonly #own: Buckets<string>;

  constructor(
    private readonly name: string,
    private readonly rate: Bucket,
    private readonly redis: RedisLimits | null,
  ) {
    this.#own = new Buckets(rate);
  }

  /** @returns 0 when a token was taken, else the milliseconds until there is one. */
  async take(key: string): Promise<number> {
    const ownWaitMs = this.#own.take(key);
    if (ownWaitMs > 0 || !this.redis) return ownWaitMs;
    const waitMs = (await this.redis.take(this.name, key, this.rate)) ?? 0;
    if (waitMs > 0) this.#own.giveBack(key);
    return waitMs;
  }

  /** What this server has counted: others may have taken more. */
  quota(name: string, key: string): Quota {
    return this.#own.quota(name, key);
  }

  /** Undoes a `take`. */
  async giveBack(key: string): Promise<void> {
    this.#own.giveBack(key);
    await this.redis?.giveBack(this.name, key, this.rate);
  }
}

/** The times of the last actions for each key. */
export class SharedWindow {
  /** Times of `performance.now()`, the oldest first. */
  readonly #own = new LRUCache<string, number[]>({ max: MAX_KEYS });

  constructor(
    private readonly name: string,
    private readonly windowMs: number,
    private readonly most: number,
    private readonly redis: RedisLimits | null,
  ) {}

  /** @returns 0 when the action is counted, else the milliseconds until it would be. */
  async take(key: string): Promise<number> {
    const now = performance.now();
    const recent = (this.#own.get(key) ?? []).filter((time) => now - time < this.windowMs);
    this.#own.set(key, recent);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= this.most) return this.windowMs - (now - oldest);
    recent.push(now);
    const waitMs = (await this.redis?.takeInWindow(this.name, key, this.windowMs, this.most)) ?? 0;
    if (waitMs > 0) recent.splice(recent.indexOf(now), 1);
    return waitMs;
  }
}
