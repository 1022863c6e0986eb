import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { goal, medians, quantile } from './lib/figures.mjs';
import { connectPairs, disconnect } from './lib/pairs.mjs';
import { startRedis } from './lib/redis.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const PAIRS = 100;
const PER_SECOND = 200;
const TEXT = 'x'.repeat(100);

/**
 * How long a message takes from its sender to its receiver at a steady 200 a second, and how long one commit takes on
 * the same machine at the same pace: one row, one statement, one connection. The three take turns.
 */
export async function latency(postgres, { rounds, seconds }) {
  const rows = await inTurns(postgres, rounds, {
    'one commit': (url, rooms) => commits(url, rooms, seconds),
    'limit (ws + pg)': (url, rooms) =>
      messages(
        rooms,
        [() => startServer('bench/limit-server.mjs', { DATABASE_URL: url, LIMIT: 'store' })],
        seconds,
      ),
    parley: (url, rooms) => messages(rooms, [() => startParley(url)], seconds),
  });
  const [commit, limit, parley] = rows;
  return {
    rows,
    goals: [
      goal('latency p50 ÷ one commit', parley.p50_ms / commit.p50_ms, 1.6),
      goal('latency p50 ÷ the limit', parley.p50_ms / limit.p50_ms, 1.6),
      goal('latency p99 ÷ p50', parley.p99_ms / parley.p50_ms, 5),
    ],
  };
}

/** The same with sender and receiver on two servers, through Redis, beside one server by itself. */
export async function servers(postgres, { rounds, seconds }) {
  const redis = await startRedis();
  try {
    const rows = await inTurns(postgres, rounds, {
      'one server': (url, rooms) => messages(rooms, [() => startParley(url)], seconds),
      'two servers': (url, rooms) => {
        const start = () => startParley(url, { REDIS_URL: redis.url });
        return messages(rooms, [start, start], seconds);
      },
    });
    const [one, two] = rows;
    return { rows, goals: [goal('latency p50, two servers ÷ one', two.p50_ms / one.p50_ms, 1.35)] };
  } finally {
    await redis.stop();
  }
}

function startParley(url, env = {}) {
  return startServer('server/dist/serve.js', { DATABASE_URL: url, ...env });
}

/** Each kind once in every round, on a database of its own. @returns the medians over the rounds. */
async function inTurns(postgres, rounds, kinds) {
  const runs = new Map(Object.keys(kinds).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(kinds)) {
      const { url, rooms } = await makeDatabase(postgres, PAIRS);
      const times = await measure(url, rooms);
      runs.get(name).push({ p50_ms: quantile(times, 0.5), p99_ms: quantile(times, 0.99) });
    }
  }
  return [...runs].map(([name, all]) => ({ name, ...medians(all) }));
}

async function commits(url, rooms, seconds) {
  const statement = {
    name: 'commit',
    text: `INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, created_at, rev)
           VALUES ($1, $2, $3, $2, $4, $5, now(), $2)`,
  };
  return withClient(url, async (client) => {
    const times = [];
    let seq = 0;
    await steadily(seconds, async (turn) => {
      const { id, a } = rooms[turn % rooms.length];
      const startedAt = performance.now();
      await client.query({ ...statement, values: [id, ++seq, a, randomUUID(), TEXT] });
      times.push(performance.now() - startedAt);
    });
    return warm(times);
  });
}

/** The senders are on the first server, the receivers on the last. */
async function messages(rooms, starts, seconds) {
  const running = [];
  for (const start of starts) running.push(await start());
  const pairs = await connectPairs(running[0].port, rooms, running.at(-1).port);
  await sleep(500);
  const sent = new Map();
  const times = [];
  for (const { receiver } of pairs) {
    receiver.on('message', (data) => {
      const now = performance.now();
      const { type, message } = JSON.parse(data);
      if (type === 'message') times.push(now - sent.get(message.client_id));
    });
  }
  let ref = 0;
  await steadily(seconds, (turn) => {
    const { room, sender } = pairs[turn % pairs.length];
    const clientId = randomUUID();
    sent.set(clientId, performance.now());
    sender.send(
      JSON.stringify({ type: 'message', room_id: room.id, text: TEXT, client_id: clientId, ref: ++ref }),
    );
  });
  await sleep(500);
  disconnect(pairs);
  for (const server of running) await server.stop();
  if (times.length !== sent.size) throw new Error(`${sent.size} sent, ${times.length} received`);
  return warm(times);
}

/** Calls `act` PER_SECOND times a second, one after the other. */
async function steadily(seconds, act) {
  const startedAt = performance.now();
  for (let turn = 0; turn < seconds * PER_SECOND; turn++) {
    const wait = startedAt + (turn * 1_000) / PER_SECOND - performance.now();
    if (wait > 0.5) await sleep(wait);
    await act(turn);
  }
}

/** Without the first second: code and caches are cold. */
function warm(times) {
  return times.slice(PER_SECOND);
}
