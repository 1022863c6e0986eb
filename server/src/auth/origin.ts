import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser page of this origin may call us: our own pages, and those on the list, letter by letter.
 * No Origin at all is no browser page (curl, a bot), and there is no cookie that one could abuse.
 */
export function isAllowedOrigin(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Of a longer origin, only this many characters are logged: no host name is longer. */
const MAX_LOGGED_LENGTH = 262;

/** The origin for a line of the log, where it is one. */
export function loggedOrigin({ origin }: IncomingHttpHeaders): string | null {
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).origin !== origin) return null;
  return origin.slice(0, MAX_LOGGED_LENGTH);
}
