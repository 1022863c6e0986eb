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
    // Not the wall clock: set back, it would take tokens away.
    const now = performance.now();
    const elapsed = now - this.#filledAt;
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsed * this.perSecond) / 1_000);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) * 1_000) / this.perSecond);
  }
}
