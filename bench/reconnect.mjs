import { setTimeout as sleep } from 'node:timers/promises';
import { closeAll, connectAll, open } from './lib/crowd.mjs';
import { goal, medians } from './lib/figures.mjs';
import { fillRooms } from './lib/rows.mjs';
import { makeDatabase, startServer } from './lib/stack.mjs';

const CLIENTS = 2_000;
/** A client tries again at a random moment within this time, in milliseconds. */
const JITTER_MS = 1_000;

/**
 * The server is killed under 2,000 clients, and started again. Meanwhile every room got a message. From the kill until
 * the last client is back and has its room's message by `sync`.
 */
export async function reconnect(postgres, { rounds }) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await once(postgres));
  const row = { name: 'parley', ...medians(runs) };
  return { rows: [row], goals: [goal('restart, 2,000 clients back: seconds', row.back_s, 4)] };
}

async function once(postgres) {
  const { url, rooms } = await makeDatabase(postgres, CLIENTS / 2);
  const env = { DATABASE_URL: url };
  let server = await startServer('server/dist/serve.js', env);
  const { port } = server;
  const clients = rooms.flatMap(({ id, a, b }) => [
    { user: a, room: id },
    { user: b, room: id },
  ]);
  const sockets = await connectAll(
    port,
    clients.map(({ user }) => user),
  );
  for (const socket of sockets) socket.on('error', () => undefined);

  const killedAt = performance.now();
  server.kill('SIGKILL');
  await server.ended;
  const back = Promise.all(clients.map((client) => comeBack(port, client)));
  await fillRooms(
    url,
    rooms.map(({ id }) => id),
    1,
  );
  server = await startServer('server/dist/serve.js', env, { port });
  const listeningAt = performance.now();
  const returned = await back;
  const finishedAt = performance.now();
  const cpu = server.cpu();
  await closeAll(returned);
  await server.stop();
  return {
    back_s: (finishedAt - killedAt) / 1_000,
    of_which_start_s: (listeningAt - killedAt) / 1_000,
    server_cpu_s: cpu / 1e6,
  };
}

/** Tries until it is let in, and asks for what it lacks. */
async function comeBack(port, { user, room }) {
  for (;;) {
    await sleep(Math.random() * JITTER_MS);
    const socket = await open(port, user).catch(() => null);
    if (!socket) continue;
    const caughtUp = await new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(false));
      socket.on('message', (data) => {
        const frame = JSON.parse(data);
        if (frame.ref === 1) resolve(frame.rooms?.[0]?.messages.length === 1);
      });
      socket.send(JSON.stringify({ type: 'sync', rooms: { [room]: 0 }, ref: 1 }));
    });
    if (caughtUp) return socket;
    socket.terminate();
  }
}
