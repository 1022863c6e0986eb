import type { Message } from '@parley/shared';
import type { ChatClient } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { sql } from './harness/database.js';
import { Editing } from './harness/editing.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Direction, TcpProxy } from './harness/tcp-proxy.js';
import { until } from './harness/wait.js';

jest.setTimeout(120_000);

/** Names of the statements, in the order of the pairs that `changeEach` makes use of. */
const STATEMENTS = ['message-edit', 'message-delete', 'message-react'];

const stack = new Stack();
let url: string;
let proxy: TcpProxy;
let redis: OwnRedis;
/** The first one reaches PostgreSQL through the proxy. */
let servers: [ServerProcess, ServerProcess];

beforeAll(async () => {
  url = await stack.database();
  proxy = await stack.proxy(Number(new URL(url).port));
  redis = await stack.redis();
  servers = [
    await stack.server({ DATABASE_URL: through(proxy, url), REDIS_URL: redis.url }),
    await stack.server({ DATABASE_URL: url, REDIS_URL: redis.url }),
  ];
});
afterEach(() => {
  proxy.inspect = () => 'pass';
});
afterAll(() => stack.end());

/** `a` of each pair on the first server, `b` on the second, and each on the other one while its own is away. */
async function gather(count: number, options = {}): Promise<Crowd> {
  const origins = servers.map(({ origin }) => origin);
  return stack.crowd(await Crowd.gather(url, count, origins, options));
}

describe('Edits, deletions and reactions', () => {
  it('F1: of two people on two servers are all there, once, for both when the servers are killed meanwhile', async () => {
    const crowd = await gather(4);
    const editing = new Editing(crowd);
    for (const server of servers) {
      await editing.untilConfirmed(60);
      await server.kill();
      await editing.untilConfirmed(15);
      await server.restart();
    }
    await editing.untilConfirmed(30);
    await editing.end();
    const { changed, stored } = await expectAllWell(url, crowd.clients);
    expect(changed).toBeGreaterThanOrEqual(180);
    expect(stored).toBeGreaterThan(20);
    crowd.disperse();
  });

  it('E1: reach the clients of the other server without it, and after it, when Redis is killed meanwhile', async () => {
    const crowd = await gather(3, { heartbeatMs: 500 });
    const editing = new Editing(crowd);
    await editing.untilConfirmed(50);
    await redis.kill();
    await editing.untilConfirmed(50);
    await editing.end();
    // Nothing of it is on the bus: each has it by a sync.
    await expectAllWell(url, crowd.clients);
    await redis.restart();
    const after = new Editing(crowd);
    await after.untilConfirmed(50);
    await after.end();
    await expectAllWell(url, crowd.clients);
    crowd.disperse();
  });

  it.each<[string, string, Direction, number]>([
    ['F2: are done once', 'commit and ack', 'down', 3],
    ['F3: are done', 'receive and commit', 'up', 0],
  ])('%s when the server is killed between %s', async (_, __, direction, committed) => {
    const crowd = await gather(3);
    const messages = await Promise.all(
      crowd.members.map(({ a, pair }) => a.send(pair.roomId, 'as it was sent-1')),
    );
    const held = new Set<string>();
    proxy.inspect = (chunk, chunkDirection, link) => {
      const statement = STATEMENTS.find((name) => chunk.includes(name));
      if (chunkDirection === 'up' && statement) link.notes.add(statement);
      for (const note of link.notes) held.add(note);
      return chunkDirection === direction && link.notes.size > 0 ? 'drop' : 'pass';
    };
    const changes = changeEach(crowd, messages);
    await until('all are held back', async () => {
      const rows = await sql(url, 'SELECT FROM messages WHERE id = ANY ($1) AND changed', [
        messages.map(({ id }) => id),
      ]);
      return held.size === STATEMENTS.length && rows.length === committed;
    });
    expect(crowd.clients.flatMap((client) => client.changes)).toEqual([]);
    await servers[0].kill();
    proxy.inspect = () => 'pass';
    await servers[0].restart();
    expect(await Promise.all(changes)).toEqual([null, null, null]);
    const { changed } = await expectAllWell(url, crowd.clients);
    expect(changed).toBe(3);
    crowd.disperse();
  });
});

/** One change in each of three rooms, whose numbers follow one another: no one waits for another in the queues of the server. */
function changeEach({ members }: Crowd, messages: Message[]): Promise<string | null>[] {
  const clients = members.map(({ a }) => a) as [ChatClient, ChatClient, ChatClient];
  const [edited, deleted, reactedTo] = messages as [Message, Message, Message];
  return [
    clients[0].change(edited, { kind: 'edit', text: 'as it was edited' }),
    clients[1].change(deleted, { kind: 'delete' }),
    clients[2].change(reactedTo, { kind: 'react', emoji: '👍', on: true }),
  ];
}
