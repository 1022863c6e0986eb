import type { FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { rawProblem } from './raw-problem.js';
import { requestIdOf } from './request-log.js';
import { DATA_HEADERS } from './security-headers.js';
import { isWebSocketUpgrade } from './upgrade.js';

/** Largest body, in bytes. Calls that carry a text take more (json-body.ts). */
export const MAX_BODY_BYTES = 32 * 1024;

/** Connections that send no complete request headers within this time are closed, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;

/** Node 22.21 and later have `shouldUpgradeCallback`; the types of Node 20 do not (see ignoreUpgrade). */
const HTTP_OPTIONS: ServerOptions & { shouldUpgradeCallback: typeof isWebSocketUpgrade } = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: 1_000,
  shouldUpgradeCallback: isWebSocketUpgrade,
};

/**
 * Options of the HTTP server, and the answers to requests that never reach Nest.
 * @param trustedProxies proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted.
 */
export function fastifyOptions(trustedProxies: readonly string[]): FastifyHttpOptions<Server> {
  const filter = new ProblemFilter();
  return {
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30_000,
    http: HTTP_OPTIONS,
    genReqId: requestIdOf,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    // Such as a path that cannot be decoded.
    frameworkErrors: (error, request: FastifyRequest, reply: FastifyReply) => {
      const { body } = filter.toProblem(error, request.id);
      void reply.headers({ ...DATA_HEADERS, 'X-Request-Id': request.id });
      void reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
    },
    // Requests that are not HTTP.
    clientErrorHandler: (error: NodeJS.ErrnoException, socket) => answerRaw(error, socket),
  };
}

function answerRaw(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'The headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'The request took too long to arrive.']
        : [400, 'Malformed HTTP request.'];
  socket.end(rawProblem(problem(status, detail)));
}
