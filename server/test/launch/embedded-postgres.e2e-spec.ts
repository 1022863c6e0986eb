import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { findBinaries } from '../../src/database/embedded/binaries.js';
import {
  clusterIn,
  createCluster,
  letEnter,
  openDataFolder,
  readPassword,
} from '../../src/database/embedded/cluster.js';
import { DataFolderLock, urlOf } from '../../src/database/embedded/data-folder-lock.js';
import { makeProgramRole } from '../../src/database/embedded/program-role.js';
import { chooseRunAs, ownerOf } from '../../src/database/embedded/run-as.js';
import { startPostmaster } from '../../src/database/embedded/start-postmaster.js';
import { migrate } from '../../src/database/migrate.js';
import { isAlive, isGone, run, type Run } from './processes.js';

const MODULE = resolve(__dirname, '../../dist/database/embedded-postgres.js');
const OWNER = resolve(__dirname, 'own-postgres.mjs');
const PARTITIONS = resolve(__dirname, '../../../docs/partition-messages.sql');
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const whenRoot = isRoot ? it : it.skip;

const settings = { fsync: 'off' };
const folders: string[] = [];
const running: EmbeddedPostgres[] = [];
const owners: Run[] = [];

/** A folder that mkdtemp makes can be entered by its owner alone. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pg-'));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, settings });
  running.push(postgres);
  return postgres;
}

/** Another process that owns the database of this folder. */
async function startElsewhere(dataDir: string): Promise<{ owner: Run; url: string; pid: number }> {
  const owner = run(process.execPath, [OWNER, MODULE, dataDir]);
  owners.push(owner);
  return { owner, ...(await answerOf(owner)) };
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const note = (url: string, text: string) =>
  query(url, `CREATE TABLE IF NOT EXISTS notes (text text); INSERT INTO notes VALUES ('${text}')`);
const notes = async (url: string) =>
  (await query(url, 'SELECT text FROM notes ORDER BY text')).map(({ text }) => text);

const passwordIn = (dataDir: string, role: string) => join(dataDir, 'postgres', `${role}.password`);

/** The folder as versions up to 0.1.0 made it: the role of the program is the superuser. */
async function startAsEarlierVersion(
  dataDir: string,
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const owner = ownerOf(dataDir);
  await openDataFolder(dataDir);
  const runAs = chooseRunAs(findBinaries(), dataDir, owner);
  letEnter(runAs, dataDir);
  await createCluster(dataDir, runAs, false);
  const { postmaster, port } = await startPostmaster(
    { dataDir, port: undefined, settings, log: () => undefined },
    runAs,
  );
  const password = readPassword(clusterIn(dataDir));
  await query(urlOf('postgres', port, password), 'CREATE DATABASE parley');
  return { url: urlOf('parley', port, password), pid: postmaster.pid ?? 0, stop: () => postmaster.stop() };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  for (const { pid } of owners.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('keeps its data from one start to the next, and leaves no process behind', async () => {
    const dataDir = join(newFolder(), 'made', 'when missing');
    const first = await start(dataDir);
    await note(first.url, 'kept');
    await first.stop();
    await first.stop();
    expect(await isGone(first.pid)).toBe(true);

    const second = await start(dataDir);
    expect(await notes(second.url)).toEqual(['kept']);
  });

  it('knows letters of every language, whatever the machine speaks', async () => {
    const { url } = await start(join(newFolder(), 'data'));
    const [row] = await query(
      url,
      `SELECT lower('ÉÑЖ') AS small, current_setting('server_encoding') AS encoding`,
    );
    expect(row).toEqual({ small: 'éñж', encoding: 'UTF8' });
  });

  it('lets nobody in without its password, and shows that to its owner only', async () => {
    const dataDir = join(newFolder(), 'data');
    const { url } = await start(dataDir);
    const stranger = new URL(url);
    stranger.password = 'guess';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(dataDir, 'postgres', 'parley.password')).mode & 0o777).toBe(0o600);
  });

  it('refuses a second start on the same folder, and leaves the first one alone', async () => {
    const dataDir = join(newFolder(), 'data');
    const first = await start(dataDir);
    await note(first.url, 'first');
    await expect(start(dataDir)).rejects.toThrow(/in use by another start of Parley/);
    expect(await notes(first.url)).toEqual(['first']);
  });

  it('gives the folder to exactly one of two that start at the same instant', async () => {
    const dataDir = join(newFolder(), 'data');
    const starts = await Promise.allSettled([startElsewhere(dataDir), startElsewhere(dataDir)]);
    const lines = starts.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    expect(lines.filter((line) => line?.url)).toHaveLength(1);
    expect(lines.find((line) => !line?.url)).toMatchObject({ name: 'DataFolderInUse' });
  });

  it('loses nothing when PostgreSQL itself is killed', async () => {
    const dataDir = join(newFolder(), 'data');
    const first = await start(dataDir);
    await note(first.url, 'before the kill');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

    const second = await start(dataDir);
    expect(await notes(second.url)).toEqual(['before the kill']);
  });

  it('ends with the process that owns it, also when that is killed, and starts again with its data', async () => {
    const dataDir = join(newFolder(), 'data');
    const { owner, url, pid } = await startElsewhere(dataDir);
    await note(url, 'before the kill');
    process.kill(owner.pid, 'SIGKILL');

    const second = await start(dataDir); // at once: the old one is just stopping
    expect(await notes(second.url)).toEqual(['before the kill']);
    expect(isAlive(pid)).toBe(false);
  });

  it('takes the place of a server that outlived its owner', async () => {
    const dataDir = join(newFolder(), 'data');
    const { owner, url, pid } = await startElsewhere(dataDir);
    await note(url, 'from the orphan');
    killWatcherOf(pid);
    process.kill(owner.pid, 'SIGKILL');
    await owner.ended;
    expect(isAlive(pid)).toBe(true);

    const second = await start(dataDir);
    expect(await notes(second.url)).toEqual(['from the orphan']);
    expect(isAlive(pid)).toBe(false);
  });

  it('does not harm a program that by now has the number of a PostgreSQL lost in a power cut', async () => {
    const dataDir = join(newFolder(), 'data');
    const first = await start(dataDir);
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    const asItWas = readFileSync(pidFile, 'utf8');
    await first.stop();
    const bystander = run(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    owners.push(bystander);
    writeFileSync(pidFile, asItWas.replace(/^\d+/, String(bystander.pid)));

    await start(dataDir);
    expect(isAlive(bystander.pid)).toBe(true);
  });

  it('clears away a database that was killed in the making', async () => {
    const dataDir = newFolder();
    const { pid } = spawnSync(process.execPath, ['--version']);
    mkdirSync(join(dataDir, `postgres.new-${pid}`, 'cluster'), { recursive: true });
    await start(dataDir);
    expect(readdirSync(dataDir).toSorted()).toEqual(['postgres', 'postgres.log']);
  });

  it('says what to do when the folder cannot be made', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(start(join(file, 'data'))).rejects.toThrow(/cannot be used.*set DATA_DIR/);
  });

  it('says what to do on a machine that it has no PostgreSQL for', () => {
    expect(() => findBinaries('sunos', 'mips')).toThrow(/Set DATABASE_URL/);
  });
});

