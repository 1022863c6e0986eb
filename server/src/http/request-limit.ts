import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { Bucket, Rates } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { Buckets } from '../limits/buckets.js';
import { networkOf } from '../limits/network.js';
import { SharedLimits, type SharedBuckets } from '../limits/shared-limits.js';
import type { Quota } from '../limits/token-bucket.js';
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

/** Buckets of users or of IPs. */
interface Limits {
  readonly requests: Buckets<string>;
  /** On all servers together: with many of them a user makes no more rooms. */
  readonly creations: SharedBuckets;
}

/**
 * Every HTTP call takes a token of its IP before its body is read, and one of its user; calls that create users or rooms
 * take one of a smaller bucket too. Without a token the call is refused with 429.
 */
export function limitRequests(app: NestFastifyApplication, rates: Rates | null): void {
  if (!rates) return;
  const fastify = app.getHttpAdapter().getInstance();
  const shared = app.get(SharedLimits);
  const filter = new ProblemFilter();
  const limitsOf = (kind: 'ip' | 'user', requests: Bucket, creations: Bucket): Limits => ({
    requests: new Buckets(requests),
    creations: shared.buckets(`creations-${kind}`, creations),
  });
  const ofUser = limitsOf('user', rates.requests, rates.creations);
  const ofIp = limitsOf(
    'ip',
    times(rates.requests, USERS_PER_IP.requests),
    times(rates.creations, USERS_PER_IP.creations),
  );

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
  const takeRequest = ({ requests }: Limits, key: string, reply: FastifyReply): boolean => {
    const retryAfterMs = requests.take(key);
    return pass(requests.quota('requests', key), retryAfterMs, reply);
  };
  const takeCreation = async (limits: Limits, key: string, reply: FastifyReply): Promise<boolean> => {
    const retryAfterMs = await limits.creations.take(key);
    return (
      pass(limits.creations.quota('creations', key), retryAfterMs, reply) && takeRequest(limits, key, reply)
    );
  };
  /** Calls `next` at once where no other server is asked. */
  const take = (limits: Limits, key: string, isCreation: boolean, reply: FastifyReply, next: () => void) => {
    if (!isCreation) return takeRequest(limits, key, reply) && next();
    void takeCreation(limits, key, reply).then((mayGoOn) => mayGoOn && next());
  };

  // After CORS, so that pages of other origins can read the 429.
  fastify.after(() => {
    fastify.addHook('preParsing', (request, reply, payload, done) => {
      const { limit } = request.routeOptions.config;
      const next = () => done(null, payload);
      if (limit === 'none') next();
      else take(ofIp, networkOf(request.ip), limit === 'creations', reply, next);
    });
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    const { limit } = request.routeOptions.config;
    const user = limit === 'none' || limit === 'own' ? null : request.authentication?.userId;
    if (typeof user !== 'number') done();
    else take(ofUser, String(user), limit === 'creations', reply, done);
  });
}

function times({ perSecond, burst }: Bucket, factor: number): Bucket {
  return { perSecond: perSecond * factor, burst: burst * factor };
}
