import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { LogLine } from '../logging/log-line.js';
import type { SecurityLog } from '../logging/security-log.js';
import type { Metrics } from '../metrics/metrics.js';

/** A request that takes longer is logged as slow, in milliseconds. */
const SLOW_MS = 1_000;
/** Most characters of a path that are logged. */
const MAX_PATH_LENGTH = 200;
/** A proxy's or a client's own id is taken over when it looks like one. */
const REQUEST_ID = /^[\w.-]{1,128}$/;

/** The id of a request: its `X-Request-Id`, or a new one. It is in all log lines of the request, and in the answer. */
export function requestIdOf({ headers }: { headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Probes and scrapes arrive every few seconds. They are neither logged nor counted. */
const isProbe = (route: string | undefined): boolean =>
  route !== undefined && /^\/(health\/|metrics(\/|$))/.test(route);

/** Counts, times and logs every request. To be registered before all other hooks, so that it covers what they refuse. */
export function logRequests(app: NestFastifyApplication, metrics: Metrics, security: SecurityLog): void {
  const logger = new Logger('Http');
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    done();
    const { url: route } = request.routeOptions;
    if (isProbe(route)) return;
    const { statusCode: status, elapsedTime: ms } = reply;
    metrics.httpRequest(request.method, route, ms / 1_000);
    if (status >= 400) metrics.problem(status);
    if (status === 429) {
      security.report('rate_limited', request.ip, { ...placeOf(request), request_id: request.id });
    }
    // The line before, with the same id, has the error. A 503 is not logged here: an outage has one line of its own.
    if (status >= 500 && status !== 503) logger.error(lineOf('Failed', request, status, ms));
    else if (ms > SLOW_MS && status !== 503) logger.warn(lineOf('Slow', request, status, ms));
    else logger.debug(lineOf('Answered', request, status, ms));
  });
}

function lineOf(msg: string, request: FastifyRequest, status: number, ms: number): LogLine {
  return { msg, request_id: request.id, ...placeOf(request), status, ms: Math.round(ms) };
}

function placeOf({ method, url }: FastifyRequest): { method: string; path: string | undefined } {
  return { method, path: url.split('?', 1)[0]?.slice(0, MAX_PATH_LENGTH) };
}
