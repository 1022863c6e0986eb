import { Logger } from '@nestjs/common';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { createHash } from 'node:crypto';
import type { Bucket } from '../config/config.js';
import { redisAddresses } from '../config/redis-url.js';

/** A request that Redis does not answer within this time is decided without it, in milliseconds. */
const REPLY_TIMEOUT_MS = 200;

/**
 * A token bucket as one number: when it will be full again, in milliseconds of Redis' clock (GCRA). No number: it is full.
 * ARGV: milliseconds per token, tokens of a full bucket, tokens to take (-1 gives one back).
 * A number beyond an empty bucket comes from a clock that was set back.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, burst, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now), now + interval * burst)
full = full + interval * tokens
local wait = full - now - interval * burst
if wait > 0 then return math.ceil(wait) end
if full <= now then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil(full - now))
end
return 0`;

/** The times of the last actions, as a list. ARGV: length of the window in milliseconds, most actions in it. */
const TAKE_IN_WINDOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, most = tonumber(ARGV[1]), tonumber(ARGV[2])
if redis.call('LLEN', KEYS[1]) >= most then
  local wait = math.min(tonumber(redis.call('LINDEX', KEYS[1], most - 1)) + window - now, window)
  if wait > 0 then return wait end
end
redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
redis.call('LTRIM', KEYS[1], 0, most - 1)
redis.call('PEXPIRE', KEYS[1], window)
return 0`;

/**
 * Limits that all servers share. Only for what is rare and guarded, such as logins: each costs a round trip. Keys hold
 * hashes, and expire as soon as they say nothing any more.
 */
export class RedisLimits {
  readonly #logger = new Logger('Limits');
  readonly #redis: Redis | Cluster;

  constructor(url: string) {
    const { isCluster, urls } = redisAddresses(url);
    const options: RedisOptions = {
      connectionName: 'parley-limits',
      // Without Redis, the memory of each server decides, at once.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 1_000,
      commandTimeout: REPLY_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000) * (0.5 + Math.random() / 2),
    };
    this.#redis = isCluster ? connectCluster(urls, options) : new Redis(urls[0], options);
    this.#redis.on('error', (error: Error) => this.#logger.debug(`Redis: ${error.message}`));
  }

  /** @returns 0 when a token was taken, else the milliseconds until there is one; null: Redis does not answer. */
  take(name: string, key: string, rate: Bucket): Promise<number | null> {
    return this.#run(TAKE, name, key, 1_000 / rate.perSecond, rate.burst, 1);
  }

  /** Undoes a `take`. */
  async giveBack(name: string, key: string, rate: Bucket): Promise<void> {
    await this.#run(TAKE, name, key, 1_000 / rate.perSecond, rate.burst, -1);
  }

  /** @returns 0 when it is counted, else the milliseconds until it would be; null: Redis does not answer. */
  takeInWindow(name: string, key: string, windowMs: number, most: number): Promise<number | null> {
    return this.#run(TAKE_IN_WINDOW, name, key, windowMs, most);
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #run(script: string, name: string, key: string, ...args: number[]): Promise<number | null> {
    const hash = createHash('sha256').update(key).digest('base64url').slice(0, 22);
    try {
      return Number(await this.#redis.eval(script, 1, `parley:limit:${name}:${hash}`, ...args));
    } catch (error) {
      this.#logger.debug(`Redis did not decide: ${String(error)}`);
      return null;
    }
  }
}

/** User, password and TLS are the same for all nodes; ioredis takes them from the addresses of none but the first. */
function connectCluster(urls: readonly string[], options: RedisOptions): Cluster {
  const { username, password, protocol } = new URL(urls[0] ?? '');
  return new Cluster([...urls], {
    enableOfflineQueue: false,
    clusterRetryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
    redisOptions: {
      ...options,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  });
}
