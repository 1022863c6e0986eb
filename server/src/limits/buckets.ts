import { LRUCache } from 'lru-cache';
import type { Bucket } from '../config/config.js';
import { TokenBucket, type Quota } from './token-bucket.js';

/** Buckets that are kept of one kind; a bucket that was evicted starts full again. */
const MAX_BUCKETS = 50_000;

/** A token bucket for each key: a user, over all connections, or an IP. */
export class Buckets<Key extends number | string> {
  readonly #buckets = new LRUCache<Key, TokenBucket>({ max: MAX_BUCKETS });

  constructor(private readonly rate: Bucket) {}

  /** @returns 0 when a token was taken, else the milliseconds until there is one. */
  take(key: Key): number {
    return this.#bucketOf(key).take();
  }

  /** Undoes a `take`. */
  giveBack(key: Key): void {
    this.#bucketOf(key).spend(-1);
  }

  quota(name: string, key: Key): Quota {
    return this.#bucketOf(key).quota(name);
  }

  #bucketOf(key: Key): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.rate.perSecond, this.rate.burst);
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}
