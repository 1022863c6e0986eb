import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { Bucket, Rates } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { Buckets } from '../limits/buckets.js';
import { networkOf } from '../limits/network.js';
import { ProblemFilter } from './problem.filter.js';
import { setRateLimit } from './rate-limit.js';

/** All users of one IP together may do this many times what one user may do. */
const USERS_PER_IP = { requests: 10, creations: 4 } as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The limits of a route. `creations`: also that of new users and rooms. `own`: that of requests per IP only, because
     * the service has one per user. `none`: no limit, for probes. Unset: that of requests.
     */
    limit?: 'creations' | 'own' | 'none';
  }
}

/**
 * Every HTTP call takes a token of its IP before its body is read, and one of its user; calls that create users or rooms
 * take one of a smaller bucket too. Without a token the call is refused with 429.
 */
export function limitRequests(app: NestFastifyApplication, rates: Rates | null): void {
  if (!rates) return;
  const fastify = app.getHttpAdapter().getInstance();
  const filter = new ProblemFilter();
  const ofIp = {
    requests: new Buckets<string>(times(rates.requests, USERS_PER_IP.requests)),
    creations: new Buckets<string>(times(rates.creations, USERS_PER_IP.creations)),
  };
  const ofUser = {
    requests: new Buckets<number>(rates.requests),
    creations: new Buckets<number>(rates.creations),
  };

  const take = <Key extends number | string>(
    buckets: { requests: Buckets<Key>; creations: Buckets<Key> },
    key: Key,
    { limit }: { limit?: 'creations' | 'own' | 'none' },
    reply: FastifyReply,
  ): boolean => {
    const names = limit === 'creations' ? (['creations', 'requests'] as const) : (['requests'] as const);
    for (const name of names) {
      const retryAfterMs = buckets[name].take(key);
      setRateLimit(reply, buckets[name].quota(name, key));
      if (retryAfterMs === 0) continue;
      const refusal = new ChatError('rate_limited', 'Too many requests.');
      void reply
        .status(429)
        .header('Retry-After', Math.ceil(retryAfterMs / 1_000))
        .type('application/problem+json')
        .send(JSON.stringify(filter.toProblem(refusal, reply.request.id).body));
      return false;
    }
    return true;
  };

  // After CORS, so that pages of other origins can read the 429.
  fastify.after(() => {
    fastify.addHook('preParsing', (request, reply, payload, done) => {
      const { config } = request.routeOptions;
      if (config.limit === 'none' || take(ofIp, networkOf(request.ip), config, reply)) done(null, payload);
    });
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    const { config } = request.routeOptions;
    const user = config.limit === 'none' || config.limit === 'own' ? null : request.authentication?.userId;
    if (typeof user !== 'number' || take(ofUser, user, config, reply)) done();
  });
}

function times({ perSecond, burst }: Bucket, factor: number): Bucket {
  return { perSecond: perSecond * factor, burst: burst * factor };
}
