import type { Room, ServerFrame } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { ChatClient } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { makePairs, sql, type Pair } from './harness/database.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { sleep, timed, until } from './harness/wait.js';

jest.setTimeout(120_000);

const TTL_MS = 3_000;
/** Runs until one is not disturbed. */
const MAX_RUNS = 3;

const stack = new Stack();
let url: string;
let redis: OwnRedis;
let servers: [ServerProcess, ServerProcess];

beforeAll(async () => {
  url = await stack.database();
  redis = await stack.redis();
  const settings = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    HEARTBEAT_SECONDS: '1',
    PRESENCE_TTL_SECONDS: String(TTL_MS / 1_000),
    PRESENCE_GRACE_SECONDS: '1',
  };
  servers = [await stack.server(settings), await stack.server(settings)];
});
afterAll(() => stack.end());

/** `a` on the first server, `b` on the second. */
async function onePair(options = {}): Promise<{ pair: Pair; a: ChatClient; b: ChatClient }> {
  const crowd = stack.crowd(
    await Crowd.gather(url, 1, originsOf(servers), { heartbeatMs: 60_000, ...options }),
  );
  const [member] = crowd.members;
  if (!member) throw new Error('There is no pair.');
  return member;
}

function originsOf(list: readonly ServerProcess[]): string[] {
  return list.map(({ origin }) => origin);
}

