import type { ServerFrame } from '@parley/shared';
import { once } from 'node:events';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { ChatClient, type ChatClientOptions } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { makePairs, removeTraps, sql, trapMessages, trapRooms, type Pair } from './harness/database.js';
import type { OwnPostgres } from './harness/own-postgres.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Fate, TcpProxy } from './harness/tcp-proxy.js';
import { sleep, timed, until, within } from './harness/wait.js';

jest.setTimeout(60_000);

/** A sender receives `unavailable` within this time, whatever has become of PostgreSQL. */
const UNAVAILABLE_MS = 2_000;
/** What a busy machine adds to it: two processes on two cores, and others beside them. */
const NOISE_MS = 500;

/** No sync but those that the server asks for. */
const QUIET: ChatClientOptions = { heartbeatMs: 60_000, ackTimeoutMs: 5_000 };

const stack = new Stack();
let postgres: OwnPostgres;
let proxy: TcpProxy;
let server: ServerProcess;

beforeAll(async () => {
  postgres = await stack.postgres();
  proxy = await stack.proxy(postgres.port);
  server = await stack.server({ DATABASE_URL: through(proxy, postgres.url) });
});
afterEach(() => {
  proxy.inspect = () => 'pass';
});
afterAll(() => stack.end());

describe('PostgreSQL that dies', () => {
  it('E5: killed twice under load: refusals in time, and nothing acked is lost, doubled or out of order', async () => {
    const crowd = await gather(10);
    crowd.talk();
    for (let kill = 0; kill < 2; kill++) {
      await crowd.untilAcked(200);
      await postgres.kill();
      const refused = crowd.observed('send unavailable');
      await until(
        'senders are refused',
        () => crowd.observed('send unavailable') > refused,
        UNAVAILABLE_MS + NOISE_MS,
      );
      await postgres.restart();
      await crowd.untilAcked(50);
    }
    await crowd.hush();
    expect(crowd.observed('send timeout')).toBe(0);
    expect(slowestRefusal(crowd)).toBeLessThan(UNAVAILABLE_MS + NOISE_MS);
    const { acked, stored } = await expectAllWell(postgres.url, crowd.clients);
    expect(stored).toBe(acked);
    crowd.disperse();
  });
});

describe('PostgreSQL that hangs', () => {
  it('E6: a client that connects meanwhile gets 503, never that its user is unknown', async () => {
    const [pair] = await makePairs(postgres.url, 1);
    if (!pair) throw new Error('There is no room.');
    const paths = [`/ws/?active_user=${pair.a}`, `/ws/chat/${pair.roomId}/?active_user=${pair.b}`];
    postgres.hang();
    try {
      expect(await Promise.all(paths.map(handshake))).toEqual([503, 503]);
    } finally {
      postgres.resume();
    }
    await until('they are let in', async () =>
      (await Promise.all(paths.map(handshake))).every((status) => status === 101),
    );
  });

  it('E6: every call is answered in time, sockets stay open, and all goes on by itself', async () => {
    const crowd = await gather(10);
    const [{ pair }] = crowd.members as [(typeof crowd.members)[number]];
    crowd.talk();
    await crowd.untilAcked(200);
    postgres.hang();
    const end = Date.now() + 4_000;
    try {
      // Reads too: those whose answer is not at hand.
      for (let i = 0; Date.now() < end; i++) {
        const url = `${server.origin}/api/rooms/${pair.roomId}/messages/?active_user=${pair.a}&page=1&n=${i}`;
        const { ms, result } = await timed(within('a read', 10_000, fetch(url)));
        expect(result.status).toBe(503);
        expect(ms).toBeLessThan(UNAVAILABLE_MS + NOISE_MS);
      }
      expect(crowd.observed('send unavailable')).toBeGreaterThanOrEqual(crowd.clients.length);
    } finally {
      postgres.resume();
    }
    const { ms } = await timed(crowd.untilAcked(100));
    expect(ms).toBeLessThan(5_000);
    await crowd.hush();
    expect(slowestRefusal(crowd)).toBeLessThan(UNAVAILABLE_MS + NOISE_MS);
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });
});

