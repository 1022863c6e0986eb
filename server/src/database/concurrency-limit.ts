import { ChatError } from '../errors/chat-error.js';

/** Longest wait in the queue, in milliseconds. */
const MAX_WAIT_MS = 5_000;

/**
 * Limits how many reads of one kind use a connection at once, so that the other connections stay free for sending: `size`
 * of them run, and `maxWaiting` wait in order, for at most 5 s. More are refused.
 */
export class ConcurrencyLimit {
  #running = 0;
  /** Functions that start one waiting read each. */
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly size: number,
    private readonly maxWaiting: number,
    /** Detail of the refusal. */
    private readonly tooMany = 'Too many are searching right now. Try again.',
  ) {}

  /** @throws ChatError `unavailable` when too many wait, or for too long; else what `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.size) this.#running += 1;
    else await this.#waitInQueue();
    try {
      return await work();
    } finally {
      // The first waiting read takes over, so that a new one cannot overtake it.
      const [next] = this.#waiting;
      if (next) next();
      else this.#running -= 1;
    }
  }

  #waitInQueue(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= this.maxWaiting) return reject(this.#refusal());
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(go);
        reject(this.#refusal());
      }, MAX_WAIT_MS);
      this.#waiting.add(go);
    });
  }

  #refusal(): ChatError {
    return new ChatError('unavailable', this.tooMany, { retryAfterMs: 1_000 });
  }
}
