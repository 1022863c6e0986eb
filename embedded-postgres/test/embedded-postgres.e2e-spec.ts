import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded-postgres.js';
import { DataFolderLock } from '../src/data-folder/data-folder-lock.js';
import { makeProgramRole } from '../src/data-folder/program-role.js';
import { findBinaries } from '../src/installation/binaries.js';
import { startAsEarlierVersion } from './support/earlier-version.js';
import { newFolder, removeFolders } from './support/folders.js';
import { isAlive, isGone, run, type Run } from './support/processes.js';
import { query } from './support/query.js';

const MODULE = resolve(__dirname, '../dist/index.js');
const OWNER = resolve(__dirname, 'support/own-postgres.mjs');
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const whenRoot = isRoot ? it : it.skip;

const settings = { fsync: 'off' };
const running: EmbeddedPostgres[] = [];
const owners: Run[] = [];

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

const note = (url: string, text: string) =>
  query(url, `CREATE TABLE IF NOT EXISTS notes (text text); INSERT INTO notes VALUES ('${text}')`);
const notes = async (url: string) =>
  (await query(url, 'SELECT text FROM notes ORDER BY text')).map(({ text }) => text);

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  for (const { pid } of owners.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(removeFolders);

describe('the embedded PostgreSQL', () => {
  it('keeps its data, and leaves no process, when it is stopped and started again', async () => {
    const dataDir = join(newFolder(), 'made', 'when missing');
    const first = await start(dataDir);
    await note(first.url, 'kept');
    await first.stop();
    await first.stop();
    expect(await isGone(first.pid)).toBe(true);

    const second = await start(dataDir);
    expect(await notes(second.url)).toEqual(['kept']);
  });

  it('changes the case of letters of every language, whatever the locale of the machine is', async () => {
    const { url } = await start(join(newFolder(), 'data'));
    const [row] = await query(
      url,
      `SELECT lower('ÉÑЖ') AS small, current_setting('server_encoding') AS encoding`,
    );
    expect(row).toEqual({ small: 'éñж', encoding: 'UTF8' });
  });

  it('refuses connections without its password, which only its owner can read', async () => {
    const dataDir = join(newFolder(), 'data');
    const { url } = await start(dataDir);
    const stranger = new URL(url);
    stranger.password = 'guess';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(dataDir, 'postgres', 'parley.password')).mode & 0o777).toBe(0o600);
  });

  it('refuses a second start on the same folder, and does not stop the first one', async () => {
    const dataDir = join(newFolder(), 'data');
    const first = await start(dataDir);
    await note(first.url, 'first');
    await expect(start(dataDir)).rejects.toThrow(/in use by another start of Parley/);
    expect(await notes(first.url)).toEqual(['first']);
  });

  it('starts once when two processes start on one folder at the same time', async () => {
    const dataDir = join(newFolder(), 'data');
    const starts = await Promise.allSettled([startElsewhere(dataDir), startElsewhere(dataDir)]);
    const lines = starts.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    expect(lines.filter((line) => line?.url)).toHaveLength(1);
    expect(lines.find((line) => !line?.url)).toMatchObject({ name: 'DataFolderInUse' });
  });

  it('loses no data when PostgreSQL is killed', async () => {
    const dataDir = join(newFolder(), 'data');
    const first = await start(dataDir);
    await note(first.url, 'before the kill');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

    const second = await start(dataDir);
    expect(await notes(second.url)).toEqual(['before the kill']);
  });

  it('stops when its process is killed, and starts again with its data', async () => {
    const dataDir = join(newFolder(), 'data');
    const { owner, url, pid } = await startElsewhere(dataDir);
    await note(url, 'before the kill');
    process.kill(owner.pid, 'SIGKILL');

    const second = await start(dataDir); // at once: the old one is just stopping
    expect(await notes(second.url)).toEqual(['before the kill']);
    expect(isAlive(pid)).toBe(false);
  });

  it('stops the PostgreSQL of an earlier start when that was left running', async () => {
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

  it('does not stop another program when that has the process id of an earlier PostgreSQL', async () => {
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

  it('removes an unfinished database when its creation was killed', async () => {
    const dataDir = newFolder();
    const { pid } = spawnSync(process.execPath, ['--version']);
    mkdirSync(join(dataDir, `postgres.new-${pid}`, 'cluster'), { recursive: true });
    await start(dataDir);
    expect(readdirSync(dataDir).toSorted()).toEqual(['postgres', 'postgres.log']);
  });

  it('explains what to do when the folder cannot be created', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(start(join(file, 'data'))).rejects.toThrow(/cannot be used.*set DATA_DIR/);
  });

  it('explains what to do when there is no PostgreSQL for the machine', () => {
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
  it('is created completely or not at all when PostgreSQL is killed meanwhile', async () => {
    const dataDir = join(newFolder(), 'data');
    const before = await startAsEarlierVersion(dataDir);
    await note(before.url, 'kept');
    // PostgreSQL is killed while the change of owner waits for a lock.
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

  whenRoot('an ordinary user gets an error when the folder is not theirs', async () => {
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
  const owner = run(process.execPath, [script, join(place, 'dist', 'index.js'), dataDir], {
    cwd: place,
    ...user,
  });
  owners.push(owner);
  return owner;
}

/** Copies the module to a folder that every user can reach, because only root may be able to reach the checkout. */
function reachableCopy(): string {
  const place = newFolder();
  chmodSync(place, 0o755);
  const modules = findModules();
  const needed = ['pg', 'pgpass', 'split2', 'xtend', '@embedded-postgres'];
  const names = readdirSync(modules).filter((name) => needed.includes(name) || /^(pg|postgres)-/.test(name));
  const copy = (from: string, to: string) =>
    cpSync(from, join(place, to), { recursive: true, verbatimSymlinks: true });
  for (const name of names) copy(join(modules, name), join('node_modules', name));
  copy(dirname(MODULE), 'dist');
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
