import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CONFIG, type Config } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { TokenBucket } from '../limits/token-bucket.js';

/** How many users' buckets are kept; one that is forgotten starts full. */
const REMEMBERED = 50_000;

/** How fast one user may send, over whichever connection. */
@Injectable()
export class SendLimit {
  readonly #buckets = new LRUCache<number, TokenBucket>({ max: REMEMBERED });

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @throws ChatError `rate_limited` with the time to wait. */
  take(userId: number): void {
    const rates = this.config.limits.rates;
    if (!rates) return;
    let bucket = this.#buckets.get(userId);
    if (!bucket) {
      bucket = new TokenBucket(rates.messages.perSecond, rates.messages.burst);
      this.#buckets.set(userId, bucket);
    }
    const retryAfterMs = bucket.take();
    if (retryAfterMs > 0) {
      throw new ChatError('rate_limited', 'You are sending faster than is allowed.', { retryAfterMs });
    }
  }
}
