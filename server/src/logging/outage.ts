import type { Logger } from '@nestjs/common';

/**
 * Logs an outage of something that the server needs: one line when it begins and one when it ends, however many
 * connections report it.
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

  /** @param reason a code, or a sentence without a URL. */
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
