import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Message, Room } from '@parley/shared';
import { Client } from 'pg';
import { RESTORE_REV_STEP } from '../../src/database/restore-rev-step.js';
import { startEmbeddedPostgres } from '@parley/embedded-postgres';
import { migrate, MIGRATION_LOCK } from '../../src/database/migrator.js';
import {
  EMPTY_HEADER,
  everythingIn,
  fillAccountTables,
  query,
  tablesOf,
  until,
  writeBackup,
} from './backups.js';
import { newFolder, removeFolders, ROOT } from './parley.js';
import { isAlive, run, type Run } from './processes.js';
import { ChatClient } from '../faults/harness/chat-client.js';
import { Parley } from '../support/parley.js';
import { fillRoom, holdRoom } from '../support/rows.js';

jest.setTimeout(120_000);

const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
const whenMounts = canMount ? it : it.skip;
/** Enough that a kill or a stop comes before the end. */
const MANY = 150_000;

let parley: Parley;
/** Another one, with a room of MANY messages. */
let large: Parley;
let largeRoom: Room;
let folder: string;
const runs: Run[] = [];
const parleys: Parley[] = [];

beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
  large = await Parley.start({ RATE_LIMIT: 'off' });
  const { room, a } = await large.newRoom();
  largeRoom = room;
  await fillRoom(large, room.id, a.id, MANY);
});
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  for (const { pid, ended } of runs.splice(0)) {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await ended;
  }
  await Promise.all(parleys.splice(0).map((one) => one.stop()));
});
afterAll(async () => {
  await Promise.all([parley.stop(), large.stop()]);
  removeFolders();
});

function command(name: 'backup' | 'restore', env: Record<string, string>, ...args: string[]): Run {
  const one = run(process.execPath, [join(ROOT, `server/dist/${name}.js`), ...args], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: '', ...env },
  });
  runs.push(one);
  return one;
}

