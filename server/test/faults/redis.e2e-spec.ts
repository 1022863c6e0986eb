import { ChatClient } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { makePairs } from './harness/database.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Direction, Fate, TcpProxy } from './harness/tcp-proxy.js';
import { sleep, timed, until } from './harness/wait.js';

jest.setTimeout(60_000);

const ALL = 'parley:3:all';
/** From Redis' return to the last reader's catching up. */
const HEALED_MS = 4_000;

const stack = new Stack();
let url: string;
let redis: OwnRedis;
/** Between Redis and the second server. */
let proxy: TcpProxy;
let servers: [ServerProcess, ServerProcess];
const crowds: Crowd[] = [];

beforeAll(async () => {
  url = await stack.database();
  redis = await stack.redis();
  proxy = await stack.proxy(redis.port);
  servers = [
    await stack.server({ DATABASE_URL: url, REDIS_URL: redis.url }),
    await stack.server({ DATABASE_URL: url, REDIS_URL: through(proxy, redis.url) }),
  ];
});
afterEach(() => {
  proxy.inspect = () => 'pass';
  proxy.delayMs.up = 0;
  // Also after a failure: a crowd that chats on would be the next test's traffic.
  for (const crowd of crowds.splice(0)) crowd.disperse();
});
afterAll(() => stack.end());

/** Each on the server that it begins with; the heartbeat is too slow to help out. */
async function gather(count: number): Promise<Crowd> {
  const origins = servers.map(({ origin }) => origin);
  const crowd = stack.crowd(await Crowd.gather(url, count, origins, { heartbeatMs: 120_000 }));
  crowds.push(crowd);
  await until('the servers receive each other', areJoined);
  return crowd;
}

async function areJoined(): Promise<boolean> {
  return (await Promise.all(servers.map(isJoined))).every(Boolean);
}

async function isJoined({ origin }: ServerProcess): Promise<boolean> {
  const { status } = (await (await fetch(`${origin}/health/ready`)).json()) as { status: string };
  return status === 'ok';
}

describe('Redis that dies', () => {
  it('E1: sends are still acked in time; when it is back, every reader has everything', async () => {
    const crowd = await gather(10);
    crowd.talk(20);
    await crowd.untilAcked(100);
    await redis.kill();
    for (let i = 0; i < 3; i++) {
      const { ms } = await timed(crowd.untilAcked(100));
      expect(ms).toBeLessThan(5_000);
    }
    await redis.restart();
    const resyncs = crowd.observed('resync');
    await until(
      'everyone gets a resync',
      () => crowd.observed('resync') >= resyncs + crowd.clients.length,
      HEALED_MS,
    );
    await crowd.hush();
    expect(['send unavailable', 'send timeout', 'send internal'].map((what) => crowd.observed(what))).toEqual(
      [0, 0, 0],
    );
    await expectAllWell(url, crowd.clients, HEALED_MS);
    crowd.disperse();
  });

  it('E1: people on one server do not notice', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const clients = [pair.a, pair.b].map(
      (id) => new ChatClient(id, [servers[0].origin], { heartbeatMs: 120_000 }),
    );
    for (const client of clients) stack.keep(client, () => client.stop()).start();
    const [a, b] = clients as [ChatClient, ChatClient];
    await until('both are there', () => a.isSynced && b.isSynced);
    await redis.kill();
    await until(
      'the servers say that they are alone',
      async () => !(await Promise.all(servers.map(isJoined))).some(Boolean),
    );
    for (let n = 1; n <= 20; n++) {
      const { ms } = await timed(a.send(pair.roomId, `alone-${n}`));
      expect(ms).toBeLessThan(1_000);
      await until('the other has it', () => b.room(pair.roomId).lastSeq === n, 1_000);
    }
    await redis.restart();
    await until('the servers receive each other', areJoined);
    await expectAllWell(url, clients);
    for (const client of clients) client.stop();
  });

  it('E1: presence that changed meanwhile reaches the other server when it is back', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const watcher = join(pair.a, 0);
    await until('the watcher is there', () => watcher.isSynced);
    await redis.kill();
    await until(
      'both servers report that they are alone',
      async () => !(await Promise.all(servers.map(isJoined))).some(Boolean),
    );
    const newcomer = join(pair.b, 1);
    await until('a newcomer is in', () => newcomer.isSynced);
    expect(watcher.presence.get(pair.b)?.online).not.toBe(true);
    await redis.restart();
    // Sent by itself, without a question of the client, and long before the servers' next heartbeat.
    await until('the watcher sees it online', () => watcher.presence.get(pair.b)?.online === true, HEALED_MS);
    await until('the servers receive each other', areJoined);
    stop(newcomer, watcher);
  });

  it('E1: it comes and goes, and nothing is lost', async () => {
    const crowd = await gather(5);
    crowd.talk(20);
    for (let flap = 0; flap < 4; flap++) {
      await redis.kill();
      await sleep(400);
      await redis.restart();
      await sleep(400);
    }
    await crowd.untilAcked(50);
    await until('the servers receive each other', areJoined);
    await crowd.hush();
    await expectAllWell(url, crowd.clients, HEALED_MS);
    crowd.disperse();
  });
});

