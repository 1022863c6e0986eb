import { medians } from './figures.mjs';
import { connectPairs, disconnect, saturate } from './pairs.mjs';
import { startRedis } from './redis.mjs';
import { makeDatabase, startServer } from './stack.mjs';

const PAIRS = 100;
/** Messages that each sender has in flight. */
const WINDOW = 4;

export const OURS = 'server/dist/serve.js';
export const BARE = 'bench/limit-server.mjs';

/**
 * CPU-µs of the whole stack (servers, PostgreSQL, Redis) per delivered message at saturation, of each kind. They take
 * turns, so that a drift of the machine falls on all alike.
 * @param kinds each: `name`; `script`; `env`; `redis`: joined by one; `servers`: how many, senders on the first and
 * receivers on the last; `prepare`: done to its database; `load`: see saturate.
 * @returns a row of medians for each kind.
 */
export async function saturation(postgres, { rounds = 3, seconds = 4 }, kinds) {
  const redis = kinds.some((kind) => kind.redis) ? await startRedis() : null;
  const runs = new Map(kinds.map(({ name }) => [name, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const kind of kinds) runs.get(kind.name).push(await once(kind));
    }
  } finally {
    await redis?.stop();
  }
  return [...runs].map(([name, all]) => ({ name, ...medians(all) }));

  async function once({ script = OURS, env = {}, redis: isJoined, servers: count = 1, prepare, load }) {
    const { url, rooms } = await makeDatabase(postgres, PAIRS);
    await prepare?.(url);
    const settings = { DATABASE_URL: url, ...(isJoined ? { REDIS_URL: redis.url } : {}), ...env };
    const servers = [];
    for (let i = 0; i < count; i++) servers.push(await startServer(script, settings));
    const pairs = await connectPairs(servers[0].port, rooms, servers.at(-1).port);
    await saturate(pairs, WINDOW, 1, load);
    const cpu = () => ({
      server: servers.reduce((sum, server) => sum + server.cpu(), 0),
      database: postgres.cpu(),
      redis: redis?.cpu() ?? 0,
    });
    const before = cpu();
    const startedAt = Date.now();
    const delivered = await saturate(pairs, WINDOW, seconds, load);
    const elapsed = (Date.now() - startedAt) / 1_000;
    const after = cpu();
    disconnect(pairs);
    for (const server of servers) await server.stop();
    const [server, database, broker] = ['server', 'database', 'redis'].map(
      (part) => (after[part] - before[part]) / delivered,
    );
    return {
      server_us: server,
      database_us: database,
      redis_us: broker,
      total_us: server + database + broker,
      per_second: delivered / elapsed,
    };
  }
}
