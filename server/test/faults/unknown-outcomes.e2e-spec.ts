import type { ClientFrame, Message } from '@parley/shared';
import { figuresOf } from '../support/figures.js';
import { ChatClient, type ChatClientOptions } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { countStored, makePairs, removeTraps, sql, trapMessages, type Pair } from './harness/database.js';
import { cutReplyOf } from './harness/lost-reply.js';
import type { OwnPostgres } from './harness/own-postgres.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { TcpProxy } from './harness/tcp-proxy.js';
import { sleep, until } from './harness/wait.js';

jest.setTimeout(60_000);

/** No sync but those that the server asks for. */
const QUIET: ChatClientOptions = { heartbeatMs: 60_000, ackTimeoutMs: 5_000 };

/** The way of a change that nobody repeats and no sync would find: clients of these tests sync once a minute. */
describe('A write whose outcome is unknown', () => {
  const RESYNC_MS = 3_000;
  const stack = new Stack();
  let postgres: OwnPostgres;
  let proxy: TcpProxy;
  let near: ServerProcess;
  let other: ServerProcess;
  let pair: Pair;
  /** Resyncs that the bus had caused before this test. */
  let ofBusBefore: number;
  /** `a` is connected to the server behind the proxy, `b` to another one. */
  let a: ChatClient;
  let b: ChatClient;

  beforeAll(async () => {
    postgres = await stack.postgres();
    proxy = await stack.proxy(postgres.port);
    const redis = await stack.redis();
    const settings = { REDIS_URL: redis.url };
    near = await stack.server({ DATABASE_URL: through(proxy, postgres.url), ...settings });
    other = await stack.server({ DATABASE_URL: postgres.url, ...settings });
  });

  beforeEach(async () => {
    [pair] = (await makePairs(postgres.url, 1)) as [Pair];
    [a, b] = [new ChatClient(pair.a, [near.origin], QUIET), new ChatClient(pair.b, [other.origin], QUIET)];
    ofBusBefore = await resyncsOfBus();
    for (const client of [a, b]) client.start();
    await until('both are there', () => a.isSynced && b.isSynced);
  });
  afterEach(() => {
    proxy.inspect = () => 'pass';
    for (const client of [a, b]) client.stop();
  });
  afterAll(() => stack.end());

  it('reaches the receiver within seconds when the reply to a message is lost', async () => {
    proxy.inspect = cutReplyOf('messages-append');
    expect(await send('lost-1')).toBe('unavailable');
    await until('the receiver has it', () => b.room(pair.roomId).lastSeq === 1, RESYNC_MS);
    await until('so has the sender', () => a.room(pair.roomId).lastSeq === 1, RESYNC_MS);
    expect(await resyncs()).toBe(2);
    await expectAllWell(postgres.url, [a, b]);
  });

  it('reaches the peer within seconds when the reply to a receipt is lost', async () => {
    const { seq } = await b.send(pair.roomId, 'to be read-1');
    await until('it is delivered', () => b.room(pair.roomId).marks.get(pair.a)?.delivered === seq);
    proxy.inspect = cutReplyOf('receipts-update');
    expect(await a.ask({ type: 'read', room_id: pair.roomId, seq })).toBe('unavailable');
    await until('the peer knows', () => b.room(pair.roomId).marks.get(pair.a)?.read === seq, RESYNC_MS);
    await expectAllWell(postgres.url, [a, b]);
  });

  it.each<[string, (id: number) => ClientFrame, (seen: Message) => boolean]>([
    ['edit', (message_id) => ({ type: 'edit', message_id, text: 'edited' }), ({ text }) => text === 'edited'],
    ['delete', (message_id) => ({ type: 'delete', message_id }), ({ deleted_at }) => deleted_at !== null],
    [
      'react',
      (message_id) => ({ type: 'react', message_id, emoji: '👍', on: true }),
      ({ reactions }) => reactions.length === 1,
    ],
  ])('reaches the peer within seconds when the reply to %s is lost', async (type, frameOf, isSeen) => {
    const { id, seq } = await a.send(pair.roomId, 'to be changed-1');
    await until('it is delivered', () => a.room(pair.roomId).marks.get(pair.b)?.delivered === seq);
    proxy.inspect = cutReplyOf(`message-${type}`);
    expect(await a.ask(frameOf(id))).toBe('unavailable');
    await until('the peer knows', () => b.room(pair.roomId).messages.some(isSeen), RESYNC_MS);
    await expectAllWell(postgres.url, [a, b]);
  });

  it('reaches the receiver when a message is stored after it was refused', async () => {
    expect(await send('the room is known-1')).toBe('ack');
    // The third waits for the reply to the second, and then for its own: longer than a sender waits.
    proxy.delayMs.down = 1_000;
    try {
      const first = send('first-2');
      await sleep(100);
      expect(await send('late-3')).toBe('unavailable');
      expect(await first).toBe('ack');
    } finally {
      proxy.delayMs.down = 0;
    }
    await until('the receiver has both', () => b.room(pair.roomId).lastSeq === 3, RESYNC_MS);
    await expectAllWell(postgres.url, [a, b]);
  });

  it('reaches the receiver once it is committed, and no resync comes before, when the commit hangs', async () => {
    await replicateTo('nobody');
    try {
      expect(await send('hung-1')).toBe('unavailable');
      await sleep(1_500);
      expect(await resyncs()).toBe(0);
    } finally {
      await replicateTo('');
    }
    await until('the receiver has it', () => b.room(pair.roomId).lastSeq === 1, RESYNC_MS);
    await expectAllWell(postgres.url, [a, b]);
  });

  it('reaches the receiver once PostgreSQL is back when it dies before it replies', async () => {
    proxy.inspect = (chunk, direction, link) => {
      if (direction === 'up' && chunk.includes('messages-append')) link.notes.add('doomed');
      return direction === 'down' && link.notes.has('doomed') ? 'drop' : 'pass';
    };
    const refusal = send('unanswered-1');
    await until('it is stored', async () => (await countStored(postgres.url, pair.roomId)) === 1);
    await postgres.kill();
    expect(await refusal).toBe('unavailable');
    proxy.inspect = () => 'pass';
    await sleep(500);
    expect(await resyncs()).toBe(0);
    await postgres.restart();
    await until('the receiver has it', () => b.room(pair.roomId).lastSeq === 1, RESYNC_MS);
    await expectAllWell(postgres.url, [a, b]);
  });

  it('is none when PostgreSQL refuses it, or cannot be reached: no resync follows', async () => {
    await trapMessages(postgres.url, `RAISE 'trapped' USING ERRCODE = '53100';`);
    expect(await send('refused-1')).toBe('unavailable');
    await removeTraps(postgres.url);
    proxy.isRefusing = true;
    proxy.reset();
    try {
      const isReady = async () => (await fetch(`${near.origin}/health/ready`)).ok;
      await until('the server knows', async () => !(await isReady()));
      expect(await send('not sent-1')).toBe('unavailable');
    } finally {
      proxy.isRefusing = false;
    }
    await until('sends are taken again', async () => (await send('after-1')) === 'ack', 5_000);
    await sleep(1_000);
    expect(await resyncs()).toBe(0);
    await expectAllWell(postgres.url, [a, b]);
  });

  /** The bus reports a stall of the machine as a loss: those resyncs have nothing to do with a write. */
  async function resyncsOfBus(): Promise<number> {
    const figures = await Promise.all([near, other].map(({ origin }) => figuresOf(origin)));
    return figures.reduce((sum, figure) => sum + (figure.get('parley_resyncs_sent_total') ?? 0), 0);
  }

  /** What both clients were sent because of a write. */
  async function resyncs(): Promise<number> {
    const received = [a, b].reduce((sum, { observed }) => sum + (observed.get('resync') ?? 0), 0);
    return received - ((await resyncsOfBus()) - ofBusBefore);
  }

  /** Once, without an outbox behind it. */
  function send(text: string): Promise<string> {
    return a.ask({ type: 'message', room_id: pair.roomId, text });
  }

  /** Every commit waits for a replica of this name, with its rows locked; '': commits wait for none. */
  async function replicateTo(name: string): Promise<void> {
    await sql(postgres.adminUrl, `ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await sql(postgres.adminUrl, 'SELECT pg_reload_conf()');
  }
});
