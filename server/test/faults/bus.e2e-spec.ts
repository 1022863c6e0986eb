import type { Seq } from '@parley/shared';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { connect as connectTo, createServer, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BusEvent } from '../../src/bus/bus-event.js';
import { ReorderBuffer } from '../../src/bus/reorder-buffer.js';
import { figuresOf } from '../support/figures.js';
import { ChatClient } from './harness/chat-client.js';
import { makePairs } from './harness/database.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Direction, Fate, TcpProxy } from './harness/tcp-proxy.js';
import { sleep, until } from './harness/wait.js';

jest.setTimeout(60_000);

const ALL = 'parley:3:all';
const MALFORMED = 'parley_bus_malformed_messages_total';
/** Long enough for a second resync to arrive, if one was sent. */
const SETTLED_MS = 1_500;

const stack = new Stack();
let url: string;
let redis: OwnRedis;
/** Between Redis and server B. */
let proxy: TcpProxy;
let a: ServerProcess;
let b: ServerProcess;
let c: ServerProcess;
const clients: ChatClient[] = [];

beforeAll(async () => {
  url = await stack.database();
  redis = await stack.redis();
  proxy = await stack.proxy(redis.port);
  const settings = { DATABASE_URL: url, REDIS_URL: redis.url, LOG_LEVEL: 'warn' };
  a = await stack.server(settings);
  b = await stack.server({ ...settings, REDIS_URL: through(proxy, redis.url) });
  c = await stack.server(settings);
});
beforeEach(() => until('all servers are joined', areJoined));
afterEach(() => {
  proxy.inspect = () => 'pass';
  proxy.isRefusing = false;
  for (const client of clients.splice(0)) client.stop();
});
afterAll(() => stack.end());

async function areJoined(): Promise<boolean> {
  return (await Promise.all([a, b, c].map(isJoined))).every(Boolean);
}

async function isJoined({ origin }: ServerProcess): Promise<boolean> {
  const { status } = (await (await fetch(`${origin}/health/ready`)).json()) as { status: string };
  return status === 'ok';
}

/** Connected and synced; its heartbeat is too slow to hide a lost event. */
async function connect(userId: number, server: ServerProcess): Promise<ChatClient> {
  const client = stack.keep(new ChatClient(userId, [server.origin], { heartbeatMs: 120_000 }), (it) =>
    it.stop(),
  );
  clients.push(client);
  client.start();
  await until('the client is synced', () => client.isSynced);
  return client;
}

async function newPair() {
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  return pair;
}

const resyncsOf = (client: ChatClient) => client.observed.get('resync') ?? 0;

/** A message of room 1, as another server publishes it. */
function eventOf(seq: number): BusEvent {
  const [event] = BusEvent.parseAll(`1 ${seq} - 1\n{"type":"message"\n\n`);
  if (!event) throw new Error('There is no event.');
  return event;
}

/** Server B can receive, but nothing that it publishes leaves. */
function cutPublisherOfB(): void {
  proxy.inspect = (chunk: Buffer, direction: Direction): Fate =>
    direction === 'up' && /\bpublish\b/i.test(chunk.toString('latin1')) ? 'cut' : 'pass';
}

describe('Missed events', () => {
  it('are reported only by servers that a failed publish concerns', async () => {
    const pair = await newPair();
    const sender = await connect(pair.a, b);
    const receiver = await connect(pair.b, a);
    const bystander = await connect((await newPair()).a, c);
    cutPublisherOfB();
    await sender.send(pair.roomId, 'not published-1');
    await sleep(300);
    expect(receiver.room(pair.roomId).lastSeq).toBe(0);
    proxy.inspect = () => 'pass';
    await until('the receiver has it', () => receiver.room(pair.roomId).lastSeq === 1, 5_000);
    await sleep(SETTLED_MS);
    expect([receiver, sender, bystander].map(resyncsOf)).toEqual([1, 0, 0]);
  });

  it('are reported only for users who were subscribed too late', async () => {
    const earlier = await connect((await newPair()).a, a);
    c.signal('SIGSTOP');
    const late = await connect((await newPair()).a, a);
    c.signal('SIGCONT');
    await until('the late one is resynced', () => resyncsOf(late) === 1, 5_000);
    await sleep(SETTLED_MS);
    expect(resyncsOf(earlier)).toBe(0);
  });

  it('make one resync of each socket when Redis was away once, and longer for the server of the sender', async () => {
    const pair = await newPair();
    const sender = await connect(pair.a, b);
    const receiver = await connect(pair.b, a);
    await redis.kill();
    proxy.isRefusing = true;
    await until(
      'no server is joined',
      async () => !(await Promise.all([a, b, c].map(isJoined))).some(Boolean),
    );
    await sender.send(pair.roomId, 'not published-1');
    await redis.restart();
    await until('the receiver is resynced and has it', () => receiver.room(pair.roomId).lastSeq === 1, 5_000);
    // Only now can B report what it could not publish; the resync of A was after it.
    proxy.isRefusing = false;
    await until('all servers are joined', areJoined);
    await sleep(SETTLED_MS);
    expect([sender, receiver].map(resyncsOf)).toEqual([1, 1]);
  });
});

