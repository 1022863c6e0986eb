import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyReply } from 'fastify';
import type { Bucket, Rates } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { Buckets } from '../limits/buckets.js';
import { networkOf } from '../limits/network.js';
import { SharedLimits, type SharedBuckets } from '../limits/shared-limits.js';
import type { Quota } from '../limits/token-bucket.js';
import { ProblemFilter } from './problem.filter.js';
import { setRateLimit } from './rate-limit.js';

/** All users of one IP together may do this many times what one user may do. */
const USERS_PER_IP = { requests: 10, creations: 4, searches: 10 } as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The limits of a route. `creations`: also that of new users and rooms. `searches`: also that of searches.
     * `own`: that of requests per IP only, because the service has one per user. `none`: no limit, for probes. Unset: that of requests.
     */
    limit?: 'creations' | 'searches' | 'own' | 'none';
  }
}

type LimitOfRoute = FastifyContextConfig['limit'];

/** Buckets of users or of IPs. */
interface Limits {
  readonly requests: Buckets<string>;
  readonly searches: Buckets<string>;
  /** On all servers together: with many of them a user makes no more rooms. */
  readonly creations: SharedBuckets;
}

/**
 * Every HTTP call takes a token of its IP before its body is read, and one of its user; calls that create users or rooms, and
 * searches, take one of a smaller bucket too. Without a token the call is refused with 429.
 */
export function limitRequests(app: NestFastifyApplication, rates: Rates | null): void {
  if (!rates) return;
  const fastify = app.getHttpAdapter().getInstance();
  const shared = app.get(SharedLimits);
  const filter = new ProblemFilter();
  const limitsOf = (kind: 'ip' | 'user', factors: Record<keyof Limits, number>): Limits => ({
    requests: new Buckets(times(rates.requests, factors.requests)),
    searches: new Buckets(times(rates.searches, factors.searches)),
    creations: shared.buckets(`creations-${kind}`, times(rates.creations, factors.creations)),
  });
  const ofUser = limitsOf('user', { requests: 1, searches: 1, creations: 1 });
  const ofIp = limitsOf('ip', USERS_PER_IP);

  /** @returns whether the call may go on; otherwise it is answered. */
  const pass = (quota: Quota, retryAfterMs: number, reply: FastifyReply): boolean => {
    setRateLimit(reply, quota);
    if (retryAfterMs === 0) return true;
    const refusal = new ChatError('rate_limited', 'Too many requests.');
    void reply
      .status(429)
      .header('Retry-After', Math.ceil(retryAfterMs / 1_000))
      .type('application/problem+json')
      .send(JSON.stringify(filter.toProblem(refusal, reply.request.id).body));
    return false;
  };
  const takeLocal = (
    limits: Limits,
    name: 'requests' | 'searches',
    key: string,
    reply: FastifyReply,
  ): boolean => {
    const retryAfterMs = limits[name].take(key);
    return pass(limits[name].quota(name, key), retryAfterMs, reply);
  };
  const takeCreation = async (limits: Limits, key: string, reply: FastifyReply): Promise<boolean> => {
    const retryAfterMs = await limits.creations.take(key);
    return (
      pass(limits.creations.quota('creations', key), retryAfterMs, reply) &&
      takeLocal(limits, 'requests', key, reply)
    );
  };
  /** Calls `next` at once where no other server is asked. */
  const take = (
    limits: Limits,
    key: string,
    limit: LimitOfRoute,
    reply: FastifyReply,
    next: () => void,
  ): void => {
    if (limit === 'creations') {
      void takeCreation(limits, key, reply).then((mayGoOn) => mayGoOn && next());
    } else if (limit !== 'searches' || takeLocal(limits, 'searches', key, reply)) {
      if (takeLocal(limits, 'requests', key, reply)) next();
    }
  };

  // After CORS, so that pages of other origins can read the 429.
  fastify.after(() => {
    fastify.addHook('preParsing', (request, reply, payload, done) => {
      const { limit } = request.routeOptions.config;
      const next = () => done(null, payload);
      if (limit === 'none') next();
      else take(ofIp, networkOf(request.ip), limit, reply, next);
    });
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    const { limit } = request.routeOptions.config;
    const user = limit === 'none' || limit === 'own' ? null : request.authentication?.userId;
    if (typeof user !== 'number') done();
    else take(ofUser, String(user), limit, reply, done);
  });
}

function times({ perSecond, burst }: Bucket, factor: number): Bucket {
  return { perSecond: perSecond * factor, burst: burst * factor };
}
