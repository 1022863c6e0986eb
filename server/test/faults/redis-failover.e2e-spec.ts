import slotOf from 'cluster-key-slot';
import { ChatClient } from './harness/chat-client.js';
import { makePairs } from './harness/database.js';
import type { OwnRedisCluster } from './harness/own-redis-cluster.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { sleep, until } from './harness/wait.js';

jest.setTimeout(90_000);

/** From a master's death to the resync of the sockets: its replica has to be elected first. */
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
});
afterAll(() => stack.end());

it('A server reports missed events when it published to a dead master, once the replica has its slots (E1)', async () => {
  const [stopped, awake] = servers as [ServerProcess, ServerProcess];
  const [victim] = cluster.masters as [OwnRedis];
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  const sender = connect(pair.a, stopped);
  const reader = connect(pair.b, awake);
  await until('both are there', () => sender.isSynced && reader.isSynced);
  await until('the servers receive each other', async () => (await isJoined(stopped)) && isJoined(awake));
  for (const channel of (await channelsOfMasters()).flat()) await cluster.moveSlot(slotOf(channel), victim);
  await until('one master has all channels', async () =>
    (await channelsOfMasters()).every((channels, i) => channels.length === (i === 0 ? 3 : 0)),
  );
  await until('the servers receive each other', async () => (await isJoined(stopped)) && isJoined(awake));
  const resyncs = reader.observed.get('resync') ?? 0;

  // It does not see the failover, and wakes up with the slot table from before.
  stopped.signal('SIGSTOP');
  await victim.kill();
  // The channel of all servers, and that of the other server.
  await until(
    'the other server uses the replica',
    async () => (await channelsOf(cluster.replica)).length === 2,
    HEALED_MS,
  );
  await until('the other server receives itself', () => isJoined(awake), HEALED_MS);
  await until('its sockets got a resync', () => (reader.observed.get('resync') ?? 0) > resyncs, HEALED_MS);
  const sent = sender.send(pair.roomId, 'to the dead-1');
  // The frame is there when the server wakes up: the server reads it before it learns that the master is dead.
  await sleep(100);
  stopped.signal('SIGCONT');
  await sent;
  await until('the reader has it', () => reader.room(pair.roomId).lastSeq === 1, HEALED_MS);
});

/** The heartbeat is too slow to help out. */
function connect(userId: number, { origin }: ServerProcess): ChatClient {
  const client = new ChatClient(userId, [origin], { heartbeatMs: 120_000, ackTimeoutMs: 20_000 });
  stack.keep(client, (it) => it.stop());
  client.start();
  return client;
}

async function isJoined({ origin }: ServerProcess): Promise<boolean> {
  const answer = (await (await fetch(`${origin}/health/ready`)).json()) as { status: string };
  return answer.status === 'ok';
}

/** That of all servers, and one of each. */
function channelsOfMasters(): Promise<string[][]> {
  return Promise.all(cluster.masters.map(channelsOf));
}

function channelsOf(node: OwnRedis): Promise<string[]> {
  return cluster.channels(node, 'SHARDCHANNELS');
}
