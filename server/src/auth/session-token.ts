import { SESSION_COOKIE } from '@parley/shared';
import { parse, serialize } from 'cookie';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** 256 bits: cannot be guessed, so that a fast hash is enough to store it. */
const TOKEN_BYTES = 32;
const BEARER = /^Bearer +([\w-]{43})$/i;

/** A secret that proves a session or an invite, as 43 characters of base64url. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is stored of a token. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * The token of a request: that of `Authorization: Bearer`, else that of the session cookie.
 * @returns null when the request has neither; an empty text when `Authorization` holds something else.
 */
export function tokenOf(headers: IncomingHttpHeaders, isSecure: boolean): string | null {
  if (headers.authorization !== undefined) return BEARER.exec(headers.authorization)?.[1] ?? '';
  return cookieOf(headers, isSecure);
}

/** Whether the browser proves the session by itself, so that the page that makes the request must be checked. */
export function usesCookie(headers: IncomingHttpHeaders): boolean {
  return headers.authorization === undefined;
}

/** `Set-Cookie` of a session. Without a token it removes the cookie. */
export function sessionCookie(token: string | null, isSecure: boolean, maxAgeMs: number): string {
  return serialize(cookieName(isSecure), token ?? '', {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure,
    maxAge: token === null ? 0 : Math.floor(maxAgeMs / 1_000),
  });
}

/**
 * Over TLS only the cookie with the prefix counts: sites of sibling domains, and anyone on the way without TLS, can set
 * one of the plain name.
 */
function cookieOf({ cookie }: IncomingHttpHeaders, isSecure: boolean): string | null {
  return (cookie && parse(cookie)[cookieName(isSecure)]) || null;
}

function cookieName(isSecure: boolean): string {
  return isSecure ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
}
