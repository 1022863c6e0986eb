import { EventEmitter, once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { readPidFile } from '../src/postmaster/pid-file.js';
import { PostgresSupervisor } from '../src/supervisor.js';
import { newFolder, removeFolders } from './support/folders.js';
import { isGone } from './support/processes.js';

jest.setTimeout(60_000);

const DEADLINE_MS = 15_000;
const supervisors: PostgresSupervisor[] = [];

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
});
afterAll(removeFolders);

async function supervise(dataDir: string) {
  const lines: string[] = [];
  const losses = new EventEmitter();
  const lost = once(losses, 'lost').then(([reason]) => reason as string);
  const supervisor = await PostgresSupervisor.start({
    dataDir,
    log: (line) => lines.push(line),
    onLost: (reason) => losses.emit('lost', reason),
  });
  supervisors.push(supervisor);
  return { supervisor, lines, lost };
}

/** Kills the next postmaster when its pid file exists (`ready`: when the file says that PostgreSQL is ready). */
async function killNext(dataDir: string, previous: number, ready: boolean): Promise<number> {
  const giveUp = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = readPidFile(join(dataDir, 'postgres'));
    if (found && found.pid !== previous && (!ready || found.ready)) {
      process.kill(found.pid, 'SIGKILL');
      return found.pid;
    }
    if (Date.now() > giveUp) throw new Error('no new PostgreSQL was started');
    await sleep(1);
  }
}

async function answerOf(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ text: string }>('SELECT text FROM notes')).rows;
  } finally {
    await client.end();
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const giveUp = Date.now() + DEADLINE_MS; !isTrue(); await sleep(10)) {
    if (Date.now() > giveUp) throw new Error('it did not come true');
  }
}

describe('the supervisor of the embedded PostgreSQL', () => {
  it('restarts PostgreSQL after five crashes in a minute, also during a start, and reports the sixth', async () => {
    const dataDir = join(newFolder(), 'data');
    const { supervisor, lines, lost } = await supervise(dataDir);
    const client = new Client({ connectionString: supervisor.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`CREATE TABLE notes AS SELECT 'kept' AS text`);

    let pid = await killNext(dataDir, 0, true);
    for (const ready of [true, false, true, false]) pid = await killNext(dataDir, pid, ready);
    await until(() => lines.at(-1) === 'PostgreSQL is back');
    expect(await answerOf(supervisor.url)).toEqual([{ text: 'kept' }]);

    pid = readPidFile(join(dataDir, 'postgres'))?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    expect(await lost).toBe(
      `PostgreSQL has died 6 times within a minute. Its log is ${dataDir}/postgres.log.`,
    );
    await supervisor.stop();
    expect(await isGone(pid)).toBe(true);
  });

  it('starts PostgreSQL again when it crashes during the first start', async () => {
    const dataDir = join(newFolder(), 'data');
    const starting = supervise(dataDir);
    await killNext(dataDir, 0, false);
    const { supervisor, lines } = await starting;
    expect(lines).toContain('PostgreSQL has died while it was starting; starting it again');
    const client = new Client({ connectionString: supervisor.url });
    await client.connect();
    await client.end();
  });

  it("reports PostgreSQL's reason at once when the failure of a start is not transient", async () => {
    const dataDir = join(newFolder(), 'data');
    const { supervisor, lines, lost } = await supervise(dataDir);
    const folder = join(dataDir, 'postgres');
    const pid = readPidFile(folder)?.pid ?? 0;
    writeFileSync(join(folder, 'postgresql.auto.conf'), 'shared_buffers = nonsense\n');
    process.kill(pid, 'SIGKILL');
    expect(await lost).toMatch(/^PostgreSQL does not start\. The end of its log \(.*\):\n.*shared_buffers/);
    expect(lines.filter((line) => /starting it again/.test(line))).toHaveLength(1);
    await supervisor.stop();
  });

  it('reports a refused password, not a folder in use, when the password file is wrong', async () => {
    const dataDir = join(newFolder(), 'data');
    const first = await supervise(dataDir);
    await first.supervisor.stop();
    const file = join(dataDir, 'postgres', 'parley.password');
    rmSync(file);
    writeFileSync(file, 'wrong\n', { mode: 0o600 });
    await expect(supervise(dataDir)).rejects.toThrow(
      /^PostgreSQL runs but does not let Parley in: password authentication failed/,
    );
  });
});
