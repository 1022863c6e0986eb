import slotOf from 'cluster-key-slot';
import { Redis } from 'ioredis';
import { RedisCluster } from '../../src/bus/redis/redis-cluster.js';
import { RedisLimits } from '../../src/limits/redis-limits.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import type { OwnRedisCluster } from './harness/own-redis-cluster.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { sleep, timed, until } from './harness/wait.js';

jest.setTimeout(90_000);

const ALL = 'parley:3:all';
/** From a master's death to the last reader's catching up: its replica has to be elected first. */
const HEALED_MS = 15_000;

const stack = new Stack();
let url: string;
let cluster: OwnRedisCluster;
let servers: ServerProcess[];

beforeAll(async () => {
  url = await stack.database();
  cluster = await stack.redisCluster();
  const settings = { DATABASE_URL: url, REDIS_URL: cluster.url };
  servers = [await stack.server(settings), await stack.server(settings)];
  await until('the servers receive each other', areJoined);
});
afterAll(() => stack.end());

/** Of each pair one on each server; the heartbeat is too slow to help out. */
async function gather(count: number): Promise<Crowd> {
  const origins = servers.map(({ origin }) => origin);
  return stack.crowd(await Crowd.gather(url, count, origins, { heartbeatMs: 120_000 }));
}

async function areJoined(): Promise<boolean> {
  return (await Promise.all(servers.map(isJoined))).every(Boolean);
}

async function isJoined({ origin }: ServerProcess): Promise<boolean> {
  const answer = (await (await fetch(`${origin}/health/ready`)).json()) as { status: string };
  return answer.status === 'ok';
}

it('A Redis cluster: two servers have one log, by sharded channels, each at the master of its slot', async () => {
  const crowd = await gather(20);
  crowd.talk(10);
  await crowd.untilAcked(400, 30_000);
  // One for all and one of each server, each in one place.
  const sharded = (await channelsOfMasters()).flat();
  expect(sharded).toHaveLength(1 + servers.length);
  expect(new Set(sharded).size).toBe(sharded.length);
  for (const master of cluster.masters) {
    // Ordinary pub/sub would go to every server of the cluster; only probes of the lag use it.
    const ordinary = await cluster.channels(master, 'CHANNELS');
    expect(ordinary.filter((channel) => !channel.startsWith('parley:echo:'))).toEqual([]);
  }
  await crowd.hush();
  await expectAllWell(url, crowd.clients);
  expect(crowd.observed('resync')).toBe(0);
  crowd.disperse();
});

it('A Redis cluster: servers share their limits', async () => {
  const limits = [new RedisLimits(cluster.url), new RedisLimits(cluster.url)];
  const rate = { burst: 2, perSecond: 0.01 };
  const take = (server: number, key: string) => limits[server]!.take('test', key, rate);
  try {
    await until('both are connected', async () => (await take(0, 'a')) === 0 && (await take(1, 'b')) === 0);
    for (const key of ['c', 'd', 'e', 'f', 'g']) {
      expect([await take(0, key), await take(1, key)]).toEqual([0, 0]);
      expect(await take(0, key)).toBeGreaterThan(90_000);
      await limits[0]!.giveBack('test', key, rate);
      expect([await take(1, key), await take(0, key)]).toEqual([0, expect.any(Number)]);
      expect(await take(1, key)).toBeGreaterThan(90_000);
    }
  } finally {
    for (const one of limits) one.close();
  }
});

it('A Redis cluster: no client resyncs when a server starts', async () => {
  const crowd = await gather(3);
  crowd.talk(10);
  const third = await stack.server({ DATABASE_URL: url, REDIS_URL: cluster.url });
  await until('it receives the others', () => isJoined(third));
  await crowd.untilAcked(50);
  await crowd.hush();
  await third.kill();
  expect(crowd.observed('resync')).toBe(0);
  await expectAllWell(url, crowd.clients);
  crowd.disperse();
});

