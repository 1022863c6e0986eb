import { CLIENT_FRAME_SCOPES, type ClientFrameType, type TokenScope } from '@parley/shared';
import { RouteConfig } from '@nestjs/platform-fastify';
import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { ChatError } from '../errors/chat-error.js';
import type { Session } from './sessions.service.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A personal access token is refused, whatever its scopes. */
    isSessionOnly?: true;
  }
}

/** What a call needs of its credentials: a scope of a personal access token, or a session, which may do everything. */
export type Need = TokenScope | 'session';

/** Extension of the document, replaced by `security` (openapi.ts). */
export const SESSION_ONLY = 'x-session-only';

/** A call outside `/api/auth/` that no personal access token may make. */
export function SessionOnly() {
  return applyDecorators(RouteConfig({ isSessionOnly: true }), ApiExtension(SESSION_ONLY, true));
}

/**
 * By default a call that changes nothing by the rules of HTTP needs `read`, every other one `write`. All calls of
 * `/api/auth/` need a session: a token that is stolen must not open other ways into the account.
 * @param path of the route, as it is declared.
 */
export function needOf(method: string, path: string, isSessionOnly: boolean): Need {
  if (isSessionOnly || /^\/api\/auth(\/|$)/.test(path)) return 'session';
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

/** @returns the refusal of what needs more than the credentials give; null when they give enough. */
export function scopeRefusal({ scopes }: Pick<Session, 'scopes'>, need: Need): ChatError | null {
  if (scopes === null) return null;
  if (need === 'session') return sessionNeeded();
  return scopes.includes(need) ? null : scopeMissing(need);
}

/** Whether a socket of these credentials may send the frame. */
export function maySend(session: Pick<Session, 'scopes'> | null, type: ClientFrameType): boolean {
  return !session?.scopes || session.scopes.includes(CLIENT_FRAME_SCOPES[type]);
}

export function sessionNeeded(): ChatError {
  return new ChatError('forbidden', 'A personal access token cannot do this: log in.');
}

export function scopeMissing(scope: TokenScope): ChatError {
  return new ChatError('forbidden', `The personal access token lacks the scope ${scope}.`);
}
