import { Inject, Injectable } from '@nestjs/common';
import { CLOSE_CODES } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { SocketBudgets } from '../limits/socket-budget.js';
import { TokenBucket } from '../limits/token-bucket.js';
import type { Connection } from './connection.js';

/** How much a client may send over its sockets: each by itself, and all of one user together. */
@Injectable()
export class FrameLimits {
  /** Null: no limits. */
  readonly #budgets: SocketBudgets | null;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.#budgets = config.limits.rates && new SocketBudgets(config.limits.rates);
  }

  /** Counts what the connection reads from now on, before ws gets to see it. */
  watch(connection: Connection): void {
    const rates = this.config.limits.rates;
    if (!rates) return;
    connection.frames = new TokenBucket(rates.frames.perSecond, rates.frames.burst);
    this.rename(connection);
    connection.stream.prependListener('data', (chunk: Buffer) => {
      if (connection.budget?.takeBytes(chunk.length) === false) this.#end(connection, 'too much data');
    });
  }

  /** The connection has another user: it is that user's budget from now on. */
  rename(connection: Connection): void {
    const budget = this.#budgets?.of(connection.userId, connection.address) ?? null;
    if (budget === connection.budget) return;
    connection.budget?.leave(connection);
    budget?.join(connection);
    connection.budget = budget;
  }

  /** Every frame counts, also one that is none. @returns 0 when it may be handled, else milliseconds until it may. */
  take(connection: Connection): number {
    const { frames, budget } = connection;
    if (!frames || !budget) return 0;
    const waitMs = frames.take() || budget.takeFrame();
    if (waitMs > 0 && !budget.strike()) this.#end(connection, 'too many frames');
    return waitMs;
  }

  #end(connection: Connection, reason: string): void {
    connection.cutOff(CLOSE_CODES.policy.code, reason);
  }
}
