import type { User } from '@parley/shared';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { MIGRATIONS } from '../../src/database/data-source.js';
import { dryRun, migrate } from '../../src/database/migrator.js';
import { SchemaMismatchError } from '../../src/database/schema.js';
import { freePort, ROOT } from './parley.js';
import { run, type Run } from './processes.js';
import { createDatabase, createEmptyDatabase } from '../support/database.js';
import { Parley } from '../support/parley.js';

const OPTIONS = { exampleUsers: false, allowNewerDatabase: false };
const OPERATIONS: [string, string, unknown?][] = [
  ['GET', '/api/users/'],
  ['POST', '/api/users/', { username: 'frida' }],
  ['GET', '/api/rooms/?active_user=1'],
  ['POST', '/api/rooms/create/', { user_id: 1, active_user_id: 2 }],
  ['GET', '/api/rooms/1/?active_user=1'],
  ['GET', '/api/rooms/1/messages/'],
  ['POST', '/api/rooms/1/messages/', { text: 'x', active_user_id: 1 }],
  ['POST', '/api/messages/1/read/'],
];

const open: Parley[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((parley) => parley.stop()));
});
async function serve(databaseUrl: string, settings: Record<string, string> = {}): Promise<Parley> {
  const parley = await Parley.start({ LOG_LEVEL: 'silent', ...settings }, databaseUrl);
  open.push(parley);
  return parley;
}

async function sql<Row>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
const migrateAsNewer = (url: string) =>
  sql(url, `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Future9999999999999')`);
const tablesOf = async (url: string) =>
  (
    await sql<{ name: string }>(
      url,
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    )
  ).map(({ name }) => name);
/** All migrations, in the order in which they are applied. */
const NAMES = MIGRATIONS.map(({ name }) => name);
const usernamesOf = async (url: string) =>
  (await sql<User>(url, 'SELECT username FROM users ORDER BY id')).map(({ username }) => username);

/** Milliseconds until it is ready, asking nobody: the list of users is read. */
async function healed(parley: Parley): Promise<void> {
  const until = Date.now() + 10_000;
  while ((await parley.get('/api/users/')).status !== 200) {
    if (Date.now() > until) throw new Error('The server does not become ready.');
    await sleep(50);
  }
}

describe('a server on a database that is not migrated', () => {
  it('is alive but not ready, and says what to run', async () => {
    const parley = await serve(await createEmptyDatabase());
    const { status, body } = await parley.get<{ detail: string }>('/health/ready');
    expect(status).toBe(503);
    expect(body.detail).toBe(
      `The database is not migrated: it lacks ${NAMES.join(', ')}. Run "npm run migrate".`,
    );
    expect((await parley.get('/health/live')).status).toBe(200);
  });

  it('answers every call with 503 and the reason', async () => {
    const parley = await serve(await createEmptyDatabase());
    for (const [method, path, body] of OPERATIONS) {
      const answer = await parley.call(method, path, body === undefined ? {} : { body });
      expect([path, answer.status, answer.body.detail]).toEqual([
        path,
        503,
        expect.stringMatching(/not migrated/),
      ]);
      expect(answer.headers.get('Retry-After')).toBe('1');
    }
    const refused = new WebSocket(`${parley.origin.replace('http', 'ws')}/ws/?active_user=1`);
    const error = await new Promise<Error>((resolve) => refused.once('error', resolve));
    expect(error.message).toContain('503');
  });

  it('becomes ready by itself when somebody migrates', async () => {
    const url = await createEmptyDatabase();
    const parley = await serve(url);
    expect((await parley.get('/api/users/')).status).toBe(503);
    await migrate(url, { ...OPTIONS, exampleUsers: true });
    await healed(parley);
    expect((await parley.get('/health/ready')).status).toBe(200);
    await parley.userSocket(1);
  });

  it('becomes ready with the first readiness probe after the migration', async () => {
    const url = await createEmptyDatabase();
    const parley = await serve(url);
    await migrate(url, OPTIONS);
    expect((await parley.get('/health/ready')).status).toBe(200);
  });
});

describe('a server on a database that a newer version has migrated', () => {
  it('is not ready when it starts there, and is when the migration is gone', async () => {
    const url = await createDatabase();
    await migrateAsNewer(url);
    const parley = await serve(url);
    const { status, body } = await parley.get<{ detail: string }>('/health/ready');
    expect([status, body.detail]).toEqual([
      503,
      expect.stringMatching(
        /newer than this Parley .*does not know Future9999999999999.*Run the newer version/,
      ),
    ]);
    expect((await parley.get('/api/users/')).status).toBe(503);
    await sql(url, `DELETE FROM migrations WHERE name LIKE 'Future%'`);
    await healed(parley);
  });

  it('is ready when ALLOW_NEWER_DATABASE is on', async () => {
    const url = await createDatabase();
    await migrateAsNewer(url);
    const parley = await serve(url, { ALLOW_NEWER_DATABASE: 'on' });
    expect((await parley.get('/health/ready')).status).toBe(200);
    expect((await parley.get('/api/users/')).status).toBe(200);
  });

  it('stays ready when it was ready before, and looks at the migrations no more', async () => {
    const url = await createDatabase();
    const parley = await serve(url);
    await migrateAsNewer(url);
    expect((await parley.get('/health/ready')).status).toBe(200);
    await sql(url, 'DROP TABLE migrations');
    expect((await parley.get('/health/ready')).status).toBe(200);
    expect((await parley.get('/api/users/')).status).toBe(200);
  });
});

