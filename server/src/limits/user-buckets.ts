import { LRUCache } from 'lru-cache';
import type { Bucket } from '../config/config.js';
import { TokenBucket, type Quota } from './token-bucket.js';

/** How many users' buckets are kept; one that is forgotten starts full. */
const REMEMBERED = 50_000;

/** A token bucket for each user, over whichever connection they act. */
export class UserBuckets {
  readonly #buckets = new LRUCache<number, TokenBucket>({ max: REMEMBERED });

  constructor(private readonly rate: Bucket) {}

  /** @returns 0 when a token was taken, else how many milliseconds until there is one. */
  take(userId: number): number {
    return this.#bucketOf(userId).take();
  }

  quota(name: string, userId: number): Quota {
    return this.#bucketOf(userId).quota(name);
  }

  #bucketOf(userId: number): TokenBucket {
    let bucket = this.#buckets.get(userId);
    if (!bucket) {
      bucket = new TokenBucket(this.rate.perSecond, this.rate.burst);
      this.#buckets.set(userId, bucket);
    }
    return bucket;
  }
}