/** Runs it to its end. @returns what it prints. */
async function succeeds(name: 'backup' | 'restore', url: string, ...args: string[]): Promise<string> {
  const one = command(name, { DATABASE_URL: url }, ...args);
  const code = await one.ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${one.output()}`);
  return one.output();
}

/** @returns its sentence. */
async function fails(name: 'backup' | 'restore', url: string, ...args: string[]): Promise<string> {
  const one = command(name, { DATABASE_URL: url }, ...args);
  expect(await one.ended).toBe(1);
  expect(one.output().trim()).not.toContain('\n');
  return one.output().trim();
}

async function backupOf(url: string): Promise<string> {
  const file = join(folder, `${randomUUID()}.backup.gz`);
  await succeeds('backup', url, file);
  return file;
}

/** The URL of a database that does not exist. */
function newUrl(): string {
  const url = new URL(parley.databaseUrl);
  url.pathname = `/restored_${randomUUID().slice(0, 8)}`;
  return url.href;
}

/** A room whose messages are hard to copy by text, with receipts and a reply. */
async function talk(): Promise<Room> {
  const { room, a, b } = await parley.newRoom();
  const texts = ['\\.', '\\N', 'tab\tnew\nline\r\n\\n', '"quoted", {json}', 'Grüße 👋🏽 שלום', '\u0001\u007f'];
  for (const text of texts) await parley.send(room.id, a.id, text, randomUUID());
  await parley.send(room.id, b.id, 'x'.repeat(4_000));
  const socket = await parley.userSocket(b.id);
  await socket.ask({ type: 'read', room_id: room.id, seq: 3 });
  socket.terminate();
  return room;
}

describe('a backup', () => {
  it('restored into a new database is the same, row by row, and a server goes on from it', async () => {
    const room = await talk();
    await talk();
    await fillAccountTables(parley.databaseUrl);
    for (const table of await tablesOf(parley.databaseUrl)) {
      expect([table, await query(parley.databaseUrl, `SELECT FROM ${table} LIMIT 1`)]).toEqual([table, [{}]]);
    }
    const restored = newUrl();
    const file = await backupOf(parley.databaseUrl);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await succeeds('restore', restored, file)).toMatch(/^Restored .*messages: \d+/);
    expect(await everythingIn(restored, RESTORE_REV_STEP)).toEqual(await everythingIn(parley.databaseUrl, 0));
    // PostgreSQL plans as if the tables were empty until they are analysed.
    expect(await query(restored, `SELECT FROM pg_stats WHERE tablename = 'messages' LIMIT 1`)).toHaveLength(
      1,
    );

    const copy = await Parley.start({}, restored);
    parleys.push(copy);
    const [a] = room.users;
    const texts = async (of: Parley) =>
      (await of.history(room.id)).map(({ id, seq, text }) => ({ id, seq, text }));
    expect(await texts(copy)).toEqual(await texts(parley));
    const next: Message = await copy.send(room.id, a.id, 'after the restore');
    const last = (await parley.history(room.id)).at(-1)!;
    expect(next.seq).toBe(last.seq + 1);
    expect(next.id).toBeGreaterThan(
      Math.max(...(await parley.sql<{ id: number }>('SELECT id FROM messages')).map(({ id }) => Number(id))),
    );
    expect((await copy.newUser()).id).toBe((await parley.newUser()).id);
  });

  it('still has messages that have expired since, and a server that is started from it removes them first', async () => {
    const room = await talk();
    const held = await holdRoom(parley, room.id);
    await parley.sql(
      `UPDATE messages SET expires_at = now() - interval '1 second' WHERE room_id = $1 AND seq <= 2`,
      [room.id],
    );
    const file = await backupOf(parley.databaseUrl);
    await held.release();
    const restored = newUrl();
    await succeeds('restore', restored, file);
    const left = `SELECT FROM messages WHERE room_id = ${room.id} AND seq <= 2 AND text <> ''`;
    expect(await query(restored, left)).toHaveLength(2);

    const copy = await Parley.start({}, restored);
    parleys.push(copy);
    expect((await copy.history(room.id)).slice(0, 3).map(({ text }) => text === '')).toEqual([
      true,
      true,
      false,
    ]);
    await until(async () => (await query(restored, left)).length === 0);
  });

  it('is one moment of a database that is written to, blocks no send, and outlives a statement_timeout', async () => {
    const database = new URL(large.databaseUrl).pathname.slice(1);
    await query(large.databaseUrl, `ALTER DATABASE "${database}" SET statement_timeout = '100ms'`);
    const file = join(folder, 'file.gz');
    const backup = command('backup', { DATABASE_URL: large.databaseUrl }, file);
    await until(() => existsSync(`${file}.${backup.pid}.partial`));
    process.kill(backup.pid, 'SIGSTOP');
    await query(large.databaseUrl, `ALTER DATABASE "${database}" RESET statement_timeout`);
    for (let i = 0; i < 20; i++) {
      const sent = performance.now();
      await large.send(largeRoom.id, largeRoom.users[0].id, `while it runs ${i}`);
      expect(performance.now() - sent).toBeLessThan(1_000);
    }
    await sleep(300);
    process.kill(backup.pid, 'SIGCONT');
    expect(await backup.ended).toBe(0);

    const restored = newUrl();
    await succeeds('restore', restored, file);
    const [counts] = await query(
      restored,
      `SELECT last_seq::int, (SELECT count(*)::int FROM messages WHERE room_id = rooms.id) AS count FROM rooms`,
    );
    expect(counts).toEqual({ last_seq: MANY, count: MANY });
  });

  it('has the rows of a partitioned table', async () => {
    await talk();
    const partitioned = newUrl();
    await succeeds('restore', partitioned, await backupOf(parley.databaseUrl));
    await query(partitioned, readFileSync(join(ROOT, 'docs/partition-messages.sql'), 'utf8'));
    const restored = newUrl();
    const output = await succeeds('restore', restored, await backupOf(partitioned));
    expect(output).toContain('It was partitioned');
    expect(await everythingIn(restored, 2 * RESTORE_REV_STEP)).toEqual(
      await everythingIn(parley.databaseUrl, 0),
    );
  });

  it('never overwrites a file', async () => {
    const file = join(folder, 'file.gz');
    writeFileSync(file, 'precious');
    expect(await fails('backup', parley.databaseUrl, file)).toBe(
      `${file} exists already, and is not overwritten. Give another name, or remove it.`,
    );
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('writes nothing when the folder does not exist', async () => {
    const missing = join(folder, 'missing');
    const backup = command('backup', { DATABASE_URL: parley.databaseUrl }, missing);
    expect([await backup.ended, backup.output()]).toEqual([
      2,
      `${missing} is no folder that exists, and the name of a new file ends in .gz.\n`,
    ]);
    expect(existsSync(missing)).toBe(false);
  });

  it('that is killed leaves no file of that name, and the next one clears its rest away', async () => {
    const file = join(folder, 'file.gz');
    const killed = command('backup', { DATABASE_URL: large.databaseUrl }, file);
    const partial = `${file}.${killed.pid}.partial`;
    await until(() => existsSync(partial) && statSync(partial).size > 0);
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    expect(readdirSync(folder)).toEqual([`file.gz.${killed.pid}.partial`]);
    expect(await fails('restore', newUrl(), partial)).toMatch(/is not complete: its end is missing/);
    await succeeds('backup', large.databaseUrl, file);
    expect(readdirSync(folder)).toEqual(['file.gz']);
  });

  it('that is stopped by a signal leaves nothing, and exits with 130', async () => {
    const backup = command('backup', { DATABASE_URL: large.databaseUrl }, join(folder, 'file.gz'));
    await until(() => readdirSync(folder).length > 0);
    process.kill(backup.pid, 'SIGINT');
    expect(await backup.ended).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });

  whenMounts('says that the disk is full, and leaves nothing behind', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      expect(await fails('backup', large.databaseUrl, join(disk, 'file.gz'))).toMatch(
        /^The disk is full, so nothing was written/,
      );
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('is named after the time, in ./backups, when no name is given', async () => {
    await succeeds('backup', parley.databaseUrl);
    expect(readdirSync(join(folder, 'backups'))).toEqual([
      expect.stringMatching(/^parley-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.backup\.gz$/),
    ]);
  });
});

describe('a restore', () => {
  let file: string;
  beforeEach(async () => {
    file = await backupOf(parley.databaseUrl);
  });

  it.each([
    [
      'cut off',
      (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
      /is not complete: its end is missing/,
    ],
    [
      'changed',
      (bytes: Buffer) => gzipSync(Buffer.from(gunzipSync(bytes).toString().replace('alice', 'malie'))),
      /is damaged: its content does not match its checksum/,
    ],
    [
      'followed by more',
      (bytes: Buffer) => gzipSync(Buffer.concat([gunzipSync(bytes), Buffer.from('more')])),
      /is damaged: its content does not match its checksum/,
    ],
    ['no backup', () => Buffer.from('something else'), /is no backup of Parley, or damaged/],
    ['the backup of another program', () => gzipSync('{"format":"other"}\n'), /is no backup of Parley/],
  ])('refuses a file that is %s, before it touches the database', async (_, change, sentence) => {
    writeFileSync(file, change(readFileSync(file)));
    const url = newUrl();
    expect(await fails('restore', url, file)).toMatch(sentence);
    await expect(query(url, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('refuses the backup of a newer program, and names the version to use', async () => {
    const header = {
      ...EMPTY_HEADER,
      program: '9.0.0',
      migrations: ['Init1763856000000', 'Future1999999999999'],
    };
    await writeBackup(file, header);
    expect(await fails('restore', newUrl(), file)).toMatch(
      /newer Parley \(9\.0\.0\).*Future1999999999999.*Restore it with version 9\.0\.0 or newer\.$/,
    );
  });

  it('refuses a file with fewer rows than its header says', async () => {
    const tables = [{ name: 'users', columns: ['id'], rows: 1, partitioned: false }];
    await writeBackup(file, { ...EMPTY_HEADER, tables });
    expect(await fails('restore', newUrl(), file)).toMatch(/is damaged/);
  });

  it('refuses a database that another process migrates or restores', async () => {
    const url = newUrl();
    await query(parley.databaseUrl, `CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
    const other = new Client({ connectionString: url });
    await other.connect();
    try {
      await other.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      expect(await fails('restore', url, file)).toMatch(
        /^Another process migrates or restores this database now/,
      );
      expect(await tablesOf(url)).toEqual([]);
    } finally {
      await other.end();
    }
  });

  it('refuses a database that is not empty, and changes nothing in it', async () => {
    const before = await everythingIn(parley.databaseUrl, 0);
    expect(await fails('restore', parley.databaseUrl, file)).toMatch(
      /^The database is not empty: there are rows in/,
    );
    expect(await everythingIn(parley.databaseUrl, 0)).toEqual(before);
  });

  it('refuses a database with tables of another program', async () => {
    const url = newUrl();
    await query(parley.databaseUrl, `CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
    await query(url, 'CREATE TABLE accounts (id int)');
    expect(await fails('restore', url, file)).toMatch(/tables of another program \(accounts\)/);
    expect(await tablesOf(url)).toEqual(['accounts']);
  });

  it('accepts a database that was migrated, but never used', async () => {
    const url = newUrl();
    await query(parley.databaseUrl, `CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
    await migrate(url, { exampleUsers: false, allowNewerDatabase: false });
    await succeeds('restore', url, file);
    expect(await everythingIn(url, RESTORE_REV_STEP)).toEqual(await everythingIn(parley.databaseUrl, 0));
  });

  it('that is killed leaves a database that no server accepts, and a second one completes it', async () => {
    const largeFile = await backupOf(large.databaseUrl);
    const url = newUrl();
    const killed = command('restore', { DATABASE_URL: url }, largeFile);
    const isCopying = `SELECT FROM pg_stat_activity WHERE datname = '${new URL(url).pathname.slice(1)}' AND query LIKE 'COPY "messages"%'`;
    await until(async () => (await query(parley.databaseUrl, isCopying)).length > 0);
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    await until(async () => (await query(parley.databaseUrl, isCopying)).length === 0);

    const sentence =
      /^The database is not complete: a restore into it has not finished\. Run "npm run restore" again\.$/;
    await expect(migrate(url, { exampleUsers: true, allowNewerDatabase: false })).rejects.toThrow(sentence);
    const server = await Parley.start({ LOG_LEVEL: 'silent' }, url);
    parleys.push(server);
    expect((await server.get('/health/ready')).status).toBe(503);

    await succeeds('restore', url, largeFile);
    const hash = 'SELECT md5(string_agg(m::text, chr(10) ORDER BY room_id, seq)) FROM messages m';
    expect(await query(url, hash)).toEqual(await query(large.databaseUrl, hash));
    expect(await tablesOf(url)).not.toContain('unfinished_restore');
    await until(async () => (await server.get('/health/ready')).status === 200);
  });

  it('works for a role that only owns its database, and says how to make one that it may not make', async () => {
    const name = `owner_${randomUUID().slice(0, 8)}`;
    const admin = process.env.TEST_POSTGRES_ADMIN_URL ?? '';
    await query(admin, `CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    await query(admin, `CREATE DATABASE ${name} OWNER ${name}`);
    const own = new URL(parley.databaseUrl);
    own.username = name;
    own.password = 'secret';
    own.pathname = `/${name}`;
    await succeeds('restore', own.href, file);
    const again = newUrl();
    await succeeds('restore', again, await backupOf(own.href));
    expect(await everythingIn(again, 2 * RESTORE_REV_STEP)).toEqual(
      await everythingIn(parley.databaseUrl, 0),
    );

    own.pathname = '/missing';
    expect(await fails('restore', own.href, file)).toMatch(
      new RegExp(`^The database missing does not exist .*: createdb --owner=${name} .*missing$`),
    );
  });

  it('makes clients that have seen more than the backup converge to what the server has', async () => {
    const { room, a } = await parley.newRoom();
    await parley.send(room.id, a.id, 'kept');
    const state = await backupOf(parley.databaseUrl);
    await parley.send(room.id, a.id, 'lost 1');
    await parley.send(room.id, a.id, 'lost 2');
    const origins = [parley.origin];
    // The sender: a receiver would confirm the lost messages, and have more revisions than the server.
    const ahead = new ChatClient(a.id, origins);
    ahead.start();
    await until(() => ahead.room(room.id).lastSeq === 3);
    ahead.stop();

    const url = newUrl();
    await succeeds('restore', url, state);
    const restored = await Parley.start({}, url);
    parleys.push(restored);
    // As many as were lost: by number alone nothing would be missing.
    await restored.send(room.id, a.id, 'other 1');
    await restored.send(room.id, a.id, 'other 2');
    origins[0] = restored.origin;
    ahead.start();
    await until(() => ahead.isSynced);
    ahead.stop();
    const history = await restored.history(room.id);
    expect(history.map(({ text }) => text)).toEqual(['kept', 'other 1', 'other 2']);
    const { lastSeq, rev, messages } = ahead.room(room.id);
    expect(messages.map(({ id, text }) => [id, text])).toEqual(history.map(({ id, text }) => [id, text]));
    expect(await restored.room(room.id, a.id)).toMatchObject({ last_seq: lastSeq, rev });
  });
});

/** Without header and checksum. */
const contentOf = (file: string) => gunzipSync(readFileSync(file)).toString().split('\n').slice(1, -2);

describe('the embedded database', () => {
  it('is backed up while it runs and while it is stopped, and restored into a data folder of its own', async () => {
    const dataDir = join(folder, 'data');
    const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    const running = join(folder, 'running.gz');
    try {
      await migrate(postgres.url, { exampleUsers: true, allowNewerDatabase: false });
      const backup = command('backup', { DATA_DIR: dataDir }, running);
      expect([await backup.ended, backup.output()]).toEqual([0, expect.stringContaining('users: 5')]);
    } finally {
      await postgres.stop();
    }
    const stopped = join(folder, 'stopped.gz');
    const backup = command('backup', { DATA_DIR: dataDir }, stopped);
    expect([await backup.ended, backup.output()]).toEqual([0, expect.stringContaining('users: 5')]);
    expect(contentOf(stopped)).toEqual(contentOf(running));

    const other = join(folder, 'other');
    const restore = command('restore', { DATA_DIR: dataDir }, stopped, '--to', other);
    expect([await restore.ended, restore.output()]).toEqual([
      0,
      expect.stringMatching(
        new RegExp(`Restored .*users: 5.*\n.*To use it: DATA_DIR=${other} npm start`, 's'),
      ),
    ]);
    const again = command('restore', { DATA_DIR: other }, stopped);
    expect([await again.ended, again.output()]).toEqual([
      1,
      expect.stringMatching(
        /The database is not empty: .* Move that folder aside, or restore into another one with --to DIR\./,
      ),
    ]);
    const copy = await startEmbeddedPostgres({ dataDir: other, settings: { fsync: 'off' } });
    try {
      expect(await query(copy.url, 'SELECT username FROM users ORDER BY id LIMIT 2')).toEqual([
        { username: 'alice' },
        { username: 'bob' },
      ]);
    } finally {
      await copy.stop();
    }
  });

  it('that does not exist is not made by a backup', async () => {
    const backup = command('backup', { DATA_DIR: join(folder, 'none') }, join(folder, 'file.gz'));
    expect(await backup.ended).toBe(1);
    expect(backup.output()).toMatch(/there is no database in it\. Set DATA_DIR to a folder that has one/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
