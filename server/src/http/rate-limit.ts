import type { FastifyReply } from 'fastify';
import type { Quota } from '../limits/token-bucket.js';

/**
 * Tells a client how much of a limit is left, before it meets the limit: the headers `RateLimit-Policy` and `RateLimit`
 * of the IETF draft (draft-ietf-httpapi-ratelimit-headers-10), for example `"messages";q=60;w=3` and
 * `"messages";r=59;t=1`. Every limit on an HTTP call goes through here.
 */
export function setRateLimit(reply: FastifyReply, quota: Quota): void {
  void reply.header('RateLimit-Policy', `"${quota.name}";q=${quota.limit};w=${quota.windowSeconds}`);
  void reply.header('RateLimit', `"${quota.name}";r=${quota.remaining};t=${quota.resetSeconds}`);
}
