import type { FastifyRequest } from 'fastify';

/** The absolute address of a request. A Host header that is none must not become an error of ours. */
export function addressOf(request: FastifyRequest): URL {
  const base = `${request.protocol}://${request.host}`;
  return new URL(request.originalUrl.replace(/^\/+/, '/'), URL.canParse(base) ? base : 'http://localhost');
}