const runs: Run[] = [];
afterEach(async () => {
  for (const { child, ended } of runs.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});
function program(name: 'serve' | 'migrate', args: string[], settings: Record<string, string>): Run {
  const started = run(process.execPath, [join(ROOT, `server/dist/${name}.js`), ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: '', AUTH_MODE: '', ALLOW_NEWER_DATABASE: '', ...settings },
  });
  runs.push(started);
  return started;
}
async function migrateWith(args: string[], settings: Record<string, string>): Promise<[number, string]> {
  const started = program('migrate', args, settings);
  return [Number(await started.ended), started.output()];
}

/** What a migration that worked answers: one line of the log. @param applied null: there was nothing to do. */
function done(applied: string | null): [number, unknown] {
  const line = `"msg":"The database is up to date","applied":${JSON.stringify(applied)}}`;
  return [0, expect.stringMatching(new RegExp(`^\\{[^\n]*${line}\n$`))];
}

describe('npm run serve', () => {
  it('ends its server with code 0 when npm gets SIGTERM', async () => {
    const port = await freePort();
    const npm = run('npm', ['run', '--silent', 'serve'], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: await createDatabase(), PORT: String(port), NODE_ENV: '' },
    });
    runs.push(npm);
    await npm.says(/"msg":"Parley serves/);
    npm.child.kill('SIGTERM');
    expect(await npm.ended).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('logs the reason once when the database is not migrated, and once when it is', async () => {
    const url = await createEmptyDatabase();
    const server = program('serve', [], {
      DATABASE_URL: url,
      PORT: String(await freePort()),
      LOG_LEVEL: 'warn',
    });
    await server.says(/"msg":"The database is not migrated: .*npm run migrate/);
    await sleep(2_200);
    // From here on a check can find a part of the migrations done, which is another reason.
    expect(server.output().match(/is not migrated/g)).toHaveLength(1);
    await migrate(url, OPTIONS);
    await server.says(/"msg":"The schema of the database fits now/);
    expect(server.output().match(/fits now/g)).toHaveLength(1);
  });
});

describe('npm run migrate', () => {
  it('puts example users into an empty database in simulation, and none in production', async () => {
    const [simulation, production] = [await createEmptyDatabase(), await createEmptyDatabase()];
    expect(await migrateWith([], { DATABASE_URL: simulation })).toEqual(done(NAMES.join(', ')));
    expect(await usernamesOf(simulation)).toEqual(['alice', 'bob', 'carol', 'dave', 'erin']);
    const settings = { DATABASE_URL: production, NODE_ENV: 'production', AUTH_MODE: 'simulation' };
    expect(await migrateWith([], settings)).toEqual(done(NAMES.join(', ')));
    expect(await migrateWith([], settings)).toEqual(done(null));
    expect(await usernamesOf(production)).toEqual([]);
  });

  it('--status says what is pending, applied or unknown, by exit code too, and changes nothing', async () => {
    const url = await createEmptyDatabase();
    const status = () => migrateWith(['--status'], { DATABASE_URL: url });
    expect(await status()).toEqual([
      3,
      expect.stringMatching(
        new RegExp(`^${NAMES.map((name) => `pending +${name}\\n`).join('')}.*npm run migrate`),
      ),
    ]);
    expect(await tablesOf(url)).toEqual([]);
    await migrate(url, OPTIONS);
    expect(await status()).toEqual([
      0,
      `${NAMES.map((name) => `applied  ${name}\n`).join('')}The database is up to date.\n`,
    ]);
    await migrateAsNewer(url);
    expect(await status()).toEqual([4, expect.stringMatching(/\nunknown +Future9999999999999\n.*newer/)]);
  });

  it('--dry-run prints the SQL that makes the schema, and changes nothing', async () => {
    const [dry, real] = [await createEmptyDatabase(), await createEmptyDatabase()];
    const [code, text] = await migrateWith(['--dry-run'], { DATABASE_URL: dry });
    expect([code, await tablesOf(dry)]).toEqual([0, []]);
    expect(text).toMatch(/^-- Init1763856000000\nCREATE TABLE users \(\n {2}id /);
    await migrate(real, { ...OPTIONS, exampleUsers: true });
    await sql(dry, text);
    expect(await tablesOf(dry)).toEqual((await tablesOf(real)).filter((name) => name !== 'migrations'));
    expect(await usernamesOf(dry)).toEqual(await usernamesOf(real));
    expect(await dryRun(real, OPTIONS)).toEqual([]);
  });

  it('changes nothing in a newer database, unless that is allowed', async () => {
    const url = await createDatabase();
    await migrateAsNewer(url);
    const [code, text] = await migrateWith([], { DATABASE_URL: url });
    expect([code, text]).toEqual([1, expect.stringMatching(/"msg":"The database is newer than this Parley/)]);
    await expect(dryRun(url, OPTIONS)).rejects.toThrow(SchemaMismatchError);
    expect(await migrate(url, { ...OPTIONS, allowNewerDatabase: true })).toEqual([]);
  });

  it('refuses by name, with exit code 2, an option that it does not have', async () => {
    const settings = { DATABASE_URL: await createEmptyDatabase() };
    for (const [args, complaint] of [
      [['--staus'], /^--staus is not an option\. The options are --status, --dry-run/],
      [['up'], /^up is not an option/],
      [['--status', '--dry-run'], /do not go together/],
    ] as const) {
      expect(await migrateWith([...args], settings)).toEqual([2, expect.stringMatching(complaint)]);
    }
    expect(await tablesOf(settings.DATABASE_URL)).toEqual([]);
  });

  it('--help says what the options and exit codes are', async () => {
    expect(await migrateWith(['--help'], {})).toEqual([
      0,
      expect.stringMatching(/--status[^]*--dry-run[^]*Exit codes/),
    ]);
  });
});