it('A Redis cluster: a slot moves to another master, its channel moves along, and the sockets get a resync', async () => {
  const crowd = await gather(2);
  const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
  const [channel] = (await serverChannels()) as [string];
  const owners = await ownersOf(channel);
  expect(owners).toHaveLength(1);
  await move(channel, cluster.masters.find((master) => !owners.includes(master)) as OwnRedis);
  await until('the readers there get a resync', () => crowd.observed('resync') >= 2, 5_000);
  await until('the servers receive each other', areJoined);
  let n = 0;
  /** @returns whether both came by themselves, and not by a resync. */
  const arrive = async () => {
    const resyncs = crowd.observed('resync');
    for (const sender of [a, b]) {
      await sender.send(pair.roomId, `after-${++n}`);
      await until('it arrives', () => [a, b].every((one) => one.room(pair.roomId).lastSeq === n), 2_000);
    }
    return crowd.observed('resync') === resyncs;
  };
  // By the first ones the sender's server, which does not listen there, learns that the slot has moved.
  await until('messages arrive by themselves', arrive, 3_000);
  for (let i = 0; i < 10; i++) expect(await arrive()).toBe(true);
  expect(crowd.observed('gap')).toBe(0);
  await expectAllWell(url, crowd.clients);
  crowd.disperse();
});

it('A Redis cluster: missed messages are reported when the last connection opens', async () => {
  const [first, second] = cluster.masters as [OwnRedis, OwnRedis];
  let missed = 0;
  const links = new RedisCluster([first.url, second.url], {
    onMessage: () => undefined,
    onMissedMessages: () => (missed += 1),
    onUp: () => undefined,
    onDown: () => undefined,
    onPublishFailed: () => undefined,
  });
  const control = new Redis(first.url);
  try {
    await until('all links are up', () => links.isUp && missed > 0);
    await sleep(1_000);
    const before = missed;
    // The publisher of the first one cannot come back for now. A fresh connection has to be refused, an open one not.
    await control.config('SET', 'maxclients', '1');
    await killConnections(control, 'publisher');
    await until('a link is down', () => !links.isUp);
    await second.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await sleep(1_500);
    expect(missed).toBe(before);
    await control.config('SET', 'maxclients', '10000');
    await until('all links are up', () => links.isUp, 5_000);
    await until('it is reported', () => missed > before, 2_000);
  } finally {
    await control.config('SET', 'maxclients', '10000');
    control.disconnect();
    links.close();
  }
  await until('the servers are joined', areJoined);
});

it('A Redis cluster: E1: a master dies under load; sends are acked, its replica takes over, everyone has everything', async () => {
  // The one that has a replica carries the way to a server, and the one to all.
  const [victim] = cluster.masters as [OwnRedis];
  const [channel] = (await serverChannels()) as [string];
  await move(channel, victim);
  await move(ALL, victim);
  const crowd = await gather(10);
  crowd.talk(20);
  await crowd.untilAcked(100);
  const resyncs = crowd.observed('resync');
  await victim.kill();
  for (let i = 0; i < 3; i++) {
    const { ms } = await timed(crowd.untilAcked(100));
    expect(ms).toBeLessThan(5_000);
  }
  await until(
    'everyone gets a resync',
    () => crowd.observed('resync') >= resyncs + crowd.clients.length,
    HEALED_MS,
  );
  await until('the servers receive each other', areJoined, HEALED_MS);
  expect((await cluster.channels(cluster.replica, 'SHARDCHANNELS')).length).toBeGreaterThan(0);
  await crowd.hush();
  expect(['send unavailable', 'send timeout', 'send internal'].map((what) => crowd.observed(what))).toEqual([
    0, 0, 0,
  ]);
  await expectAllWell(url, crowd.clients, HEALED_MS);
  crowd.disperse();
});

/** Of all clients with this role in their name. */
async function killConnections(control: Redis, role: string): Promise<void> {
  const list = String(await control.client('LIST'));
  for (const line of list.split('\n')) {
    const id = /^id=(\d+) /.exec(line)?.[1];
    if (id && line.includes(` name=parley-${role}-`)) await control.client('KILL', 'ID', id);
  }
}

async function ownersOf(channel: string): Promise<OwnRedis[]> {
  const lists = await channelsOfMasters();
  return cluster.masters.filter((_, i) => lists[i]?.includes(channel));
}

/** The way to each server. */
async function serverChannels(): Promise<string[]> {
  return (await channelsOfMasters()).flat().filter((channel) => channel !== ALL);
}

function channelsOfMasters(): Promise<string[][]> {
  return Promise.all(cluster.masters.map((master) => cluster.channels(master, 'SHARDCHANNELS')));
}

async function move(channel: string, to: OwnRedis): Promise<void> {
  await cluster.moveSlot(slotOf(channel), to);
  await until('the channel has moved', async () => {
    const owners = await ownersOf(channel);
    return owners.length === 1 && owners[0] === to;
  });
  await until('the servers receive each other', areJoined);
}
