/** The state of a limit, as clients see it. */
export interface Quota {
  /** Name of the limit, for example `messages`. */
  name: string;
  /** Actions allowed at once. */
  limit: number;
  /** Seconds until all of `limit` is available again once it is used up. */
  windowSeconds: number;
  /** Actions allowed now. */
  remaining: number;
  /** Seconds until `remaining` is `limit` again. */
  resetSeconds: number;
}

/** Tokens refill steadily up to `burst`; each action takes some. */
export class TokenBucket {
  #tokens: number;
  #filledAt = performance.now();

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  /** For an action that may be refused. @returns 0 when the tokens were taken, else the milliseconds until they can be. */
  take(tokens = 1): number {
    this.#refill();
    if (this.#tokens < tokens) return this.#msUntil(tokens);
    this.#tokens -= tokens;
    return 0;
  }

  /** For an action that has happened: the balance may become negative. @returns the milliseconds until it is not. */
  spend(tokens: number): number {
    this.#refill();
    this.#tokens -= tokens;
    return this.#tokens < 0 ? this.#msUntil(0) : 0;
  }

  #msUntil(tokens: number): number {
    return Math.ceil(((tokens - this.#tokens) * 1_000) / this.perSecond);
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