describe('Two people on two servers', () => {
  it('have the same log, in order and once, without any help from the heartbeat', async () => {
    for (let run = 1; run <= MAX_RUNS; run++) {
      const crowd = stack.crowd(await Crowd.gather(url, 10, originsOf(servers), { heartbeatMs: 120_000 }));
      crowd.talk();
      await crowd.untilAcked(1_500, 30_000);
      await crowd.hush();
      const { acked, stored } = await expectAllWell(url, crowd.clients);
      expect(stored).toBe(acked);
      const resyncs = crowd.observed('resync');
      const repetitions = crowd.clients.map((client) => client.repetitions);
      crowd.disperse();
      // A stall of the machine looks like a loss, and a resync repeats messages: such a run proves nothing about them.
      if (resyncs === 0) return expect(Math.max(...repetitions)).toBe(0);
    }
    throw new Error(`Each of ${MAX_RUNS} runs had a resync.`);
  });

  it('get the messages of a room in order from its first one on, and after a gap of the bus', async () => {
    // 18 users on each server, and a room of each two of them: 324.
    const users = (await makePairs(url, 18)).flatMap(({ a, b }) => [a, b]);
    const sides = [users.slice(0, 18), users.slice(18)] as const;
    const seqs = new Map<string, number[]>();
    const sockets = new Map<number, WebSocket>();
    for (const [side, ids] of sides.entries()) {
      for (const id of ids) {
        const socket = new WebSocket(
          `${servers[side as 0 | 1].origin.replace('http', 'ws')}/ws/?active_user=${id}`,
        );
        stack.keep(socket, () => socket.terminate());
        socket.on('message', (data: Buffer) => {
          const frame = JSON.parse(data.toString()) as ServerFrame;
          if (!('message' in frame) || typeof frame.message !== 'object') return;
          const key = `${frame.message.room_id} on the socket of ${id}`;
          seqs.set(key, [...(seqs.get(key) ?? []), frame.message.seq]);
        });
        await new Promise((resolve) => socket.once('message', resolve));
        sockets.set(id, socket);
      }
    }
    const rooms = await sql<Pair>(
      url,
      `INSERT INTO rooms (user_a_id, user_b_id) SELECT least(a, b), greatest(a, b)
       FROM unnest($1::bigint[]) a, unnest($2::bigint[]) b
       RETURNING id::int AS "roomId", user_a_id::int AS a, user_b_id::int AS b`,
      [...sides],
    );
    for (let round = 1; round <= 2; round++) {
      for (const room of rooms) {
        for (const id of [room.a, room.b]) {
          const frame = { type: 'message', room_id: room.roomId, text: `${round}`, ref: room.roomId };
          sockets.get(id)!.send(JSON.stringify(frame));
        }
        if (room.roomId % 20 === 0) await sleep(20);
      }
      await until(
        'all have all',
        () => seqs.size === 648 && [...seqs.values()].every((list) => list.length === 2 * round),
      );
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until('the bus is back', async () =>
        (await Promise.all(servers.map(({ origin }) => fetch(`${origin}/health/ready`)))).every(
          ({ ok }) => ok,
        ),
      );
      await sleep(500);
    }
    const wrong = [...seqs].filter(([, list]) => list.join() !== '1,2,3,4');
    expect(wrong).toEqual([]);
  });

  it('see each other’s receipts, unread counts and typing', async () => {
    const { pair, a, b } = await onePair();
    await a.send(pair.roomId, 'hello-1');
    await until('read on the other server', () => a.room(pair.roomId).marks.get(pair.b)?.read === 1);
    await b.send(pair.roomId, 'hello-1');
    await until(
      'delivered on the other server',
      () => b.room(pair.roomId).marks.get(pair.a)?.delivered === 2,
    );
    expect([a.room(pair.roomId).unread, b.room(pair.roomId).unread]).toEqual([1, 0]);
    a.sendTyping(pair.roomId);
    await until('typing is seen', () => b.typing.length > 0);
    expect(b.typing).toEqual([{ room_id: pair.roomId, user_id: pair.a }]);
    expect(a.typing).toEqual([]);
    await expectAllWell(url, [a, b]);
    for (const client of [a, b]) client.stop();
  });

  it('receive a room that the other server creates', async () => {
    const pairs = await makePairs(url, 2);
    const [first, second] = pairs as [Pair, Pair];
    const listener = stack.keep(new ChatClient(second.b, [servers[1].origin], { heartbeatMs: 60_000 }), (c) =>
      c.stop(),
    );
    listener.start();
    await until('the listener is there', () => listener.isSynced);
    const response = await fetch(`${servers[0].origin}/api/rooms/create/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user_id: second.b, active_user_id: first.a }),
    });
    const { id } = (await response.json()) as Room;
    await until('the room is sent', () => listener.rooms.has(id), 2_000);
    listener.stop();
  });

  it('D9: send to the same rooms through both servers: one order, no gap, no deadlock', async () => {
    // Every sender has a socket on each server and writes to the rooms in the opposite order.
    const pairs = await makePairs(url, 50);
    const posts = [servers[0], servers[1]].flatMap(({ origin }, side) =>
      (side ? pairs.toReversed() : pairs).flatMap((pair) =>
        [pair.a, pair.b].map((user) => ({ origin, user, roomId: pair.roomId })),
      ),
    );
    for (let round = 1; round <= 5; round++) {
      await Promise.all(
        posts.map((post) =>
          postUntilStored({ ...post, text: `${post.origin} ${round}`, clientId: randomUUID() }),
        ),
      );
    }
    const rows = await sql<{ stored: number; seqs: number }>(
      url,
      `SELECT r.last_seq::int AS stored, (SELECT count(DISTINCT seq)::int FROM messages WHERE room_id = r.id) AS seqs
       FROM rooms r WHERE r.id = ANY ($1)`,
      [pairs.map(({ roomId }) => roomId)],
    );
    expect(new Set(rows.map(({ stored, seqs }) => `${stored} ${seqs}`))).toEqual(new Set(['20 20']));
    const [database] = await sql<{ deadlocks: number }>(
      url,
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(database?.deadlocks).toBe(0);
  });

  it('the same client_id through both servers at once is one message', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    for (let round = 1; round <= 20; round++) {
      const clientId = randomUUID();
      const answers = await Promise.all(
        [0, 1, 0, 1].map(async (side) => {
          const response = await fetch(
            `${servers[side as 0 | 1].origin}/api/rooms/${pair.roomId}/messages/`,
            {
              method: 'POST',
              headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ text: `twice-${round}`, client_id: clientId, active_user_id: pair.a }),
            },
          );
          return { status: response.status, body: (await response.json()) as { id: number; seq: number } };
        }),
      );
      expect(new Set(answers.map(({ body }) => `${body.id} ${body.seq}`)).size).toBe(1);
      expect(answers[0]?.body.seq).toBe(round);
    }
  });
});

describe('Presence on two servers', () => {
  it('comes at once, and goes a moment after the last socket', async () => {
    const { pair, a, b } = await onePair();
    await until('each sees the other', () => isOnline(a, pair.b) && isOnline(b, pair.a));
    b.stop();
    const { ms } = await timed(until('it is offline', () => !isOnline(a, pair.b)));
    expect(ms).toBeLessThan(TTL_MS + 1_000);
    a.stop();
  });

  it('of a killed server ends by itself after the time to live; its clients resume on the other', async () => {
    const { pair, a, b } = await onePair();
    await until('each sees the other', () => isOnline(a, pair.b) && isOnline(b, pair.a));
    // This one has nowhere else to go.
    const [lone] = await makePairs(url, 1);
    if (!lone) throw new Error('There is no room.');
    const friend = stack.keep(new ChatClient(lone.a, [servers[0].origin]), (client) => client.stop());
    const doomed = stack.keep(new ChatClient(lone.b, [servers[1].origin]), (client) => client.stop());
    for (const client of [friend, doomed]) client.start();
    await until('the friend sees it', () => isOnline(friend, lone.b));
    await servers[1].kill();
    doomed.stop();
    const { ms } = await timed(until('it is offline', () => !isOnline(friend, lone.b)));
    expect(ms).toBeLessThan(TTL_MS + 1_500);
    await until('the other one is back', () => b.isSynced);
    expect(isOnline(a, pair.b)).toBe(true);
    await a.send(pair.roomId, 'still there-1');
    await expectAllWell(url, [a, b]);
    for (const client of [a, b, friend]) client.stop();
    await servers[1].restart();
  });
});

describe('One of two servers', () => {
  it('F1: is killed under load, repeatedly: everyone resumes on the other, and the logs are the same', async () => {
    const crowd = stack.crowd(await Crowd.gather(url, 10, originsOf(servers)));
    crowd.talk(2);
    for (let kill = 0; kill < 2; kill++) {
      const victim = servers[(kill % 2) as 0 | 1];
      await crowd.untilAcked(100);
      await victim.kill();
      const { ms } = await timed(crowd.allBack());
      expect(ms).toBeLessThan(8_000);
      await crowd.untilAcked(100);
      await victim.restart();
    }
    await crowd.hush();
    const { acked, stored } = await expectAllWell(url, crowd.clients);
    expect(stored).toBe(acked);
    crowd.disperse();
  });

  it('F8: stands still for two seconds: nobody is disconnected, nothing is lost', async () => {
    const crowd = stack.crowd(await Crowd.gather(url, 5, originsOf(servers), { ackTimeoutMs: 10_000 }));
    crowd.talk(5);
    await crowd.untilAcked(50);
    servers[0].signal('SIGSTOP');
    await sleep(2_000);
    servers[0].signal('SIGCONT');
    await crowd.untilAcked(50);
    await crowd.hush();
    await expectAllWell(url, crowd.clients);
    expect(crowd.clients.map(({ connects }) => connects)).toEqual(crowd.clients.map(() => 1));
    crowd.disperse();
  });
});

/** Over HTTP, again under the same client_id while the server is too busy. */
async function postUntilStored(post: {
  origin: string;
  roomId: number;
  user: number;
  text: string;
  clientId: string;
}): Promise<void> {
  const { origin, roomId, user, text, clientId } = post;
  await until(`${text} is stored`, async () => {
    const response = await fetch(`${origin}/api/rooms/${roomId}/messages/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text, client_id: clientId, active_user_id: user }),
    });
    await response.arrayBuffer();
    if (![200, 201, 503].includes(response.status))
      throw new Error(`${text} was answered ${response.status}`);
    return response.ok;
  });
}

function isOnline(watcher: ChatClient, userId: number): boolean {
  return watcher.presence.get(userId)?.online === true;
}