describe('A send while PostgreSQL hangs', () => {
  it('E6: is refused in time, whenever it came', async () => {
    const crowd = await gather(15);
    await Promise.all(crowd.members.map(({ pair, a }) => a.send(pair.roomId, 'before-1')));
    postgres.hang();
    try {
      // One after the other, so that each stands at another place behind the statement that hangs.
      const refusals = crowd.members.map(async ({ pair, a }, i) => {
        await sleep(i * 150);
        return timed(a.ask({ type: 'message', room_id: pair.roomId, text: `hung-${i}` }));
      });
      for (const { ms, result } of await Promise.all(refusals)) {
        expect(result).toBe('unavailable');
        expect(ms).toBeLessThan(UNAVAILABLE_MS + NOISE_MS / 2);
      }
    } finally {
      postgres.resume();
    }
    crowd.disperse();
  });
});

describe('The way to PostgreSQL', () => {
  it('E7: cut between COMMIT and its reply: sent again, it is the same message', async () => {
    const crowd = await gather(1, { heartbeatMs: 60_000 });
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    // A reader that neither syncs nor confirms: it gets what is published, and nothing else.
    b.stop();
    const reader = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${b.userId}`);
    const published: number[] = [];
    reader.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'message') published.push(frame.message.seq);
    });
    await once(reader, 'open');
    for (let n = 1; n <= 5; n++) {
      // Without an outbox behind it: that would not repeat a message that a sync has shown to be stored.
      const send = () =>
        a.ask({ type: 'message', room_id: pair.roomId, text: `reply lost-${n}`, client_id: uuidOf(n) });
      proxy.inspect = cutReplyOf('messages-append');
      expect(await send()).toBe('unavailable');
      expect(await countStored(pair.roomId)).toBe(n);
      expect(await send()).toBe('ack');
      expect(await countStored(pair.roomId)).toBe(n);
    }
    // The repetition is published: the first was not.
    await until('the reader has all', () => published.length >= 5);
    expect(published).toEqual([1, 2, 3, 4, 5]);
    reader.terminate();
    b.start();
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });

  it('E7: cut again and again under load, everything is stored once', async () => {
    const crowd = await gather(10);
    crowd.talk();
    for (let cut = 0; cut < 10; cut++) {
      proxy.inspect = cutReplyOf(cut % 3 === 0 ? 'receipts-update' : 'messages-append');
      await sleep(100);
    }
    proxy.inspect = () => 'pass';
    await crowd.untilAcked(100);
    await crowd.hush();
    const { acked, stored: count } = await expectAllWell(postgres.url, crowd.clients);
    expect(count).toBe(acked);
    crowd.disperse();
  });
});

/** The way of a change that nobody repeats and no sync would find: clients of these tests sync once a minute. */
describe('A write whose outcome is unknown', () => {
  const RESYNC_MS = 3_000;
  let near: ServerProcess;
  let other: ServerProcess;
  let pair: Pair;
  /** `a` is connected to the server behind the proxy, `b` to another one. */
  let a: ChatClient;
  let b: ChatClient;

  beforeAll(async () => {
    const redis = await stack.redis();
    const settings = { REDIS_URL: redis.url };
    near = await stack.server({ DATABASE_URL: through(proxy, postgres.url), ...settings });
    other = await stack.server({ DATABASE_URL: postgres.url, ...settings });
  });

  beforeEach(async () => {
    [pair] = (await makePairs(postgres.url, 1)) as [Pair];
    [a, b] = [new ChatClient(pair.a, [near.origin], QUIET), new ChatClient(pair.b, [other.origin], QUIET)];
    for (const client of [a, b]) client.start();
    await until('both are there', () => a.isSynced && b.isSynced);
  });
  afterEach(() => {
    for (const client of [a, b]) client.stop();
  });

  it('reaches the receiver within seconds when the reply to a message is lost', async () => {
    proxy.inspect = cutReplyOf('messages-append');
    expect(await send('lost-1')).toBe('unavailable');
    await until('the receiver has it', () => b.room(pair.roomId).lastSeq === 1, RESYNC_MS);
    await until('so has the sender', () => a.room(pair.roomId).lastSeq === 1, RESYNC_MS);
    expect([a, b].map(({ observed }) => observed.get('resync'))).toEqual([1, 1]);
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
      expect([a, b].map(({ observed }) => observed.get('resync'))).toEqual([undefined, undefined]);
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
    await until('it is stored', async () => (await countStored(pair.roomId)) === 1);
    await postgres.kill();
    expect(await refusal).toBe('unavailable');
    proxy.inspect = () => 'pass';
    await sleep(500);
    expect(b.observed.get('resync')).toBeUndefined();
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
    expect([a, b].map(({ observed }) => observed.get('resync'))).toEqual([undefined, undefined]);
    await expectAllWell(postgres.url, [a, b]);
  });

  /** Once, without an outbox behind it. */
  function send(text: string): Promise<string> {
    return a.ask({ type: 'message', room_id: pair.roomId, text });
  }
});

describe('A statement that fails', () => {
  afterEach(() => removeTraps(postgres.url));

  it('E10: a deadlock, a serialization failure and a lost race are repeated, and nobody notices', async () => {
    const crowd = await gather(1);
    const [{ pair, a }] = crowd.members as [(typeof crowd.members)[number]];
    let n = 0;
    for (const code of ['40P01', '40001', '23505']) {
      await trapMessages(
        postgres.url,
        `IF nextval('trapped') = 1 THEN RAISE 'trapped' USING ERRCODE = '${code}'; END IF;`,
      );
      await a.send(pair.roomId, `raced-${++n}`);
      await removeTraps(postgres.url);
    }
    expect([...a.observed.keys()].filter((what) => what.startsWith('send '))).toEqual([]);
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });

  it('E10: so are those of a receipt', async () => {
    const crowd = await gather(1);
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    let n = 0;
    for (const code of ['40P01', '40001']) {
      await trapRooms(
        postgres.url,
        `IF NEW.last_seq = OLD.last_seq AND nextval('trapped') = 1 THEN RAISE 'trapped' USING ERRCODE = '${code}'; END IF;`,
      );
      await a.send(pair.roomId, `marked-${++n}`);
      await until('it is read', () => a.room(pair.roomId).marks.get(pair.b)?.read === n);
      await removeTraps(postgres.url);
    }
    expect([...b.observed.keys()].filter((what) => what.startsWith('mark '))).toEqual([]);
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });

  it('E9: rows that somebody else keeps locked: refusals in time, the other rooms go on', async () => {
    const crowd = await gather(5);
    const [locked, ...free] = crowd.members as [(typeof crowd.members)[number], ...typeof crowd.members];
    const other = new Client({ connectionString: postgres.url });
    other.on('error', () => undefined);
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM rooms WHERE id = $1 FOR UPDATE', [locked.pair.roomId]);

    const refused = await timedSend(locked.a, locked.pair.roomId, 'locked-0');
    expect(refused.result).toBe('unavailable');
    expect(refused.ms).toBeLessThan(UNAVAILABLE_MS + NOISE_MS);
    let slowestMs = 0;
    let refusals = 0;
    for (let round = 0; round < 5; round++) {
      const hopeless = timedSend(locked.a, locked.pair.roomId, `locked-${round}`);
      // Once in the same batch, once behind it.
      for (const half of [free.slice(0, 2), free.slice(2)]) {
        for (const { ms, result } of await Promise.all(
          half.map(({ pair, a }) => timedSend(a, pair.roomId, `free-${round}`)),
        )) {
          slowestMs = Math.max(slowestMs, ms);
          refusals += result === 'ack' ? 0 : 1;
        }
      }
      expect((await hopeless).result).toBe('unavailable');
    }
    expect(refusals).toBe(0);
    expect(slowestMs).toBeLessThan(UNAVAILABLE_MS + NOISE_MS);
    await other.end();
    await Promise.all(crowd.members.map(({ pair, b }) => b.send(pair.roomId, 'after-1')));
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });

  it('E10: one that always fails fails alone; its batch is stored', async () => {
    const crowd = await gather(15);
    const [{ pair, a }] = crowd.members as [(typeof crowd.members)[number]];
    await trapMessages(
      postgres.url,
      `IF NEW.text LIKE 'poison%' THEN RAISE 'trapped' USING ERRCODE = '23514'; END IF;`,
    );
    crowd.talk();
    await crowd.untilAcked(50);
    for (let i = 0; i < 5; i++) {
      const answer = await a.ask({ type: 'message', room_id: pair.roomId, text: `poison-${i}` });
      expect(answer).toBe('internal');
    }
    await crowd.untilAcked(200);
    await crowd.hush();
    expect(crowd.observed('send internal') + crowd.observed('send unavailable')).toBe(0);
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });

  it('F5: what nobody expected is answered to its sender alone, and logged without the text', async () => {
    const crowd = await gather(1);
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    await trapMessages(
      postgres.url,
      `IF NEW.text LIKE 'strange%' THEN RAISE 'strange' USING ERRCODE = 'XX000'; END IF;`,
    );
    await a.send(pair.roomId, 'before-1');
    expect(await a.ask({ type: 'message', room_id: pair.roomId, text: 'strange secret' })).toBe('internal');
    await a.send(pair.roomId, 'after-2');
    expect(await countStored(pair.roomId)).toBe(2);
    expect([a.connects, b.connects, server.isAlive]).toEqual([1, 1, true]);
    expect(server.output).not.toContain('secret');
    await expectAllWell(postgres.url, crowd.clients);
    crowd.disperse();
  });
});

async function gather(count: number, options: ChatClientOptions = {}): Promise<Crowd> {
  return stack.crowd(
    await Crowd.gather(postgres.url, count, [server.origin], { ackTimeoutMs: 5_000, ...options }),
  );
}

function slowestRefusal(crowd: Crowd): number {
  return Math.max(...crowd.clients.map(({ slowestRefusalMs }) => slowestRefusalMs));
}

/** Lets the next statement of this name reach PostgreSQL, waits until it is committed, and loses the answer. */
function cutReplyOf(statement: string): TcpProxy['inspect'] {
  let isDone = false;
  return (chunk, direction, link): Fate => {
    if (direction === 'up') {
      if (!isDone && chunk.includes(statement)) link.notes.add('doomed');
      return 'pass';
    }
    if (isDone || !link.notes.has('doomed')) return 'pass';
    isDone = chunk.includes(READY_FOR_QUERY);
    return isDone ? 'cut' : 'drop';
  };
}

/** The last of every answer: the transaction is over. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Every commit waits for a replica of this name, with its rows locked; '': commits wait for none. */
async function replicateTo(name: string): Promise<void> {
  await sql(postgres.adminUrl, `ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await sql(postgres.adminUrl, 'SELECT pg_reload_conf()');
}

function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

async function countStored(roomId: number): Promise<number> {
  const rows = await sql<{ n: number }>(
    postgres.url,
    'SELECT count(*)::int AS n FROM messages WHERE room_id = $1',
    [roomId],
  );
  return rows[0]?.n ?? 0;
}

/** The status of the answer to an upgrade: 101 when the socket was opened. */
function handshake(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}${path}`);
    socket.on('error', () => undefined);
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
  });
}

/** One attempt, without an outbox behind it. */
function timedSend(client: ChatClient, roomId: number, text: string) {
  return timed(client.ask({ type: 'message', room_id: roomId, text }));
}