describe('Presence', () => {
  it('is broadcast again when a broadcast may have been lost', async () => {
    const pair = await newPair();
    const watcher = await connect(pair.a, a);
    cutPublisherOfB();
    await until('server B cannot publish', async () => !(await isJoined(b)));
    await connect(pair.b, b);
    await sleep(300);
    expect(watcher.presence.get(pair.b)?.online).not.toBe(true);
    proxy.inspect = () => 'pass';
    // Far less than HEARTBEAT_SECONDS, with which presence is broadcast anyway.
    await until('the user is online', () => watcher.presence.get(pair.b)?.online === true, 5_000);
  });

  it('is broadcast once when several servers request it together', async () => {
    const { a: userId } = await newPair();
    await connect(userId, a);
    const subscriber = stack.keep(new Redis(redis.url), (it) => it.disconnect());
    const broadcasts: string[] = [];
    subscriber.on('message', (_channel, text: string) => {
      if (text.includes('"topic":"presence"') && text.includes(`"userId":${userId}`)) broadcasts.push(text);
    });
    await subscriber.subscribe(ALL);
    for (const server of ['x', 'y', 'z']) {
      await redis.command(
        'PUBLISH',
        ALL,
        `${server}|broadcast|${JSON.stringify({ topic: 'presenceRequest', payload: {} })}`,
      );
    }
    await until('it is answered', () => broadcasts.length > 0, 2_000);
    await sleep(500);
    expect(broadcasts).toHaveLength(1);
  });
});

describe('A malformed message from another server', () => {
  it('changes nothing and is counted', async () => {
    const subscriber = stack.keep(new Redis(redis.url), (it) => it.disconnect());
    const acks: { version: number; knownVersion: number }[] = [];
    subscriber.on('message', (_channel, text: string) => {
      const [, kind, body] = text.split('|', 3);
      const message = JSON.parse(body ?? '') as { type: string; version: number; knownVersion: number };
      if (kind === 'registry' && message.type === 'ack') acks.push(message);
    });
    await subscriber.subscribe('parley:3:stranger');
    const announce = async (fields: object) => {
      const message = { type: 'announce', ...fields };
      await redis.command('PUBLISH', ALL, `stranger|registry|${JSON.stringify(message)}`);
    };
    await announce({ version: 1, added: [1], removed: [] });
    await until('all servers know version 1', () => acks.length === 3, 2_000);
    const before = (await figuresOf(a.origin)).get(MALFORMED) ?? NaN;
    // Half of it is valid.
    await announce({ version: 2, added: [2], removed: [null] });
    await announce({ version: 2, added: [3], removed: 1 });
    await redis.command('PUBLISH', ALL, 'stranger|events|1 - - 2\n{"type":"typing"\n\n1 - - 2\n');
    await announce({ version: 2, added: [2], removed: [] });
    await until('all servers know version 2', () => acks.length === 6, 2_000);
    expect(acks.slice(3).map(({ version, knownVersion }) => ({ version, knownVersion }))).toEqual(
      Array.from({ length: 3 }, () => ({ version: 2, knownVersion: 1 })),
    );
    expect((await figuresOf(a.origin)).get(MALFORMED)).toBe(before + 3);
  });
});

describe('A server that stood still', () => {
  it.each([
    ['before its socket is read', 0, [1, 2]],
    ['soon after that', 20, [1, 2]],
    ['too late for both waits', 400, [2, 1]],
  ])('orders two messages when the earlier one arrives %s', async (_, delayMs, expected) => {
    const delivered: Seq[] = [];
    const buffer = new ReorderBuffer({
      deliver: ({ seq }) => void (seq !== null && delivered.push(seq)),
      readSettledSeq: () => Promise.resolve(0 as Seq),
      isAlone: () => false,
    });
    const listener = createServer((socket) => {
      socket.on('data', () => buffer.add(eventOf(1)));
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const socket = connectTo((listener.address() as AddressInfo).port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      buffer.add(eventOf(2));
      await nextTurn();
      if (delayMs === 0) socket.write('the first');
      // As long as the buffer waits, and longer.
      for (const end = performance.now() + 400; performance.now() < end;);
      if (delayMs > 0) setTimeout(() => socket.write('the first'), delayMs);
      await until('both are delivered', () => delivered.length === 2);
      expect(delivered).toEqual(expected);
    } finally {
      socket.destroy();
      listener.close();
    }
  });

  it('does not take Redis for away', async () => {
    const pair = await newPair();
    const sender = await connect(pair.a, b);
    const receiver = await connect(pair.b, a);
    const before = b.output.length;
    for (let n = 1; n <= 5; n++) {
      // Some command of B is always without a reply when it stops.
      const sends = Array.from({ length: 30 }, (_, i) => sender.send(pair.roomId, `${n}/${i}`));
      await sleep(20);
      b.signal('SIGSTOP');
      await sleep(900);
      b.signal('SIGCONT');
      await Promise.all(sends);
    }
    await until('the receiver has all', () => receiver.room(pair.roomId).lastSeq === 150, 5_000);
    await sleep(SETTLED_MS);
    expect(b.output.slice(before)).not.toContain('Redis cannot be reached');
    expect([sender, receiver].map(resyncsOf)).toEqual([0, 0]);
  });
});
