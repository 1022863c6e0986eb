import type { Logger } from '@nestjs/common';

/**
 * Something that the server needs is away: one line when it goes and one when it is back, however many connections
 * notice either.
 */
export class Outage {
  #since: number | null = null;

  constructor(
    private readonly logger: Logger,
    private readonly level: 'error' | 'warn',
    private readonly lines: { readonly began: string; readonly ended: string },
  ) {}

  get isOngoing(): boolean {
    return this.#since !== null;
  }

  /** @param reason a code or a sentence without an address in it. */
  begin(reason?: string): void {
    if (this.#since !== null) return;
    this.#since = performance.now();
    this.logger[this.level]({ msg: this.lines.began, reason });
  }

  end(): void {
    if (this.#since === null) return;
    const awayMs = Math.round(performance.now() - this.#since);
    this.#since = null;
    this.logger.log({ msg: this.lines.ended, away_ms: awayMs });
  }
}
