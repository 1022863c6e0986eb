import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Crowd } from './harness/crowd.js';
import { expectAllWell } from './harness/checker.js';
import { makePairs } from './harness/database.js';
import type { OwnPostgres } from './harness/own-postgres.js';
import type { OwnRedis } from './harness/own-redis.js';
import { Stack, through } from './harness/stack.js';
import { sleep, timed, until, within } from './harness/wait.js';
import { sql } from './harness/database.js';
import { ChatClient } from './harness/chat-client.js';

jest.setTimeout(60_000);

const stack = new Stack();
let postgres: OwnPostgres;
let redis: OwnRedis;

beforeAll(async () => {
  postgres = await stack.postgres();
  redis = await stack.redis();
});
afterAll(() => stack.end());

describe('A server that is asked to stop', () => {
  it('F4: under full load it acks what it stored, closes with 1012 and ends with code 0 within 5 s', async () => {
    const server = await stack.server({ DATABASE_URL: postgres.url });
    const crowd = stack.crowd(await Crowd.gather(postgres.url, 20, [server.origin]));
    crowd.talk();
    await crowd.untilAcked(500);
    const { ms, result } = await timed(server.kill('SIGTERM'));
    expect([result, crowd.observed('closed 1012')]).toEqual([0, crowd.clients.length]);
    expect(ms).toBeLessThan(5_000);
    // Nothing was stored without an ack.
    const [row] = await sql<{ n: number }>(postgres.url, 'SELECT count(*)::int AS n FROM messages');
    expect(row?.n).toBe(crowd.acked);

    await server.restart();
    await crowd.hush();
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });

  it('F4: what it acked at the last moment reaches the readers on the other server at once', async () => {
    // A slow way to the database: at any moment something is under way.
    const proxy = await stack.proxy(postgres.port);
    Object.assign(proxy.delayMs, { up: 30, down: 30 });
    const settings = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    const leaving = await stack.server({ ...settings, DATABASE_URL: through(proxy, postgres.url) });
    const staying = await stack.server(settings);
    const pairs = await makePairs(postgres.url, 10);
    const slow = { heartbeatMs: 60_000, reconnectMs: 1 };
    const senders = pairs.map(({ a }) =>
      stack.keep(new ChatClient(a, [leaving.origin], slow), (c) => c.stop()),
    );
    const readers = pairs.map(({ b }) =>
      stack.keep(new ChatClient(b, [staying.origin], slow), (c) => c.stop()),
    );
    for (const client of [...senders, ...readers]) client.start();
    await until('all are there', () => [...senders, ...readers].every(({ isSynced }) => isSynced));

    let isTalking = true;
    senders.forEach(async (sender, i) => {
      const { roomId } = pairs[i] ?? { roomId: 0 };
      for (let n = 1; isTalking; n++) await sender.send(roomId, `to the last-${n}`);
    });
    const acked = () => senders.reduce((sum, sender) => sum + sender.acked.size, 0);
    await until('they talk', () => acked() > 100);
    const gaps = () => readers.reduce((sum, { observed }) => sum + (observed.get('gap') ?? 0), 0);
    const ended = await leaving.kill('SIGTERM');
    isTalking = false;
    expect(ended).toBe(0);
    await until(
      'the readers have all that was acked',
      () =>
        readers.every(
          (reader, i) => reader.room(pairs[i]?.roomId ?? 0).lastSeq >= (senders[i]?.acked.size ?? 0),
        ),
      2_000,
    );
    expect(gaps()).toBe(0);
    for (const client of [...senders, ...readers]) client.stop();
    await staying.kill();
  });

  it('F4: receipts that wait for their turn are written and acked first', async () => {
    const rates = { RATE_LIMIT: 'on', RECEIPTS_PER_SECOND: '1', RECEIPTS_BURST: '1' };
    const server = await stack.server({ DATABASE_URL: postgres.url, ...rates });
    const [pair] = await makePairs(postgres.url, 1);
    if (!pair) throw new Error('There is no room.');
    const sender = stack.keep(new ChatClient(pair.a, [server.origin]), (client) => client.stop());
    sender.start();
    for (const text of ['one-1', 'two-2']) await sender.send(pair.roomId, text);
    const reader = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${pair.b}`);
    const acks = new Set<unknown>();
    reader.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; ref?: unknown };
      if (frame.type === 'ack') acks.add(frame.ref);
    });
    const closed = new Promise<number>((resolve) => reader.once('close', resolve));
    await once(reader, 'open');
    for (const seq of [1, 2]) {
      reader.send(JSON.stringify({ type: 'read', room_id: pair.roomId, seq, ref: seq }));
    }
    await until('the first is acked', () => acks.has(1));
    expect(acks.has(2)).toBe(false);
    expect(await server.kill('SIGTERM')).toBe(0);
    expect([await closed, acks.has(2)]).toEqual([1012, true]);
    const read = 'SELECT read_seq_b::int AS seq FROM rooms WHERE id = $1';
    expect(await sql<{ seq: number }>(postgres.url, read, [pair.roomId])).toEqual([{ seq: 2 }]);
    sender.stop();
  });

  it('F4: sockets that are being opened at that moment do not keep it from ending', async () => {
    const proxy = await stack.proxy(postgres.port);
    const server = await stack.server({ DATABASE_URL: through(proxy, postgres.url) });
    const pairs = await makePairs(postgres.url, 10);
    // Who they are has to be asked from the database first, which takes longer than the stop.
    Object.assign(proxy.delayMs, { up: 300, down: 300 });
    const sockets = pairs.map(({ a }) => {
      const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${a}`);
      return socket.on('error', () => undefined);
    });
    const closed = sockets.map((socket) => new Promise<number>((resolve) => socket.once('close', resolve)));
    await sleep(150);
    try {
      const { ms, result } = await timed(within('the stop', 8_000, server.kill('SIGTERM')));
      expect(result).toBe(0);
      expect(ms).toBeLessThan(5_000);
      // Closed with 1012, or never admitted.
      for (const code of await Promise.all(closed)) expect([1012, 1006]).toContain(code);
    } finally {
      for (const socket of sockets) socket.terminate();
    }
  });

  it('F4: a client that reads nothing, and a request without an end, do not keep it from ending', async () => {
    const server = await stack.server({ DATABASE_URL: postgres.url });
    const [pair] = await makePairs(postgres.url, 1);
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${pair?.a}`);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.pause();
    const abort = new AbortController();
    const request = fetch(`${server.origin}/api/rooms/create/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) }),
      duplex: 'half',
      signal: abort.signal,
    } as RequestInit).catch(() => undefined);
    const { ms, result } = await timed(within('the stop', 8_000, server.kill('SIGTERM')));
    abort.abort();
    await request;
    socket.terminate();
    expect(result).toBe(0);
    expect(ms).toBeLessThan(5_000);
  });

  it('F4: a database that hangs does not keep it from ending', async () => {
    const server = await stack.server({ DATABASE_URL: postgres.url });
    const crowd = stack.crowd(await Crowd.gather(postgres.url, 5, [server.origin]));
    crowd.talk();
    await crowd.untilAcked(50);
    postgres.hang();
    try {
      const { ms } = await timed(within('the stop', 8_000, server.kill('SIGTERM')));
      expect(ms).toBeLessThan(5_000);
    } finally {
      postgres.resume();
    }
    await server.restart();
    await crowd.hush();
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });
});
