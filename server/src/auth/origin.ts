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
