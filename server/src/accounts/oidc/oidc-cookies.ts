import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { tokenOf } from '../../auth/session-token.js';
import { urlOf } from '../../http/url.js';
import type { Attempt } from './providers.js';
import { ShortCookie } from './short-cookie.js';

/** How long a login at the provider may take, in seconds. */
const ATTEMPT_S = 600;
const COOKIE = new ShortCookie('parley_oidc', ATTEMPT_S);

/** An attempt in the browser's cookie. */
export interface KeptAttempt extends Attempt {
  /** What links the identity to the user of the session that has begun it ({@link linkProofOf}). Absent: a login. */
  readonly link?: string;
}

export const ATTEMPT = {
  set(attempt: KeptAttempt, request: FastifyRequest, reply: FastifyReply): void {
    COOKIE.set(Buffer.from(JSON.stringify(attempt)).toString('base64url'), request, reply);
  },

  /** Takes it out of the browser. The browser may send anything: null when it is no attempt. */
  take(request: FastifyRequest, reply: FastifyReply): KeptAttempt | null {
    const cookie = COOKIE.read(request);
    COOKIE.remove(request, reply);
    if (cookie === null) return null;
    try {
      const value: unknown = JSON.parse(Buffer.from(cookie, 'base64url').toString());
      return isAttempt(value) ? value : null;
    } catch {
      return null;
    }
  },
};

/**
 * What only the session of the request can make of the state: somebody who plants a cookie with an attempt of its own in
 * this browser does not link an identity to its user. Null: there is no session.
 */
export function linkProofOf({ headers, protocol }: FastifyRequest, state: string): string | null {
  const token = tokenOf(headers, protocol === 'https');
  return token && createHmac('sha256', token).update(`link ${state}`).digest('base64url');
}

export function isLinkProof(request: FastifyRequest, { state, link }: KeptAttempt): boolean {
  const expected = Buffer.from(linkProofOf(request, state) ?? '');
  const given = Buffer.from(link ?? '');
  return expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given);
}

/** As it is registered at the provider: the public origin, behind a trusted proxy that of the browser. */
export function redirectUriOf(request: FastifyRequest, provider: string): string {
  return new URL(`/api/auth/oidc/${provider}/callback/`, urlOf(request)).href;
}

function isAttempt(value: unknown): value is KeptAttempt {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const names = ['provider', 'state', 'nonce', 'verifier', ...(fields.link === undefined ? [] : ['link'])];
  return names.every((name) => typeof fields[name] === 'string');
}
