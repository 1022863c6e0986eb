import type { UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Session } from './sessions.service.js';

/** The parts of an HTTP request or a socket upgrade that may identify its user. A socket upgrade has no body. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body?: unknown;
  /** IP address of the client. */
  readonly ip: string;
  /** The connection has TLS, as far as trusted proxies say. */
  readonly isSecure: boolean;
}

/** The user of a request, null when it has none, and what proves it. */
export interface Requester {
  readonly userId: UserId | null;
  /** null: in simulation, where a name is enough. */
  readonly session: Session | null;
}

/** A request that has a user. */
export interface Identity extends Requester {
  readonly userId: UserId;
}

/** One way to identify the user of a request: by name (simulation), or by a session or an access token. */
export interface AuthStrategy {
  /**
   * @returns the user; null when the request has no credentials of this kind, so that the next strategy is
   *   asked.
   * @throws ChatError when the credentials are not valid, or the request must have some.
   */
  authenticate(credentials: Credentials): Promise<Identity | null> | Identity | null;
}

/** Injection token of the strategies of this AUTH_MODE, in the order in which they are asked. */
export const AUTH_STRATEGIES = Symbol('AUTH_STRATEGIES');

/** The result for one request: its user (null: it has no credentials), or why it was refused. */
export type Authentication =
  Requester | { readonly userId?: never; readonly session?: never; readonly error: unknown };

/** Resolves the current user of HTTP requests and socket upgrades. */
@Injectable()
export class Authenticator {
  constructor(@Inject(AUTH_STRATEGIES) private readonly strategies: readonly AuthStrategy[]) {}

  /** Never rejects: a refusal concerns only calls that need the user. */
  async authenticate(credentials: Credentials): Promise<Authentication> {
    try {
      for (const strategy of this.strategies) {
        const identity = await strategy.authenticate(credentials);
        if (identity !== null) return identity;
      }
      return { userId: null, session: null };
    } catch (error) {
      return { error };
    }
  }
}