describe('Redis that hangs', () => {
  it('E2: nobody waits for it, nothing piles up, and it heals by itself', async () => {
    const crowd = await gather(10);
    crowd.talk(5);
    // Long enough for V8 to have grown its heap to what this load needs.
    await crowd.untilAcked(1_500);
    const before = servers.map(({ rss }) => rss);
    redis.hang();
    try {
      const end = Date.now() + 3_000;
      while (Date.now() < end) {
        const { ms } = await timed(crowd.untilAcked(50));
        expect(ms).toBeLessThan(3_000);
      }
      // A new socket needs a subscription, and does not wait for it either.
      const [pair] = await makePairs(url, 1);
      const late = stack.keep(new ChatClient(pair?.a ?? 0, [servers[0].origin]), (client) => client.stop());
      late.start();
      const { ms } = await timed(until('a newcomer is in', () => late.isSynced));
      expect(ms).toBeLessThan(1_500);
      late.stop();
    } finally {
      redis.resume();
    }
    servers.forEach(({ rss }, i) => expect(rss - (before[i] ?? 0)).toBeLessThan(96 * 1024 * 1024));
    await until('the servers receive each other', areJoined, HEALED_MS);
    await crowd.hush();
    expect(['send unavailable', 'send timeout', 'send internal'].map((what) => crowd.observed(what))).toEqual(
      [0, 0, 0],
    );
    await expectAllWell(url, crowd.clients, HEALED_MS);
    crowd.disperse();
  });
});

describe('Redis that loses something', () => {
  it('E3: a subscriber that it drops gets to know it, and its sockets a resync', async () => {
    const crowd = await gather(5);
    crowd.talk(10);
    await crowd.untilAcked(50);
    for (let i = 0; i < 3; i++) {
      const resyncs = crowd.observed('resync');
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until(
        'everyone gets a resync',
        () => crowd.observed('resync') >= resyncs + crowd.clients.length,
        3_000,
      );
    }
    await crowd.hush();
    await expectAllWell(url, crowd.clients, 2_000);
    crowd.disperse();
  });

  it('E3: a subscriber that is too slow for its output buffer is thrown out, and catches up', async () => {
    const crowd = await gather(5);
    await redis.command('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 64kb 0 0');
    servers[1].signal('SIGSTOP');
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    // Kernel buffers take megabytes before Redis has to keep anything.
    const text = 'x'.repeat(3_900);
    let n = 0;
    const isOut = async () => !String(await redis.command('CLIENT', 'LIST', 'TYPE', 'pubsub')).match(/\n.+/);
    while (!(await isOut()) && n < 4_000) {
      await Promise.all(Array.from({ length: 25 }, () => a.post(pair.roomId, `${text}-${++n}`)));
    }
    const wasThrownOut = await isOut();
    servers[1].signal('SIGCONT');
    await redis.command('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60');
    expect(wasThrownOut).toBe(true);
    const last = (client: ChatClient) => client.room(pair.roomId).lastSeq;
    await until('the reader has everything', () => last(b) === n, 10_000);
    await until('the reader got a resync', () => b.observed.has('resync'));
    await until('the servers receive each other', areJoined);
    crowd.disperse();
  });

  it('E3: a message that vanishes on the way is seen by the next one, or by the next heartbeat', async () => {
    const crowd = await gather(1);
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    await a.send(pair.roomId, 'delivered-1');
    await until('it is there', () => b.room(pair.roomId).lastSeq === 1);

    proxy.inspect = losing('vanishes');
    await a.send(pair.roomId, 'vanishes-2');
    await a.send(pair.roomId, 'next-3');
    const { ms } = await timed(until('the reader has both', () => b.room(pair.roomId).lastSeq === 3));
    expect(ms).toBeLessThan(2_000);
    // By the hole in `seq`; on a slow machine a resync for other reasons may have come first.
    expect(b.observed.has('gap') || b.observed.has('resync')).toBe(true);

    await a.send(pair.roomId, 'vanishes-4');
    // What the heartbeat does.
    await b.sync();
    expect(b.room(pair.roomId).lastSeq).toBe(4);
    await expectAllWell(url, crowd.clients);
    crowd.disperse();
  });

  it('E4: it is emptied, which is nothing', async () => {
    const crowd = await gather(3);
    crowd.talk(10);
    await crowd.untilAcked(20);
    await redis.command('FLUSHALL');
    await crowd.untilAcked(50);
    await crowd.hush();
    await expectAllWell(url, crowd.clients);
    expect(crowd.observed('resync')).toBe(0);
    crowd.disperse();
  });
});

