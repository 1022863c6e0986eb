import type { UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';

/** The parts of an HTTP request or a socket upgrade that may identify its user. A socket upgrade has no body. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body?: unknown;
}

/** One way to identify the user of a request: by name (simulation), by session cookie, by bearer token. */
export interface AuthStrategy {
  /**
   * @returns the id of the user; null when the request has no credentials of this kind, so that the next strategy is
   *   asked.
   * @throws ChatError when the credentials are not valid, or the request must have some.
   */
  authenticate(credentials: Credentials): Promise<UserId | null> | UserId | null;
}

/** Injection token of the strategies of this AUTH_MODE, in the order in which they are asked. */
export const AUTH_STRATEGIES = Symbol('AUTH_STRATEGIES');

/** The result for one request: its user (null: it has no credentials), or why it was refused. */
export type Authentication =
  | { readonly userId: UserId | null; readonly error?: never }
  | { readonly userId?: never; readonly error: unknown };

/** Resolves the current user of HTTP requests and socket upgrades. */
@Injectable()
export class Authenticator {
  constructor(@Inject(AUTH_STRATEGIES) private readonly strategies: readonly AuthStrategy[]) {}

  /** Never rejects: a refusal concerns only calls that need the user. */
  async authenticate(credentials: Credentials): Promise<Authentication> {
    try {
      for (const strategy of this.strategies) {
        const userId = await strategy.authenticate(credentials);
        if (userId !== null) return { userId };
      }
      return { userId: null };
    } catch (error) {
      return { error };
    }
  }
}
