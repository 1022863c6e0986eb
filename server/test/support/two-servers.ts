import { OwnRedis } from '../faults/harness/own-redis.js';
import { Parley } from './parley.js';

/** Two servers of one database, with a Redis of their own. */
export interface TwoServers {
  readonly near: Parley;
  readonly far: Parley;
}

/**
 * Starts them before the tests of the file in which it is called, and stops them after the last.
 * @param settings environment variables that differ from the defaults. There are accounts and no limits per user.
 * @returns what has its servers once the tests begin.
 */
export function setUpTwoServers(settings: Record<string, string> = {}): TwoServers {
  let redis: OwnRedis;
  const servers = {} as { near: Parley; far: Parley };

  beforeAll(async () => {
    redis = await OwnRedis.start();
    const all = { AUTH_MODE: 'accounts', RATE_LIMIT: 'off', REDIS_URL: redis.url, ...settings };
    servers.near = await Parley.start(all);
    servers.far = await Parley.start(all, servers.near.databaseUrl);
  });
  afterAll(async () => {
    await servers.near?.stop();
    await servers.far?.stop();
    await redis?.stop();
  });
  return servers;
}
