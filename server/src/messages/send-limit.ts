import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { UserBuckets } from '../limits/user-buckets.js';

/** How fast one user may send, over whichever connection. */
@Injectable()
export class SendLimit {
  /** Null: no limit. */
  readonly #buckets: UserBuckets | null;

  constructor(@Inject(CONFIG) config: Config) {
    const rates = config.limits.rates;
    this.#buckets = rates && new UserBuckets(rates.messages);
  }

  /** @throws ChatError `rate_limited` with the time to wait. */
  take(userId: number): void {
    const retryAfterMs = this.#buckets?.take(userId) ?? 0;
    if (retryAfterMs > 0) {
      throw new ChatError('rate_limited', 'You are sending faster than is allowed.', { retryAfterMs });
    }
  }
}
