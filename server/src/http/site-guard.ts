import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HostRule, Site } from '../auth/site.js';
import type { Config } from '../config/config.js';
import { METHODS } from './methods.js';
import { ProblemFilter } from './problem.filter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which hosts the route answers to. Unset: those of the list. */
    hosts?: HostRule;
  }
}

/** Headers that a page of another origin may read: beyond these it sees only those that every page may. */
const EXPOSED_HEADERS = [
  'Allow',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  // Of uploads and files.
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Resumable',
  'Tus-Version',
  'Upload-Expires',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
];

/**
 * Refuses foreign hosts (421) and pages of foreign origins (403), preflights included. Origins of `allowedOrigins` get
 * CORS headers with their name.
 */
export function guardSite(
  app: NestFastifyApplication,
  site: Site,
  { allowedOrigins }: Pick<Config, 'allowedOrigins'>,
): void {
  const fastify = app.getHttpAdapter().getInstance();
  const filter = new ProblemFilter();
  fastify.addHook('onRequest', async (request, reply) => {
    const refusal = site.refusalOf(request.raw, request.routeOptions.config.hosts, {
      request_id: request.id,
    });
    if (!refusal) return;
    const { body } = filter.toProblem(refusal, request.id);
    await reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
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
