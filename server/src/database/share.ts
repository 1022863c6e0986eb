import { ChatError } from '../errors/chat-error.js';

/** Longest wait for a place, in milliseconds. */
const MAX_WAIT_MS = 5_000;

/**
 * A share of the connections for reads that may be slow or many, so that what is left is always there for sending: at
 * most `size` of them run at once, and `maxWaiting` wait for their turn, in order and for at most 5 s. The others are
 * refused.
 */
export class Share {
  #running = 0;
  /** Each gives the place to one that waits. */
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly size: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws ChatError `unavailable` when too many wait, or for too long; else what `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.size) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      // The place is handed over, so that nobody overtakes those that wait.
      const [next] = this.#waiting;
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= this.maxWaiting) return reject(tooMany());
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(go);
        reject(tooMany());
      }, MAX_WAIT_MS);
      this.#waiting.add(go);
    });
  }
}

function tooMany(): ChatError {
  return new ChatError('unavailable', 'Too many are searching right now. Try again.', {
    retryAfterMs: 1_000,
  });
}
