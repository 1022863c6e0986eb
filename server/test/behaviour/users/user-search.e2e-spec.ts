import { fold, type Problem, type User } from '@parley/shared';
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
    expect(text).toContain('users_folded_name_search_idx');
  });

  describe('without regard to case and accents', () => {
    const DISPLAY_NAMES = {
      'of.zoe': 'Zoë',
      'of.decomposed': 'Zoe\u0308 Decomposed',
      'of.angstrom': 'Ångström',
      'of.lukasz': 'ŁUKASZ',
      'of.strasse': 'Straße',
      'of.ivan': 'ИВАН Ёлкин',
      'of.mukhammad': 'مُحَمَّد',
      'of.han': '김한',
      'of.ka': 'かな',
      'of.ga': 'がな',
      'of.percent': '100％ ＿',
    };
    beforeAll(() =>
      parley.sql(`INSERT INTO users (username, display_name) SELECT key, value FROM jsonb_each_text($1)`, [
        JSON.stringify(DISPLAY_NAMES),
      ]),
    );

    it.each([
      ['zoe', ['of.zoe', 'of.decomposed']],
      ['ZOË', ['of.zoe', 'of.decomposed']],
      ['zoe\u0308', ['of.zoe', 'of.decomposed']],
      ['ｚｏｅ', ['of.zoe', 'of.decomposed']],
      ['oë d', ['of.decomposed']],
      ['óf.zo', ['of.zoe']],
      ['angstrom', ['of.angstrom']],
      ['A\u030aNGSTRO\u0308M', ['of.angstrom']],
      ['lukasz', ['of.lukasz']],
      ['STRASSE', ['of.strasse']],
      ['STRAẞE', ['of.strasse']],
      ['иван елк', ['of.ivan']],
      ['محمد', ['of.mukhammad']],
      ['한', ['of.han']],
      ['か', ['of.ka']],
      ['か\u3099', ['of.ga']],
    ])('%s finds %j', async (text, usernames) => {
      expect((await names(parley, text)).toSorted()).toEqual(usernames.toSorted());
    });

    it.each(['zoé.', 'xoe', 'zo\u0308x', 'angström!', 'ёё'])('%s finds nobody', async (text) => {
      expect(await names(parley, text)).toEqual([]);
    });

    it.each(['\u0308', '\u0301\u0308\u0327', '\u200d', '\ufe0f\u200b'])(
      'only marks find nobody, not everybody (%j)',
      async (text) => {
        expect(await names(parley, text)).toEqual([]);
      },
    );

    it('takes a wide % and _ for themselves, as it takes those of ASCII', async () => {
      for (const text of ['0％', '0%', '_', '＿']) expect(await names(parley, text)).toEqual(['of.percent']);
      expect(await names(parley, '1％0')).toEqual([]);
    });

    it('compares names as searches of messages and the page compare texts', async () => {
      // Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, Hangul, general punctuation, letter-like, kana, forms.
      const blocks: [number, number][] = [
        [0x21, 0x24f],
        [0x300, 0x377],
        [0x384, 0x52f],
        [0x591, 0x5f4],
        [0x600, 0x6ff],
        [0x900, 0x97f],
        [0xe01, 0xe5b],
        [0x1100, 0x1112],
        [0x1ea0, 0x1ef9],
        [0x200b, 0x200f],
        [0x2010, 0x2064],
        [0x2100, 0x214f],
        [0x3041, 0x30ff],
        [0xac00, 0xac40],
        [0xfb00, 0xfb4f],
        [0xfe00, 0xfe0f],
        [0xff01, 0xff9f],
      ];
      const characters = blocks
        .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
        .map((point) => String.fromCodePoint(point))
        // White space is one thing in a text, and stays as it is in a name.
        .filter((character) => !/\s/.test(character));
      const rows = await parley.sql<{ character: string; folded: string }>(
        `SELECT character, fold_name('x' || character || 'x') AS folded FROM unnest($1::text[]) character`,
        [characters],
      );
      expect(rows).toHaveLength(characters.length);
      const differing = rows.filter(({ character, folded }) => folded !== fold(`x${character}x`));
      expect(differing).toEqual([]);
    });
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
    await plain.sql(`UPDATE users SET display_name = 'Zoë' WHERE username = 'bob'`);
    expect(await names(plain, 'zoe')).toEqual(['bob']);
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
