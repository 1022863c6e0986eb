import type { Bucket } from '../config/config.js';
import { Buckets } from '../limits/buckets.js';
import type { Mark, Marked } from './mark.js';

/** Marks of one user that wait for the next token. */
interface Held {
  readonly timer: NodeJS.Timeout;
  readonly writes: (() => void)[];
}

/**
 * How often one user's marks are written. A mark that comes too soon is not refused, since a client may never repeat
 * it: it waits for the next token (with the defaults, a fifth of a second), and all that have waited go at once, which
 * makes them one statement.
 */
export class ReceiptPace {
  readonly #buckets: Buckets<number>;
  readonly #held = new Map<number, Held>();

  constructor(
    rate: Bucket,
    private readonly write: (mark: Mark) => Promise<Marked>,
  ) {
    this.#buckets = new Buckets<number>(rate);
  }

  mark(mark: Mark): Promise<Marked> {
    const { userId } = mark;
    let held = this.#held.get(userId);
    if (!held) {
      const retryAfterMs = this.#buckets.take(userId);
      if (retryAfterMs === 0) return this.write(mark);
      held = { timer: setTimeout(() => this.#release(userId), retryAfterMs), writes: [] };
      this.#held.set(userId, held);
    }
    const { writes } = held;
    return new Promise((resolve) => writes.push(() => resolve(this.write(mark))));
  }

  /** Writes at once all that is held. */
  flush(): void {
    for (const userId of this.#held.keys()) this.#release(userId);
  }

  #release(userId: number): void {
    const held = this.#held.get(userId);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(userId);
    this.#buckets.take(userId);
    for (const write of held.writes) write();
  }
}
