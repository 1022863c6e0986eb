import { goal, median } from './lib/figures.mjs';
import { connectPairs, disconnect, saturate } from './lib/pairs.mjs';
import { makeDatabase, startServer } from './lib/stack.mjs';

const PAIRS = 100;

/**
 * CPU-µs of the whole stack (server and PostgreSQL) per delivered message at saturation: ours beside the hand-written
 * limit and a relay that stores nothing. The three take turns, so that a drift of the machine falls on all alike.
 */
export async function throughput(postgres, { rounds = 3, seconds = 4, window = 4 } = {}) {
  const kinds = [
    { name: 'parley', script: 'server/dist/main.js', env: {} },
    { name: 'limit (ws + pg)', script: 'bench/limit-server.mjs', env: { LIMIT: 'store' } },
    { name: 'relay (ws)', script: 'bench/limit-server.mjs', env: { LIMIT: 'relay' } },
  ];
  const results = new Map(kinds.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, script, env } of kinds) {
      const { url, rooms } = await makeDatabase(postgres, PAIRS);
      const server = await startServer(script, { DATABASE_URL: url, ...env });
      const pairs = await connectPairs(server.port, rooms);
      await saturate(pairs, window, 1);
      const before = { server: server.cpu(), database: postgres.cpu(), at: Date.now() };
      const delivered = await saturate(pairs, window, seconds);
      const elapsed = (Date.now() - before.at) / 1_000;
      results.get(name).push({
        server: (server.cpu() - before.server) / delivered,
        database: (postgres.cpu() - before.database) / delivered,
        rate: delivered / elapsed,
      });
      disconnect(pairs);
      await server.stop();
    }
  }
  const rows = [...results].map(([name, runs]) => {
    const server = median(runs.map((run) => run.server));
    const database = median(runs.map((run) => run.database));
    return {
      name,
      server_us: server,
      database_us: database,
      total_us: median(runs.map((run) => run.server + run.database)),
      per_second: median(runs.map((run) => run.rate)),
    };
  });
  const [parley, limit] = rows;
  return {
    rows,
    goals: [goal('CPU per delivered message ÷ the limit', parley.total_us / limit.total_us, 2)],
  };
}
