import type { FastifyRequest } from 'fastify';

/**
 * The absolute URL of a request. `Host` was checked (site-guard.ts), and `https` comes only from a trusted proxy; what a
 * proxy says of the host is not used. Without a usable `Host` (probes), it is localhost.
 */
export function urlOf(request: FastifyRequest): URL {
  const base = `${request.protocol}://${request.headers.host}`;
  return new URL(request.originalUrl.replace(/^\/+/, '/'), URL.canParse(base) ? base : 'http://localhost');
}
