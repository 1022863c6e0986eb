import { Inject, Injectable } from '@nestjs/common';
import { CLOSE_CODES } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { SocketBudgets } from '../limits/socket-budget.js';
import { TokenBucket } from '../limits/token-bucket.js';
import type { Connection } from './connection.js';

/** Limits the frames and bytes that clients send: per socket, and of all sockets of one user. */
@Injectable()
export class FrameLimits {
  /** Null: no limits. */
  readonly #budgets: SocketBudgets | null;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.#budgets = config.limits.rates && new SocketBudgets(config.limits.rates);
  }

  /** Sets the limits of a new connection. Its bytes are counted before ws parses them. */
  watch(connection: Connection): void {
    const rates = this.config.limits.rates;
    if (!rates) return;
    connection.frames = new TokenBucket(rates.frames.perSecond, rates.frames.burst);
    this.onUserChanged(connection);
    connection.stream.prependListener('data', (chunk: Buffer) => {
      if (connection.budget?.takeBytes(chunk.length) === false) this.#disconnect(connection, 'too much data');
    });
  }

  /** Moves the connection to the budget of its new user. */
  onUserChanged(connection: Connection): void {
    const budget = this.#budgets?.of(connection.userId, connection.ip) ?? null;
    if (budget === connection.budget) return;
    connection.budget?.leave(connection);
    budget?.join(connection);
    connection.budget = budget;
  }

  /**
   * Counts an incoming frame, valid or not. Disconnects a client that does not slow down.
   * @returns 0 when the frame may be handled, else the milliseconds until the next one may.
   */
  take(connection: Connection): number {
    const { frames, budget } = connection;
    if (!frames || !budget) return 0;
    const waitMs = frames.take() || budget.takeFrame();
    if (waitMs > 0 && !budget.strike()) this.#disconnect(connection, 'too many frames');
    return waitMs;
  }

  #disconnect(connection: Connection, reason: string): void {
    connection.disconnect(CLOSE_CODES.policy.code, reason);
  }
}
