import type { UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import type { Quota } from '../limits/token-bucket.js';
import { Buckets } from '../limits/buckets.js';

/** Name of the limit in `RateLimit` headers. */
const NAME = 'messages';

/** How fast one user may send, over whichever connection. */
@Injectable()
export class SendLimit {
  /** Null: no limit. */
  readonly #buckets: Buckets<UserId> | null;

  constructor(@Inject(CONFIG) config: Config) {
    const rates = config.limits.rates;
    this.#buckets = rates && new Buckets<UserId>(rates.messages);
  }

  /** @throws ChatError `rate_limited` with the time to wait. */
  take(userId: UserId): void {
    if (!this.#buckets) return;
    const retryAfterMs = this.#buckets.take(userId);
    if (retryAfterMs === 0) return;
    const quota = this.#buckets.quota(NAME, userId);
    throw new ChatError('rate_limited', 'You are sending faster than is allowed.', { retryAfterMs, quota });
  }

  /** What the user may still send right now; null without a limit. */
  quota(userId: UserId): Quota | null {
    return this.#buckets?.quota(NAME, userId) ?? null;
  }
}
