import type { ServerFrame } from '@parley/shared';
import { once } from 'node:events';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { ChatClient, type ChatClientOptions } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { countStored, makePairs, removeTraps, trapMessages, trapRooms } from './harness/database.js';
import { cutReplyOf } from './harness/lost-reply.js';
import type { OwnPostgres } from './harness/own-postgres.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { TcpProxy } from './harness/tcp-proxy.js';
import { sleep, timed, until, within } from './harness/wait.js';

jest.setTimeout(60_000);

/** A sender receives `unavailable` within this time, whatever has become of PostgreSQL. */
const UNAVAILABLE_MS = 2_000;
/** What a busy machine adds to it: two processes on two cores, and others beside them. */
const NOISE_MS = 500;

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
      expect(await countStored(postgres.url, pair.roomId)).toBe(n);
      expect(await send()).toBe('ack');
      expect(await countStored(postgres.url, pair.roomId)).toBe(n);
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
    expect(await countStored(postgres.url, pair.roomId)).toBe(2);
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

function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
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