describe('the role of the program', () => {
  const ROLES = `SELECT rolname AS name, rolsuper AS super, rolcreaterole AS roles, rolreplication AS replication
    FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname`;
  const TWO_ROLES = [
    { name: 'parley', super: false, roles: false, replication: false },
    { name: 'parley_admin', super: true, roles: true, replication: true },
  ];
  const NOT_OWNED = `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'extra') AND c.relowner <> 'parley'::regrole`;

  it('is no superuser: it reaches no files and no programs of the machine', async () => {
    const dataDir = join(newFolder(), 'data');
    const { url, adminUrl } = await start(dataDir);
    expect(await query(url, ROLES)).toEqual(TWO_ROLES);
    await expect(query(url, `COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toThrow('permission denied');
    await expect(query(url, `SELECT pg_read_file('/etc/hostname')`)).rejects.toThrow('permission denied');
    await expect(query(url, 'ALTER ROLE parley SUPERUSER')).rejects.toThrow('permission denied');
    await migrate(url, { exampleUsers: true, allowNewerDatabase: false });
    expect(
      await query(adminUrl(), 'SELECT current_user::text AS name, count(*)::int AS users FROM users'),
    ).toEqual([{ name: 'parley_admin', users: 5 }]);
    const [own, admin] = ['parley', 'parley_admin'].map((role) => passwordIn(dataDir, role));
    for (const file of [own, admin]) expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    expect(readFileSync(own ?? '', 'utf8')).not.toBe(readFileSync(admin ?? '', 'utf8'));
  });

  it('stops being one in a data folder of an earlier version, which keeps its password and all its data', async () => {
    const dataDir = join(newFolder(), 'data');
    const before = await startAsEarlierVersion(dataDir);
    expect(await query(before.url, ROLES)).toEqual([
      expect.objectContaining({ name: 'parley', super: true }),
    ]);
    await migrate(before.url, { exampleUsers: true, allowNewerDatabase: false });
    // Tables, partitions, sequences of columns and by themselves, views, extensions.
    await query(before.url, readFileSync(PARTITIONS, 'utf8'));
    await query(
      before.url,
      `CREATE SCHEMA extra; CREATE TABLE extra."Odd name" (id serial, n bigint GENERATED ALWAYS AS IDENTITY);
       CREATE VIEW extra.seen AS SELECT * FROM users; CREATE MATERIALIZED VIEW extra.kept AS SELECT * FROM users;
       CREATE EXTENSION citext`,
    );
    await note(before.url, 'kept');
    // An earlier attempt was killed before it had changed anything.
    const password = 'of-the-first-attempt';
    writeFileSync(passwordIn(dataDir, 'parley_admin'), password, { mode: 0o600 });
    const programPassword = readFileSync(passwordIn(dataDir, 'parley'), 'utf8');
    await before.stop();

    for (let i = 0; i < 2; i++) {
      const { url, adminUrl, stop } = await start(dataDir);
      expect(await query(url, ROLES)).toEqual(TWO_ROLES);
      expect(await query(url, NOT_OWNED)).toEqual([]);
      expect(await notes(url)).toEqual(Array.from({ length: i + 1 }, (_, n) => ['kept', 'later'][n]));
      await note(url, 'later');
      await query(
        url,
        `INSERT INTO users (username, display_name) VALUES ('u${i}', 'u'); ALTER TABLE messages ADD m${i} int`,
      );
      expect(new URL(adminUrl()).password).toBe(password);
      expect(await query(adminUrl(), 'SELECT count(*)::int AS users FROM users')).toEqual([{ users: 6 + i }]);
      await stop();
    }
    expect(readFileSync(passwordIn(dataDir, 'parley'), 'utf8')).toBe(programPassword);
  });

  it('is all or nothing when PostgreSQL is killed while it is made', async () => {
    const dataDir = join(newFolder(), 'data');
    const before = await startAsEarlierVersion(dataDir);
    await note(before.url, 'kept');
    // Makes the change of owner wait, and dies then.
    const holder = new Client({ connectionString: before.url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE notes');
    const lock = await DataFolderLock.take(before.url.replace(/[^/]*$/, 'postgres'));
    if (!lock) throw new Error('The lock is free.');
    const made = makeProgramRole(lock, {
      url: before.url,
      database: 'parley',
      password: new URL(before.url).password,
      adminPassword: () => Promise.resolve('never used'),
    }).then(
      () => 'made',
      () => 'failed',
    );
    const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%'`;
    while ((await query(before.url, waits)).length === 0) await sleep(20);
    process.kill(before.pid, 'SIGKILL');
    expect(await made).toBe('failed');
    await lock.release();
    await before.stop();

    const { url } = await start(dataDir);
    expect(await query(url, ROLES)).toEqual(TWO_ROLES);
    expect(await notes(url)).toEqual(['kept']);
  });
});

describe('as another user', () => {
  whenRoot('root runs it in a folder that only root may enter, and keeps the files', async () => {
    const dataDir = join(newFolder(), 'data');
    const { url } = await start(dataDir);
    await note(url, 'root');
    const [{ uid }] = [statSync(join(dataDir, 'postgres'))];
    expect([0, NOBODY]).toContain(uid);
  });

  whenRoot("root runs it in somebody's folder as that user, who can go on with it", async () => {
    const place = reachableCopy();
    const dataDir = join(place, 'data');
    mkdirSync(dataDir);
    chownSync(dataDir, NOBODY, NOBODY);
    const byRoot = startCopy(place, dataDir, {});
    await note((await answerOf(byRoot)).url, 'by root');
    byRoot.child.kill('SIGTERM');
    expect(await byRoot.ended).toBe(0);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(NOBODY);

    const byNobody = startCopy(place, dataDir, { uid: NOBODY, gid: NOBODY });
    expect(await notes((await answerOf(byNobody)).url)).toEqual(['by root']);
    byNobody.child.kill('SIGTERM');
    expect(await byNobody.ended).toBe(0);
  });

  whenRoot('an ordinary user is told when the folder is not theirs', async () => {
    const place = reachableCopy();
    const byNobody = startCopy(place, join(place, 'no'), { uid: NOBODY, gid: NOBODY });
    expect(await answerOf(byNobody)).toMatchObject({
      name: 'DataFolderUnusable',
      error: expect.stringMatching(/cannot be used: permission is denied\. Make it writable/),
    });
  });

  whenRoot(
    'root runs it where user namespaces are forbidden too, and takes over what that leaves behind',
    async () => {
      const dataDir = join(newFolder(), 'data'); // mkdtemp: nobody but root gets here
      const withoutUnshare = { env: { PATH: '' } };
      const first = run(process.execPath, [OWNER, MODULE, dataDir], withoutUnshare);
      owners.push(first);
      const { url, pid } = await answerOf(first);
      await note(url, 'in a container');
      expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY);
      killWatcherOf(pid);
      process.kill(first.pid, 'SIGKILL');

      const second = run(process.execPath, [OWNER, MODULE, dataDir], withoutUnshare);
      owners.push(second);
      expect(await notes((await answerOf(second)).url)).toEqual(['in a container']);
      expect(isAlive(pid)).toBe(false);
      second.child.kill('SIGTERM');
      expect(await second.ended).toBe(0);

      const elsewhere = await start(dataDir);
      expect(await notes(elsewhere.url)).toEqual(['in a container']);
    },
  );
});

const answerOf = async (owner: Run) =>
  JSON.parse((await owner.says(/\{.*\}/))[0]) as { url: string; pid: number; error?: string };

function startCopy(place: string, dataDir: string, user: { uid?: number; gid?: number }): Run {
  const script = join(place, 'own-postgres.mjs');
  const owner = run(process.execPath, [script, join(place, 'embedded-postgres.js'), dataDir], {
    cwd: place,
    ...user,
  });
  owners.push(owner);
  return owner;
}

/** The checkout may lie where only root gets to, so the module goes where anybody does. */
function reachableCopy(): string {
  const place = newFolder();
  chmodSync(place, 0o755);
  const modules = findModules();
  const needed = ['pg', 'pgpass', 'split2', 'xtend', '@embedded-postgres'];
  const names = readdirSync(modules).filter((name) => needed.includes(name) || /^(pg|postgres)-/.test(name));
  const copy = (from: string, to: string) =>
    cpSync(from, join(place, to), { recursive: true, verbatimSymlinks: true });
  for (const name of names) copy(join(modules, name), join('node_modules', name));
  copy(MODULE, 'embedded-postgres.js');
  copy(join(dirname(MODULE), 'embedded'), 'embedded');
  copy(OWNER, 'own-postgres.mjs');
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  return place;
}

function findModules(from = __dirname): string {
  const folder = join(from, 'node_modules');
  return existsSync(join(folder, 'pg')) ? folder : findModules(dirname(from));
}

function killWatcherOf(pid: number): void {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const words = commandOf(name);
    if (words[3] === 'parley-postgres-watcher' && words[4] === String(pid))
      process.kill(Number(name), 'SIGKILL');
  }
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