describe('Who has sockets where', () => {
  it('people on one server do not go through Redis', async () => {
    const { sender, reader, roomId } = await onePair(0, 0);
    await reader.sync();
    const before = await published();
    const startedAt = Date.now();
    for (let n = 1; n <= 200; n++) await sender.send(roomId, `here-${n}`);
    await until('they have arrived', () => reader.room(roomId).lastSeq === 200);
    // Nothing but what the two servers say of themselves: a probe a second each, and a word now and then.
    const seconds = (Date.now() - startedAt) / 1_000;
    expect((await published()) - before).toBeLessThan(10 + 4 * seconds);
    stop(sender, reader);
  });

  it('E3: a lost announcement is noticed within seconds, and the sockets concerned get a resync', async () => {
    // The sender's server receives neither the announcement of the reader nor a hint that there was one.
    proxy.inspect = losing('"type":"announce"', '"type":"heartbeat"');
    const { sender, reader, roomId } = await onePair(1, 0);
    await sender.send(roomId, 'left out-1');
    proxy.inspect = () => 'pass';
    await until('the reader has it', () => reader.room(roomId).lastSeq === 1, 8_000);
    expect(reader.observed.get('message')).toBeUndefined();
    await sender.send(roomId, 'and in again-2');
    await until('the next one comes by itself', () => reader.observed.get('message') === 1, 2_000);
    stop(sender, reader);
  });

  it('E3: a server that lost its subscriber meanwhile learns of it, and the sockets concerned get a resync', async () => {
    const { sender, reader, roomId } = await onePair(1, 0);
    await sender.send(roomId, 'before-1');
    await until('it is there', () => reader.room(roomId).lastSeq === 1);
    proxy.inspect = (chunk, direction) => {
      const isSubscribers =
        direction === 'down' ? chunk.includes('parley:3:') : /subscribe/i.test(String(chunk));
      return isSubscribers ? 'cut' : 'pass';
    };
    await until('it receives nothing any more', async () => !(await isJoined(servers[1])));
    const late = await onePair(1, 0);
    await late.sender.send(late.roomId, 'left out-1');
    await sender.send(roomId, 'left out-2');
    proxy.inspect = () => 'pass';
    await until('everyone has everything', () => late.reader.room(late.roomId).lastSeq === 1, HEALED_MS);
    await until('everyone has everything', () => reader.room(roomId).lastSeq === 2, HEALED_MS);
    await until('the servers receive each other', areJoined);
    const resyncs = late.reader.observed.get('resync');
    await late.sender.send(late.roomId, 'and in again-2');
    await until('the next one comes by itself', () => late.reader.room(late.roomId).lastSeq === 2, 1_000);
    expect(late.reader.observed.get('resync')).toBe(resyncs);
    stop(sender, reader, late.sender, late.reader);
  });

  it('a server that stands still refuses nobody, and leaves no gap afterwards', async () => {
    const { sender, reader, roomId } = await onePair(1, 0);
    servers[1].signal('SIGSTOP');
    const [pair] = await makePairs(url, 1);
    const newcomer = join(pair?.b ?? 0, 0);
    const { ms } = await timed(until('a newcomer is in', () => newcomer.isSynced));
    expect(ms).toBeLessThan(1_500);
    servers[1].signal('SIGCONT');
    const peer = join(pair?.a ?? 0, 1);
    await until('its peer is in', () => peer.isSynced);
    await peer.send(pair?.roomId ?? 0, 'hello-1');
    await until('the newcomer has it', () => newcomer.room(pair?.roomId ?? 0).lastSeq === 1, 2_000);
    await sender.send(roomId, 'hello-1');
    await until('so has the other', () => reader.room(roomId).lastSeq === 1, 2_000);
    stop(sender, reader, newcomer, peer);
  });

  it('a server that starts receives the registry, and disturbs nobody', async () => {
    const { sender, reader, roomId } = await onePair(1, 0);
    const third = await stack.server({ DATABASE_URL: url, REDIS_URL: redis.url });
    // The sender goes there: whatever it sends from its first moment on finds its way.
    const mover = stack.keep(new ChatClient(sender.userId, [third.origin], { heartbeatMs: 120_000 }), stop);
    mover.start();
    await until('it is in', () => mover.isSynced);
    await mover.send(roomId, 'from the third-1');
    await until(
      'it arrives',
      () => reader.room(roomId).lastSeq === 1 && sender.room(roomId).lastSeq === 1,
      2_000,
    );
    expect([sender, reader].map(({ observed }) => observed.get('resync'))).toEqual([undefined, undefined]);
    stop(sender, reader, mover);
    await third.kill();
  });
});

