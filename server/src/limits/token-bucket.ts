/** What a limit allows at the moment, for the client to see. */
export interface Quota {
  /** Name of the limit, for example `messages`. */
  name: string;
  /** How many acts are allowed at once. */
  limit: number;
  /** How long it takes until all of `limit` can be used again once it is used up, in seconds. */
  windowSeconds: number;
  /** How many acts are allowed right now. */
  remaining: number;
  /** How long it takes until `remaining` is `limit` again, in seconds. */
  resetSeconds: number;
}

/** Tokens refill steadily up to `burst`; each act takes one. */
export class TokenBucket {
  #tokens: number;
  #filledAt = performance.now();

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  /** @returns 0 when a token was taken, else how many milliseconds until there is one. */
  take(): number {
    this.#refill();
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) * 1_000) / this.perSecond);
  }

  quota(name: string): Quota {
    this.#refill();
    return {
      name,
      limit: this.burst,
      windowSeconds: Math.ceil(this.burst / this.perSecond),
      remaining: Math.floor(this.#tokens),
      resetSeconds: Math.ceil((this.burst - this.#tokens) / this.perSecond),
    };
  }

  #refill(): void {
    // Not the wall clock: set back, it would take tokens away.
    const now = performance.now();
    const elapsed = now - this.#filledAt;
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsed * this.perSecond) / 1_000);
    this.#filledAt = now;
  }
}
