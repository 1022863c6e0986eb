import fc from 'fast-check';
import { ChatClient } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { CONTENT_COLUMNS, type StoredContent } from './harness/content.js';
import { makeTriangle, sql } from './harness/database.js';
import { anyCourse, sendFirst, type Model, type ModelMessage, type Real } from './harness/model.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { until } from './harness/wait.js';

/** `npm run test:soak` has time for more, and draws them at random. */
const RUNS = Number(process.env.MODEL_RUNS ?? 25);
const MAY_KILL = process.env.MODEL_RUNS !== undefined;
const COMMANDS = 60;

jest.setTimeout(60_000 + RUNS * 20_000);

const stack = new Stack();
let url: string;
let redis: OwnRedis;
let servers: ServerProcess[];

beforeAll(async () => {
  url = await stack.database();
  redis = await stack.redis();
  const settings = { DATABASE_URL: url, REDIS_URL: redis.url };
  servers = [await stack.server(settings), await stack.server(settings)];
});
afterAll(() => stack.end());

/** What is stored of messages: deleted, or the text and the reactions. */
type Row = 'deleted' | { text: string; reactions: string[] };

async function changedRows(ids: number[]): Promise<Map<number, Row>> {
  const rows = await sql<StoredContent>(
    url,
    `SELECT ${CONTENT_COLUMNS} FROM messages m JOIN rooms r ON r.id = m.room_id WHERE m.id = ANY ($1)`,
    [ids],
  );
  return new Map(
    ids.map((id) => {
      const row = rows.find((one) => one.id === id)!;
      const reactions = row.reactions.map(({ user_id, emoji }) => `${user_id} ${emoji}`).toSorted();
      return [id, row.deleted_at ? 'deleted' : { text: row.text, reactions }];
    }),
  );
}

function expectedRow([id, { text, isDeleted, reactions }]: [number, ModelMessage]): [number, unknown] {
  const made = [...reactions].flatMap(([key, on]) => (on ? [key] : [])).toSorted();
  return [id, isDeleted ? 'deleted' : { text: text ?? (expect.any(String) as string), reactions: made }];
}

it('G7c: whatever three people, two servers and Redis do, nothing is lost, doubled or out of order', async () => {
  await fc.assert(
    fc.asyncProperty(anyCourse(COMMANDS, MAY_KILL), async (course) => {
      const { users, rooms } = await makeTriangle(url);
      const clients = users.map((user, i) => {
        const origins = servers.map(({ origin }) => origin);
        return new ChatClient(user, i === 1 ? origins.toReversed() : origins, {
          heartbeatMs: 500,
          reconnectMs: 50,
          reads: i === 0,
        });
      });
      const model: Model = { sent: new Map(), changed: new Map(), away: new Set() };
      const real: Real = { clients, rooms, servers, redis, acks: [] };
      try {
        for (const client of clients) client.start();
        await until('all are there', () => clients.every(({ isSynced }) => isSynced));
        await sendFirst(model, real);
        await fc.asyncModelRun(() => ({ model, real }), course);
        for (const client of clients) client.start();
        await Promise.all(real.acks);
        const { stored, acked } = await expectAllWell(url, clients, 10_000);
        const sent = [...model.sent.values()].reduce((sum, n) => sum + n, 0);
        expect({ stored, acked }).toEqual({ stored: sent, acked: sent });
        expect(await changedRows([...model.changed.keys()])).toEqual(
          new Map([...model.changed].map(expectedRow)),
        );
        // Unread is what the model says: all that the others sent, and nothing for the one who reads.
        const unread = await sql<{ user: number; unread: number }>(
          url,
          `SELECT u.id::int AS user, sum(CASE WHEN u.id = r.user_a_id THEN r.unread_a ELSE r.unread_b END)::int AS unread
           FROM users u JOIN rooms r ON u.id IN (r.user_a_id, r.user_b_id) WHERE u.id = ANY ($1) GROUP BY u.id ORDER BY u.id`,
          [users],
        );
        const own = (who: number) => (room: number) => model.sent.get(`${who}/${room}`) ?? 0;
        expect(unread.map((row) => row.unread)).toEqual([0, own(0)(0) + own(2)(1), own(0)(2) + own(1)(1)]);
      } finally {
        for (const client of clients) client.stop();
      }
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: RUNS * 20_000, markInterruptAsFailure: true },
  );
});
