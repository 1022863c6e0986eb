import { LRUCache } from 'lru-cache';
import type { Bucket } from '../config/config.js';
import { TokenBucket } from '../limits/token-bucket.js';
import type { Mark, Marked } from './mark.js';

/** How many users' buckets are kept; one that is forgotten starts full. */
const REMEMBERED = 50_000;

interface Held {
  mark: Mark;
  result: Promise<Marked>;
  write: () => void;
}

interface Pace {
  readonly bucket: TokenBucket;
  /** By room and kind: a later mark takes the earlier one along. */
  readonly held: Map<string, Held>;
}

/**
 * How often one user's marks are written. A mark that comes too soon is not refused, since a client may never repeat
 * it: it waits for the next token (with the defaults, a fifth of a second) together with the user's others, of which
 * only the furthest of each room and kind is written.
 */
export class ReceiptPace {
  readonly #paces = new LRUCache<number, Pace>({ max: REMEMBERED });
  /** Those with something held, also if they are forgotten meanwhile. */
  readonly #holding = new Map<Pace, NodeJS.Timeout>();

  constructor(
    private readonly rate: Bucket,
    private readonly write: (mark: Mark) => Promise<Marked>,
  ) {}

  mark(mark: Mark): Promise<Marked> {
    const pace = this.#of(mark.userId);
    const retryAfterMs = this.#holding.has(pace) ? null : pace.bucket.take();
    if (retryAfterMs === 0) return this.write(mark);

    const key = `${mark.kind} ${mark.roomId}`;
    const held = pace.held.get(key);
    if (held) {
      held.mark.seq = Math.max(held.mark.seq, mark.seq);
      // What moved is told once, by the first who asked.
      return held.result.then(({ head }) => ({ head, moved: [] }));
    }
    if (retryAfterMs !== null)
      this.#holding.set(
        pace,
        setTimeout(() => this.#release(pace), retryAfterMs),
      );
    return this.#hold(pace, key, { ...mark });
  }

  /** Writes at once all that is held. */
  flush(): void {
    for (const pace of this.#holding.keys()) this.#release(pace);
  }

  #of(userId: number): Pace {
    let pace = this.#paces.get(userId);
    if (!pace) {
      pace = { bucket: new TokenBucket(this.rate.perSecond, this.rate.burst), held: new Map() };
      this.#paces.set(userId, pace);
    }
    return pace;
  }

  #hold(pace: Pace, key: string, mark: Mark): Promise<Marked> {
    const { promise, resolve } = deferred<Marked>();
    pace.held.set(key, { mark, result: promise, write: () => resolve(this.write(mark)) });
    return promise;
  }

  /** All that is held goes for one token: it is one statement. */
  #release(pace: Pace): void {
    clearTimeout(this.#holding.get(pace));
    this.#holding.delete(pace);
    pace.bucket.take();
    const held = [...pace.held.values()];
    pace.held.clear();
    for (const { write } of held) write();
  }
}

/** Promise.withResolvers, which needs Node 22. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: Promise<T>) => void } {
  let resolve!: (value: Promise<T>) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