describe('The way to Redis', () => {
  it('E3: a socket that is opened while its user’s subscription is under way misses nothing', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const slow = { heartbeatMs: 120_000 };
    const sender = new ChatClient(pair.a, [servers[0].origin], slow);
    const devices = [1, 2].map(() => new ChatClient(pair.b, [servers[1].origin], slow));
    for (const client of [sender, ...devices]) stack.keep(client, () => client.stop());
    sender.start();
    await until('the sender is there', () => sender.isSynced);
    // Slower than everything else, but not so slow that the server gives up on it.
    proxy.delayMs.up = 150;
    for (const device of devices) device.start();
    await until('one device is in', () => devices.some(({ isSynced }) => isSynced));
    await sender.send(pair.roomId, 'right now-1');
    await until(
      'both have it',
      () => devices.every((device) => device.room(pair.roomId).lastSeq === 1),
      2_000,
    );
    // By itself, and not because a receipt has shown the gap.
    expect(devices.map(({ observed }) => observed.get('gap'))).toEqual([undefined, undefined]);
    for (const client of [sender, ...devices]) client.stop();
  });

  it('E3: what a stranger says there does not end a server', async () => {
    const words = [
      '',
      '|',
      '|events|',
      '|events|1 - - 2 3',
      '|events|\n\n\n\n',
      '|events|1 - - 2 3\n{\n\n-\n',
      '|broadcast|{',
      '|broadcast|null',
      '|broadcast|{"topic":"presence","payload":7}',
      '|missedEvents|',
      '|registry|',
      '|registry|null',
      '|registry|{}',
      '|registry|{"type":"announce","version":1}',
      '|registry|{"type":"ack","version":9,"knownVersion":0}',
      '|||',
    ];
    const receivers = await Promise.all(
      words.map((word) => redis.command('PUBLISH', ALL, `stranger${word}`)),
    );
    expect(new Set(receivers)).toEqual(new Set([servers.length]));
    const crowd = await gather(1);
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    await a.send(pair.roomId, 'all the same-1');
    await until('it arrives', () => b.room(pair.roomId).lastSeq === 1);
    expect(servers.map(({ isAlive }) => isAlive)).toEqual([true, true]);
    crowd.disperse();
  });
});

/** Swallows what carries one of these texts on its way from Redis: whole answers, so that the rest stays readable. */
function losing(...texts: string[]): TcpProxy['inspect'] {
  return (chunk: Buffer, direction: Direction): Fate =>
    direction === 'down' && texts.some((text) => chunk.includes(text)) ? 'drop' : 'pass';
}

function stop(...clients: ChatClient[]): void {
  for (const client of clients) client.stop();
}

/** Connected and caught up, on these servers; without heartbeats to help. */
async function onePair(senderOn: 0 | 1, readerOn: 0 | 1) {
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  const [sender, reader] = [join(pair.a, senderOn), join(pair.b, readerOn)];
  await until('both are there', () => sender.isSynced && reader.isSynced);
  return { sender, reader, roomId: pair.roomId };
}

function join(userId: number, on: 0 | 1): ChatClient {
  const started = stack.keep(new ChatClient(userId, [servers[on].origin], { heartbeatMs: 120_000 }), stop);
  started.start();
  return started;
}

/** How many publications Redis has taken. */
async function published(): Promise<number> {
  const stats = String(await redis.command('INFO', 'commandstats'));
  return Number(/cmdstat_publish:calls=(\d+)/.exec(stats)?.[1]);
}
