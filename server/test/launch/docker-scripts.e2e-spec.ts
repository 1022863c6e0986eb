import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/database/migrator.js';
import { ServerProcess } from '../faults/harness/processes.js';
import { sleep, until } from '../faults/harness/wait.js';
import { freePort } from './parley.js';
import { run } from './processes.js';
import { createDatabase } from '../support/database.js';
import { Parley } from '../support/parley.js';
import { ROOT, textOf, setUpSecrets } from './docker-files.js';

/** What docker/secrets.sh makes, in a folder of our own. */
const { folder, made } = setUpSecrets();

/** Contents by name. */
const secretFiles = (): Record<string, string> =>
  Object.fromEntries(readdirSync(made).map((name) => [name, readFileSync(join(made, name), 'utf8')]));

describe('docker/secrets.sh', () => {
  it('makes passwords of 192 bits, and the settings that contain them', () => {
    const secret = secretFiles();
    const passwords = ['postgres_password', 'parley_password', 'redis_password'].map(
      (name) => secret[name] ?? '',
    );
    for (const password of passwords) expect(password).toMatch(/^[\da-f]{48}$/);
    expect(new Set(passwords).size).toBe(3);
    expect(new URL(secret['database_url'] ?? '').password).toBe(passwords[1]);
    expect(new URL(secret['redis_url'] ?? '').password).toBe(passwords[2]);
    expect(secret['redis.conf']).toBe(`requirepass ${passwords[2]}\n`);
  });

  it('lets nobody else into the folder, and the containers read the files', () => {
    expect(statSync(made).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(made)) expect(statSync(join(made, name)).mode & 0o777).toBe(0o644);
  });

  it('leaves everything as it is when it is run again', () => {
    const before = secretFiles();
    execFileSync('sh', [join(folder, 'secrets.sh')]);
    expect(secretFiles()).toEqual(before);
  });

  it('protects a Redis: none but those with its password are let in', async () => {
    const port = String(await freePort());
    const redis = run(process.env.REDIS_SERVER_PATH ?? 'redis-server', [
      join(made, 'redis.conf'),
      `--port ${port}`,
      '--bind 127.0.0.1',
      '--save ""',
      '--appendonly no',
    ]);
    await redis.says(/Ready to accept connections/);
    const url = new URL((secretFiles()['redis_url'] ?? '').trim());
    url.hostname = '127.0.0.1';
    url.port = port;
    const server = await ServerProcess.start({ DATABASE_URL: await createDatabase(), REDIS_URL: url.href });
    try {
      await until('the bus is up', async () => (await readiness(server)) === 'ok');
      url.password = 'wrong';
      await server.kill();
      await server.restart({ REDIS_URL: url.href });
      await sleep(500);
      expect(await readiness(server)).toBe('degraded');
    } finally {
      await server.kill();
      redis.child.kill('SIGKILL');
      await redis.ended;
    }
  });
});

describe('docker/backup.sh', () => {
  const backups = mkdtempSync(join(tmpdir(), 'parley-backups-'));
  const old = ['2020-01-03', '2020-01-01', '2020-01-02'].map((day) => `parley-${day}T03-30-00Z.backup.gz`);
  const backUp = (settings: Record<string, string>) => {
    const env = { ...process.env, AUTH_MODE: 'simulation', ...settings };
    return run('bash', [join(ROOT, 'docker/backup.sh'), backups], { env }).ended;
  };
  beforeAll(() => {
    for (const name of old) writeFileSync(join(backups, name), '');
  });
  afterAll(() => rmSync(backups, { recursive: true }));

  it('removes nothing when the backup fails, or BACKUPS_KEPT is no number', async () => {
    const nowhere = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    expect(await backUp({ DATABASE_URL: nowhere, BACKUPS_KEPT: '1' })).toBe(1);
    const DATABASE_URL = await createDatabase();
    for (const BACKUPS_KEPT of ['0', 'all', '-1'])
      expect(await backUp({ DATABASE_URL, BACKUPS_KEPT })).toBe(2);
    expect(readdirSync(backups).toSorted()).toEqual(old.toSorted());
  });

  it('makes a backup, and keeps the newest', async () => {
    expect(await backUp({ DATABASE_URL: await createDatabase(), BACKUPS_KEPT: '2' })).toBe(0);
    const [newest = '', next] = readdirSync(backups).toSorted().toReversed();
    expect(next).toBe('parley-2020-01-03T03-30-00Z.backup.gz');
    expect(statSync(join(backups, newest)).size).toBeGreaterThan(0);
    expect(readdirSync(backups)).toHaveLength(2);
  });
});

it('the role that docker/postgres-init.sql makes is no superuser, and all that the program needs', async () => {
  const admin = new URL(process.env.TEST_POSTGRES_ADMIN_URL ?? 'none:');
  admin.pathname = '/postgres';
  const name = `app_${randomUUID().replaceAll('-', '')}`;
  const statements = textOf('docker/postgres-init.sql')
    .replaceAll(/^(--|\\).*$/gm, '')
    .replaceAll(/\bparley\b/g, name)
    .replace(":'password'", "'pass-word'")
    .split(';')
    .filter((statement) => statement.trim() !== '');
  expect(statements).toHaveLength(3);
  const client = new Client({ connectionString: admin.href });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  const { rows } = await client.query(
    `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1`,
    [name],
  );
  await client.end();
  expect(Object.values(rows[0] as object)).toEqual([false, false, false, false, false]);

  const url = new URL(admin.href);
  Object.assign(url, { username: name, password: 'pass-word', pathname: `/${name}` });
  await migrate(url.href, { exampleUsers: true, allowNewerDatabase: false });
  const parley = await Parley.start({}, url.href);
  const { room, a } = await parley.newRoom();
  expect(await parley.send(room.id, a.id, 'hello')).toMatchObject({ text: 'hello', seq: 1 });
  await parley.stop();
});

async function readiness({ origin }: ServerProcess): Promise<unknown> {
  const { status } = (await (await fetch(`${origin}/health/ready`)).json()) as { status: unknown };
  return status;
}
