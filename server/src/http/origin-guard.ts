import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isAllowedOrigin, loggedOrigin } from '../auth/origin.js';
import type { SecurityLog } from '../logging/security-log.js';
import { METHODS } from './methods.js';
import { problem } from './problem.filter.js';

/** Headers that a page of another origin may read: beyond these it sees only those that every page may. */
const EXPOSED_HEADERS = ['Allow', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'];

/** Pages of foreign origins are refused, with preflight and all; those on the list are answered by name. */
export function guardOrigin(
  app: NestFastifyApplication,
  allowedOrigins: readonly string[],
  security: SecurityLog,
): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request, reply) => {
    if (isAllowedOrigin(request.headers, allowedOrigins)) return;
    security.report('origin_refused', request.ip, {
      origin: loggedOrigin(request.headers),
      request_id: request.id,
    });
    await reply
      .status(403)
      .type('application/problem+json')
      .send(JSON.stringify(problem(403, 'Pages of this origin may not call this server.')));
  });
  app.enableCors({
    origin: [...allowedOrigins],
    credentials: true,
    // After the guard, which is an onRequest hook.
    hook: 'preParsing',
    methods: METHODS,
    exposedHeaders: EXPOSED_HEADERS,
    // `OPTIONS` is answered further on, preflight or not.
    strictPreflight: false,
    preflightContinue: true,
  });
}
