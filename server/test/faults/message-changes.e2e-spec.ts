import { createClient, optimistic, watch, type Client, type Socket } from '@parley/client';
import type { Message, MessagePage } from '@parley/shared';
import { WebSocket } from 'ws';
import { makePairs, sql, type Pair } from './harness/database.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Fate, TcpProxy } from './harness/tcp-proxy.js';
import { sleep, until } from './harness/wait.js';

jest.setTimeout(90_000);

const MESSAGES = 12;
const stack = new Stack();
let url: string;
let proxy: TcpProxy;
let near: ServerProcess;
let far: ServerProcess;
let pair: Pair;
/** `a` is with the server behind the proxy, `b` with the other one. */
let a: Client;
let b: Client;
/** Added to the clock of the clients, in milliseconds: ends the undo of a deletion. */
let ahead: number;
let refusals: string[];

beforeAll(async () => {
  url = await stack.database();
  proxy = await stack.proxy(Number(new URL(url).port));
  const redis = await stack.redis();
  near = await stack.server({ DATABASE_URL: through(proxy, url), REDIS_URL: redis.url, RATE_LIMIT: 'off' });
  far = await stack.server({ DATABASE_URL: url, REDIS_URL: redis.url, RATE_LIMIT: 'off' });
});
beforeEach(async () => {
  [pair] = (await makePairs(url, 1)) as [Pair];
  ahead = 0;
  refusals = [];
  [a, b] = [clientOf(pair.a, near), clientOf(pair.b, far)];
  for (const client of [a, b]) client.connect();
  await until('both are connected', () => a.isConnected && b.isConnected);
});
afterEach(() => {
  proxy.inspect = () => 'pass';
  for (const client of [a, b]) client.close();
});
afterAll(() => stack.end());

function clientOf(userId: number, server: ServerProcess): Client {
  const client = createClient({
    userId,
    url: () => `${server.origin.replace('http', 'ws')}/ws/?active_user=${userId}`,
    transport: (to) => new WebSocket(to) as unknown as Socket,
    ackTimeoutMs: 2_500,
    syncIntervalMs: 500,
    maxReconnectDelayMs: 200,
    now: () => Date.now() + ahead,
  });
  watch(client, { refused: ({ kind, reason }) => refusals.push(`${kind} ${reason}`) });
  return client;
}

/** The newest messages of the room as this client shows them. */
function shownBy({ state }: Client): Pick<Message, 'seq' | 'text' | 'reactions'>[] {
  const messages = state.rooms[pair.roomId]?.segments.live.messages ?? [];
  return messages.map(optimistic(state.outbox, state.me)).map(contentOf);
}

const contentOf = ({ seq, text, reactions }: Message) => ({ seq, text, reactions });

async function stored(): Promise<ReturnType<typeof contentOf>[]> {
  const response = await fetch(
    `${far.origin}/api/rooms/${pair.roomId}/messages/?active_user=${pair.b}&page_size=100`,
  );
  return ((await response.json()) as MessagePage).results.toReversed().map(contentOf);
}

/** Both clients show what is stored, and nothing is on its way. */
async function untilSettled(): Promise<Awaited<ReturnType<typeof stored>>> {
  let now = await stored();
  await until(
    'both show what is stored',
    async () => {
      now = await stored();
      const wanted = JSON.stringify(now);
      return [a, b].every(
        (client) => client.state.outbox.length === 0 && JSON.stringify(shownBy(client)) === wanted,
      );
    },
    20_000,
  );
  return now;
}

async function sendAll(): Promise<Message[]> {
  for (let i = 1; i <= MESSAGES; i++) a.send(pair.roomId, `text ${i}`);
  await until('all are with both', () =>
    [a, b].every((client) => client.state.outbox.length === 0 && shownBy(client).length === MESSAGES),
  );
  return [...(a.state.rooms[pair.roomId]?.segments.live.messages ?? [])];
}

it('edits, deletions and reactions of two people on two servers end as both see them, through kills', async () => {
  const messages = await sendAll();
  const last = new Map<number, string>();
  for (let round = 0; round < 3; round++) {
    for (const { id, seq } of messages) {
      if (seq === 1) continue;
      last.set(seq, `text ${seq}, edit ${round}`);
      a.edit(pair.roomId, id, `text ${seq}, edit ${round}`);
      b.react(pair.roomId, id, ['👍', '❤️', '🎉'][round]!, true);
      if (round === 2) b.react(pair.roomId, id, '👍', false);
      if (seq % 4 === 0) await sleep(15);
    }
    const server = round % 2 ? far : near;
    await server.kill();
    await server.restart();
  }
  a.remove(pair.roomId, messages[0]!.id);
  ahead = 10_000;
  await near.kill();
  await near.restart();
  const now = await untilSettled();
  expect(now).toEqual([
    { seq: 1, text: '', reactions: [] },
    ...messages.slice(1).map(({ seq }) => ({
      seq,
      text: last.get(seq),
      reactions: ['❤️', '🎉'].map((emoji) => ({ emoji, user_ids: [pair.b] })),
    })),
  ]);
  expect(refusals).toEqual([]);
  const [room] = await sql<{ last_seq: number; rev: number; most: number }>(
    url,
    `SELECT last_seq::int, rev::int, (SELECT max(rev)::int FROM messages WHERE room_id = r.id) AS most
     FROM rooms r WHERE id = $1`,
    [pair.roomId],
  );
  expect(room?.last_seq).toBe(MESSAGES);
  expect(room?.rev).toBeGreaterThanOrEqual(room?.most ?? Infinity);
});

it.each(['message-edit', 'message-delete', 'message-react'])(
  'a server that is killed between the commit and the ack of %s loses nothing, and does it once',
  async (statement) => {
    const [first] = await sendAll();
    const { id } = first!;
    // The reply of the database never arrives.
    proxy.inspect = (chunk, direction, link): Fate => {
      if (direction === 'up' && chunk.includes(statement)) link.notes.add('held');
      return direction === 'down' && link.notes.has('held') ? 'drop' : 'pass';
    };
    if (statement === 'message-edit') a.edit(pair.roomId, id, 'edited');
    if (statement === 'message-react') a.react(pair.roomId, id, '👍', true);
    if (statement === 'message-delete') {
      void a.request({ type: 'delete', message_id: id }).catch(() => undefined);
      a.remove(pair.roomId, id);
      ahead = 10_000;
    }
    const changed = `SELECT FROM messages WHERE id = $1 AND changed`;
    await until('it is committed', async () => (await sql(url, changed, [id])).length === 1);
    await near.kill();
    proxy.inspect = () => 'pass';
    await near.restart();
    const [now] = await untilSettled();
    expect(now).toEqual(
      {
        'message-edit': { seq: 1, text: 'edited', reactions: [] },
        'message-delete': { seq: 1, text: '', reactions: [] },
        'message-react': { seq: 1, text: 'text 1', reactions: [{ emoji: '👍', user_ids: [pair.a] }] },
      }[statement],
    );
    const [row] = await sql<{ edits: number | null }>(
      url,
      `SELECT jsonb_array_length(edits) AS edits FROM messages WHERE id = $1`,
      [id],
    );
    expect(row?.edits).toBe(statement === 'message-edit' ? 1 : null);
  },
);
