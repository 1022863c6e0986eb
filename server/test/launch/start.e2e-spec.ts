import { existsSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { startEmbeddedPostgres } from '@parley/embedded-postgres';
import {
  endRuns,
  freePort,
  newFolder,
  postgresOf,
  processesWith,
  removeFolders,
  startParley,
  START_SCRIPT,
} from './parley.js';
import { isGone, type Run } from './processes.js';

const READY = /Parley is ready: (http\S+)/;
/** Set-up included: scripts/start.mjs may have to look at everything first. */
jest.setTimeout(120_000);

let folder: string;
let dataDir: string;
let port: number;

/** The data folder that a first start leaves, because most starts are later ones. */
let usedDataDir: string;

beforeAll(async () => {
  usedDataDir = join(newFolder(), 'data');
  const first = startParley({ PORT: String(await freePort()), DATA_DIR: usedDataDir });
  await first.says(READY);
  process.kill(first.pid, 'SIGTERM');
  await first.ended;
});
beforeEach(async () => {
  folder = newFolder();
  dataDir = join(folder, 'data');
  port = await freePort();
});
afterEach(endRuns);
afterAll(removeFolders);

const settings = (more: Record<string, string> = {}) => ({ PORT: String(port), DATA_DIR: dataDir, ...more });
const start = (more?: Record<string, string>) => startParley(settings(more));
/** `cpSync` of Node 22 and 24 gives folders 755 in the place of 700, which PostgreSQL refuses. */
const copyData = () => cp(usedDataDir, dataDir, { recursive: true });
const startAgain = async () => {
  await copyData();
  return start();
};

async function usernames(): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/users/`);
  return ((await response.json()) as { username: string }[]).map(({ username }) => username);
}

/** One clear message and exit code 1, and nothing of a stack trace. */
async function complaintOf(parley: Run): Promise<string> {
  expect(await parley.ended).toBe(1);
  expect(parley.output()).not.toMatch(/^\s+at |node:internal|Error:/m);
  return parley.output().trim();
}

describe('npm start', () => {
  it('serves page, API and sockets on one port, and says where, in which mode and where the data is', async () => {
    const parley = startParley(settings(), [process.execPath, START_SCRIPT]);
    const [, url = ''] = await parley.says(READY, 100_000);
    expect(url).toBe(`http://localhost:${port}`);
    expect(parley.output()).toContain('simulation');
    expect(parley.output()).toContain(dataDir);

    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await usernames()).toEqual(['alice', 'bob', 'carol', 'dave', 'erin']);
    await expect(firstFrame(`ws://127.0.0.1:${port}/ws/?active_user=1`)).resolves.toMatchObject({
      type: 'hello',
    });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends with exit code 0 and no child left on %s',
    async (signal) => {
      const parley = await startAgain();
      await parley.says(READY);
      const postgres = postgresOf(dataDir);
      process.kill(parley.pid, signal);
      expect(await parley.ended).toBe(0);
      expect(await isGone(postgres, 0)).toBe(true);
      expect(processesWith(folder)).toEqual([]);
    },
  );

  it('takes Ctrl-C, which comes twice by way of npm, for one wish', async () => {
    await copyData();
    const parley = startParley(settings(), ['npm', 'start']);
    await parley.says(READY, 100_000);
    process.kill(-parley.pid, 'SIGINT');
    await parley.ended;
    expect(parley.output()).toContain('Stopping');
    expect(await isGone(postgresOfOrNone(), 2_000)).toBe(true);
    expect(processesWith(folder)).toEqual([]);
  });

  it('ends when npm, which a service manager may have started, gets SIGTERM', async () => {
    await copyData();
    const parley = startParley(settings(), ['npm', 'start']);
    await parley.says(READY, 100_000);
    const postgres = postgresOf(dataDir);
    process.kill(parley.pid, 'SIGTERM');
    await parley.ended;
    expect(await isGone(postgres, 15_000)).toBe(true);
    expect(processesWith(folder)).toEqual([]);
  });

  it('stops in order when the signal comes while it is still starting', async () => {
    const parley = start();
    await parley.says(/Making the database/);
    process.kill(parley.pid, 'SIGTERM');
    expect(await parley.ended).toBe(0);
    expect(parley.output()).not.toMatch(READY);
    expect(processesWith(folder)).toEqual([]);
  });

  it('says nothing of a failure when Ctrl-C, which initdb gets too, comes while the database is made', async () => {
    const parley = start();
    await parley.says(/Making the database/);
    process.kill(-parley.pid, 'SIGINT');
    expect(await parley.ended).toBe(0);
    expect(parley.output()).not.toContain('cannot be made');
  });

  it.each([100, 400])('starts with only %i files, or says that they are too few', async (files) => {
    const limited = ['sh', '-c', `ulimit -n ${files}; exec "$0" "$1"`, process.execPath, START_SCRIPT];
    const parley = startParley(settings(), limited);
    // Later versions of Node have fewer files open while they load modules, and start.
    const [outcome] = await parley.says(/Parley is ready|Only \d+ files may be open at once/, 100_000);
    if (outcome !== 'Parley is ready') {
      expect(await complaintOf(parley)).toContain(`Only ${files} files may be open at once`);
    }
  });

  it('has everything again after it was killed', async () => {
    const first = await startAgain();
    await first.says(READY);
    const made = await fetch(`http://127.0.0.1:${port}/api/rooms/create/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 1, active_user_id: 2 }),
    });
    expect(made.status).toBe(201);
    process.kill(first.pid, 'SIGKILL');
    await first.ended;

    await start().says(READY);
    const rooms = await fetch(`http://127.0.0.1:${port}/api/rooms/?active_user=1`);
    expect(await rooms.json()).toHaveLength(1);
    expect(await usernames()).toHaveLength(5);
  });

  it('serves on when PostgreSQL is killed: it is started again on the same port', async () => {
    const parley = await startAgain();
    await parley.says(READY);
    process.kill(postgresOf(dataDir), 'SIGKILL');
    await parley.says(/PostgreSQL is back/);
    expect(await usernames()).toHaveLength(5);
  });
});

