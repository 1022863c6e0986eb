import { setTimeout as sleep } from 'node:timers/promises';
import { closeAll, connectAll } from './lib/crowd.mjs';
import { goal, median } from './lib/figures.mjs';
import { makeDatabase, startServer } from './lib/stack.mjs';

const CONNECTIONS = 2_000;
/** What only the handshake needed is gone by then, in milliseconds. */
const SETTLE_MS = 5_000;

/**
 * What a connected client that says nothing costs: resident memory of the server per connection, and the CPU of letting
 * them all in, beside a bare `ws` server. Each round is a fresh process.
 */
export async function idle(postgres, { rounds }) {
  const { url, rooms } = await makeDatabase(postgres, CONNECTIONS / 2);
  const users = rooms.flatMap(({ a, b }) => [a, b]);
  const kinds = [
    ['bare ws', 'bench/limit-server.mjs', { LIMIT: 'relay' }],
    ['parley', 'server/dist/serve.js', { DATABASE_URL: url }],
  ];
  const runs = new Map(kinds.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, script, env] of kinds) {
      const server = await startServer(script, env);
      // Code is compiled and pools are filled before it counts.
      await closeAll(await connectAll(server.port, users.slice(0, 200)));
      await sleep(SETTLE_MS);
      const before = { memory: server.memory(), cpu: server.cpu() };
      const sockets = await connectAll(server.port, users);
      const cpu = server.cpu() - before.cpu;
      await sleep(SETTLE_MS);
      runs
        .get(name)
        .push({ bytes: (server.memory() - before.memory) / users.length, cpu: cpu / users.length });
      await closeAll(sockets);
      await server.stop();
    }
  }
  const rows = [...runs].map(([name, all]) => ({
    name,
    bytes_per_connection: median(all.map(({ bytes }) => bytes)),
    connect_cpu_us: median(all.map(({ cpu }) => cpu)),
  }));
  const [bare, parley] = rows;
  return {
    rows,
    goals: [
      goal('idle memory ÷ bare ws', parley.bytes_per_connection / bare.bytes_per_connection, 1.5),
      goal('CPU of a connect ÷ bare ws', parley.connect_cpu_us / bare.connect_cpu_us, 3),
    ],
  };
}
