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

/** Tokens refill steadily up to `burst`; each act takes some. */
export class TokenBucket {
  #tokens: number;
  #filledAt = performance.now();

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  /** For an act that may be refused. @returns 0 when the tokens were taken, else in how many milliseconds they can be. */
  take(tokens = 1): number {
    this.#refill();
    if (this.#tokens < tokens) return this.#msUntil(tokens);
    this.#tokens -= tokens;
    return 0;
  }

  /** For an act that has happened: the bucket may owe tokens. @returns in how many milliseconds it owes none. */
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
