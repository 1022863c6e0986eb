import type { UserId } from '@parley/shared';
import type { Bucket } from '../config/config.js';
import { Buckets } from '../limits/buckets.js';
import type { ReceiptUpdate, ReceiptResult } from './receipt-update.js';

/** Updates of one user that wait for the next token. */
interface Held {
  readonly timer: NodeJS.Timeout;
  readonly writes: (() => void)[];
}

/**
 * Limits how often one user's receipt updates are written. An update that comes too soon is not refused, since a client
 * may never repeat it: it waits for the next token (with the defaults, a fifth of a second). All updates that have
 * waited are written together, as one statement.
 */
export class ReceiptPace {
  readonly #buckets: Buckets<UserId>;
  readonly #held = new Map<UserId, Held>();

  constructor(
    rate: Bucket,
    private readonly write: (update: ReceiptUpdate) => Promise<ReceiptResult>,
  ) {
    this.#buckets = new Buckets<UserId>(rate);
  }

  update(update: ReceiptUpdate): Promise<ReceiptResult> {
    const { userId } = update;
    let held = this.#held.get(userId);
    if (!held) {
      const retryAfterMs = this.#buckets.take(userId);
      if (retryAfterMs === 0) return this.write(update);
      held = { timer: setTimeout(() => this.#release(userId), retryAfterMs), writes: [] };
      this.#held.set(userId, held);
    }
    const { writes } = held;
    return new Promise((resolve) => writes.push(() => resolve(this.write(update))));
  }

  /** Writes all held updates now. */
  flush(): void {
    for (const userId of this.#held.keys()) this.#release(userId);
  }

  #release(userId: UserId): void {
    const held = this.#held.get(userId);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(userId);
    this.#buckets.take(userId);
    for (const write of held.writes) write();
  }
}