describe('what stands in the way is said in a sentence, with exit code 1 and nothing half started', () => {
  it('a taken port', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    try {
      expect(await complaintOf(start())).toMatch(
        new RegExp(`^Port ${port} is taken .* set PORT to another number\\.$`),
      );
      expect(existsSync(dataDir)).toBe(false);
    } finally {
      other.close();
    }
  });

  it('a data folder in use by another start, which goes on unharmed', async () => {
    await (await startAgain()).says(READY);
    const second = startParley({ ...settings(), PORT: String(await freePort()) });
    expect(await complaintOf(second)).toMatch(
      /^The data folder .* is in use by another start .* set DATA_DIR .*\.$/,
    );
    expect(await usernames()).toHaveLength(5);
  });

  it('a data folder that cannot be written', async () => {
    writeFileSync(dataDir, 'a file');
    expect(await complaintOf(start({ DATA_DIR: join(dataDir, 'below') }))).toMatch(
      /^The data folder .* cannot be used: .* or set DATA_DIR to another folder\.$/,
    );
  });

  it('wrong settings, all of them at once', async () => {
    const complaint = await complaintOf(
      start({ PORT: '99999', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' }),
    );
    expect(complaint).toMatch(/PORT[^]*DATABASE_URL[^]*LOG_LEVEL/);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('a host that is not this machine', async () => {
    expect(await complaintOf(start({ HOST: '192.0.2.1' }))).toMatch(
      /^HOST 192\.0\.2\.1 is not an address of this machine/,
    );
  });

  it('a database that does not answer, without its password', async () => {
    const url = `postgres://parley:secret@127.0.0.1:${await freePort()}/parley`;
    const complaint = await complaintOf(start({ DATABASE_URL: url }));
    expect(complaint).toMatch(/^The database 127\.0\.0\.1:\d+\/parley cannot be used: nothing answers there/);
    expect(complaint).not.toContain('secret');
  });
});

describe('with DATABASE_URL', () => {
  it('uses that PostgreSQL, with the same migrations, and starts none', async () => {
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder, 'elsewhere'),
      settings: { fsync: 'off' },
    });
    try {
      const parley = start({ DATABASE_URL: postgres.url });
      await parley.says(READY);
      expect(parley.output()).toContain(`PostgreSQL at 127.0.0.1:${postgres.port}/parley`);
      expect(await usernames()).toHaveLength(5);
      expect(existsSync(dataDir)).toBe(false);
      process.kill(parley.pid, 'SIGTERM');
      expect(await parley.ended).toBe(0);

      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      expect((await client.query('SELECT username FROM users')).rowCount).toBe(5);
      await client.end();
    } finally {
      await postgres.stop();
    }
  });
});

function postgresOfOrNone(): number {
  return existsSync(join(dataDir, 'postgres/postmaster.pid')) ? postgresOf(dataDir) : 0x7fffffff;
}

function firstFrame(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.once('error', reject);
    socket.once('message', (data: Buffer) => {
      socket.close();
      resolve(JSON.parse(data.toString()));
    });
  });
}
