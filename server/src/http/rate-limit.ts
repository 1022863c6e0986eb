import type { FastifyReply } from 'fastify';
import type { Quota } from '../limits/token-bucket.js';

/**
 * Shows a client what is left of a limit before it reaches the limit, in the headers `RateLimit-Policy` and `RateLimit`
 * of the IETF draft (draft-ietf-httpapi-ratelimit-headers-10), for example `"messages";q=60;w=3` and
 * `"messages";r=59;t=1`. Every limit on HTTP calls is sent by this function.
 */
export function setRateLimit(reply: FastifyReply, quota: Quota): void {
  void reply.header('RateLimit-Policy', `"${quota.name}";q=${quota.limit};w=${quota.windowSeconds}`);
  void reply.header('RateLimit', `"${quota.name}";r=${quota.remaining};t=${quota.resetSeconds}`);
}
