import type { Problem, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { migrate } from '../../../src/database/migrator.js';
import { ConcurrencyLimit } from '../../../src/database/concurrency-limit.js';
import { until } from '../../faults/harness/wait.js';
import { createEmptyDatabase } from '../../support/database.js';
import { Parley } from '../../support/parley.js';
import { statementsOf } from '../../support/statements.js';

const USERS = 17_000;

const addUsers = (server: Parley) =>
  server.sql(
    `INSERT INTO users (username, display_name)
     SELECT 'user' || n || '.' || substr(md5(n::text), 1, 12), 'Nr ' || n FROM generate_series(1, $1::int) n`,
    [USERS],
  );
const names = async (server: Parley, search: string) =>
  (await server.get<User[]>(`/api/users/?search=${encodeURIComponent(search)}`)).body.map(
    ({ username }) => username,
  );
const median = (values: number[]) => values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;

describe('a search for users', () => {
  let parley: Parley;
  beforeAll(async () => {
    parley = await Parley.start({ RATE_LIMIT: 'off' });
    await addUsers(parley);
    await parley.sql('ANALYZE users');
  });
  afterAll(() => parley.stop());

  it('finds a part of a username or of a display name, in either case, those that begin with it first', async () => {
    expect((await names(parley, '12345')).at(0)).toMatch(/^user12345\./);
    expect(await names(parley, 'NR 12345')).toEqual([expect.stringMatching(/^user12345\./)]);
    await parley.sql(`INSERT INTO users (username, display_name) VALUES ('x.zebra', 'x'), ('Zebra.x', 'x')`);
    expect(await names(parley, 'zebra')).toEqual(['Zebra.x', 'x.zebra']);
  });

  it.each(['%', '_', '\\', '%%%', 'r%c', '\\\\%'])('takes %s for itself', async (text) => {
    expect(await names(parley, text)).toEqual([]);
  });

  it('reads an index, not all users', async () => {
    const [statement] = await statementsOf(() => names(parley, '12345'));
    // As the server's connections have it, with the plan that is kept for any value.
    const client = new Client({ connectionString: parley.databaseUrl });
    await client.connect();
    await client.query('SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan');
    await client.query(`PREPARE search (text, bigint) AS ${statement!.text}`);
    const { rows } = await client.query<Record<string, string>>(`EXPLAIN EXECUTE search ('12345', 500)`);
    await client.end();
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('users_username_search_idx');
    expect(text).toContain('users_display_name_search_idx');
  });

  it('never keeps a send waiting for a connection, however many search; too many are refused with 503', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const send = async () => {
      const started = performance.now();
      expect((await socket.ask({ type: 'message', room_id: room.id, text: 'x' })).type).toBe('ack');
      return performance.now() - started;
    };
    await send();
    const blocker = new Client({ connectionString: parley.databaseUrl });
    await blocker.connect();
    try {
      // Each search now takes as long as it may wait for a lock: 300 ms.
      await blocker.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
      const refused: { status: number; headers: Headers }[] = [];
      const searches = Array.from({ length: 300 }, async () => {
        const answer = await parley.call<Problem>('GET', '/api/users/?search=12345');
        if (/searching/.test(answer.body.detail)) refused.push(answer);
      });
      // Two run and 200 wait; the others know at once that they have to come back.
      await until('some searches are refused', () => refused.length > 50, 10_000);
      // Without a limit a send would wait behind them, and be refused after 1.8 s.
      const waits: number[] = [];
      for (let i = 0; i < 9; i++) waits.push(await send());
      expect(median(waits)).toBeLessThan(150);
      await blocker.query('ROLLBACK');
      await Promise.all(searches);
      for (const { status, headers } of refused)
        expect([status, headers.get('Retry-After')]).toEqual([503, '1']);
    } finally {
      await blocker.end();
    }
  });
});

it('a search works on a database whose role may not install pg_trgm', async () => {
  const url = new URL(await createEmptyDatabase());
  const role = `plain_${randomUUID().replaceAll('-', '')}`;
  const adminUrl = new URL(process.env.TEST_POSTGRES_ADMIN_URL ?? 'none:');
  adminUrl.pathname = url.pathname;
  const admin = new Client({ connectionString: adminUrl.href });
  await admin.connect();
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'; GRANT ALL ON SCHEMA public TO ${role}`);
  await admin.end();
  [url.username, url.password] = [role, 'plain'];
  await migrate(url.href, { exampleUsers: true, allowNewerDatabase: false });
  const plain = await Parley.start({}, url.href);
  try {
    expect(await plain.sql(`SELECT FROM pg_extension WHERE extname = 'pg_trgm'`)).toEqual([]);
    expect(await names(plain, 'LIC')).toEqual(['alice']);
  } finally {
    await plain.stop();
  }
});

describe('ConcurrencyLimit', () => {
  it('runs the allowed number, queues others in order, and refuses more when the queue is full', async () => {
    const limit = new ConcurrencyLimit(2, 3);
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const run = (n: number) =>
      limit.run(() => {
        begun.push(n);
        return new Promise<number>((resolve) => ends.push(() => resolve(n)));
      });
    const done = [1, 2, 3, 4, 5].map(run);
    await expect(run(6)).rejects.toMatchObject({ code: 'unavailable' });
    expect(begun).toEqual([1, 2]);
    for (let n = 0; n < 5; n++) {
      ends[n]!();
      await done[n];
      await new Promise(setImmediate);
      expect(begun).toEqual([1, 2, 3, 4, 5].slice(0, Math.min(5, n + 3)));
    }
  });

  it('runs the next one when one fails', async () => {
    const limit = new ConcurrencyLimit(1, 1);
    for (let n = 0; n < 3; n++) {
      await expect(limit.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    }
    expect(await limit.run(() => Promise.resolve('ran'))).toBe('ran');
  });
});
