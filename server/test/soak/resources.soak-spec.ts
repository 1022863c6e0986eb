import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expectAllWell } from '../faults/harness/checker.js';
import { Crowd } from '../faults/harness/crowd.js';
import { OwnPostgres } from '../faults/harness/own-postgres.js';
import type { ServerProcess } from '../faults/harness/processes.js';
import { Stack } from '../faults/harness/stack.js';
import { sleep, timed, until } from '../faults/harness/wait.js';

// What runs out: disk, memory, files. Needs root, for a small disk of its own.
jest.setTimeout(180_000);

const DISK_MB = 200;
const stack = new Stack();
afterEach(() => stack.end());

async function gather(url: string, server: ServerProcess, count: number): Promise<Crowd> {
  return stack.crowd(await Crowd.gather(url, count, [server.origin]));
}

it('E8: the disk is full: refusals, then all goes on; nothing acked is lost', async () => {
  const disk = stack.keep(mkdtempSync(join(tmpdir(), 'parley-disk-')), (path) =>
    rmSync(path, { recursive: true }),
  );
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', disk]);
  stack.keep(disk, (path) => void execFileSync('umount', [path]));
  const postgres = stack.keep(await OwnPostgres.start(join(disk, 'data')), (own) => own.stop());
  const server = await stack.server({ DATABASE_URL: postgres.url });
  const crowd = await gather(postgres.url, server, 10);
  crowd.talk();
  await crowd.untilAcked(200);

  const filler = join(disk, 'filler');
  fill(filler);
  await until('the senders are told', () => refusalsOf(crowd) > 20, 90_000);
  expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);
  const sockets = closesOf(crowd);
  rmSync(filler);
  // Where it cannot write its log PostgreSQL gives up, and starts again by itself or has to be started.
  if (!(await answers(postgres.url))) {
    await postgres.kill().catch(() => undefined);
    await postgres.restart();
  }
  const { ms } = await timed(crowd.untilAcked(100, 30_000));
  await crowd.hush();
  const { stored, acked } = await expectAllWell(postgres.url, crowd.clients, 30_000);
  expect(closesOf(crowd)).toBe(sockets);
  say(`disk full: ${refusalsOf(crowd)} refusals, going on after ${ms} ms, ${stored} stored, ${acked} acked`);
});

it('F6: a server that runs out of memory dies, starts again, and nothing acked is lost', async () => {
  const url = await stack.database();
  const server = await stack.server({ DATABASE_URL: url });
  const crowd = await gather(url, server, 10);
  crowd.talk();
  for (let death = 0; death < 3; death++) {
    await crowd.untilAcked(100, 30_000);
    // Less than it has: the next page that it asks for is refused.
    execFileSync('prlimit', ['--pid', String(server.pid), `--as=${64 * 1024 * 1024}`]);
    const storm = Array.from({ length: 50 }, () => flood(server.port));
    const how = await server.ended;
    for (const socket of storm) socket.destroy();
    expect(how).not.toBe(0);
    await server.restart();
    await crowd.allBack(30_000);
  }
  await crowd.hush();
  await expectAllWell(url, crowd.clients, 30_000);
});

it('F7: no file left: those who are in go on, and others get in again afterwards', async () => {
  const url = await stack.database();
  const server = await stack.server({ DATABASE_URL: url });
  const crowd = await gather(url, server, 5);
  crowd.talk(5);
  await crowd.untilAcked(50);
  execFileSync('prlimit', ['--pid', String(server.pid), '--nofile=100:100']);
  const strangers = Array.from({ length: 200 }, () => connect(server.port, '127.0.0.1'));
  for (const socket of strangers) socket.on('error', () => undefined);
  const closed = closesOf(crowd);
  for (let i = 0; i < 5; i++) {
    await crowd.untilAcked(50);
    await sleep(300);
  }
  expect(closesOf(crowd)).toBe(closed);
  for (const socket of strangers) socket.destroy();
  await until(
    'others get in again',
    async () => (await fetch(`${server.origin}/health/ready`).catch(() => null))?.status === 200,
  );
  await crowd.hush();
  await expectAllWell(url, crowd.clients);
});

function refusalsOf(crowd: Crowd): number {
  return ['unavailable', 'internal', 'timeout'].reduce((sum, what) => sum + crowd.heard(`send ${what}`), 0);
}

function closesOf(crowd: Crowd): number {
  const counts = crowd.clients.flatMap(({ heard }) =>
    [...heard].filter(([what]) => what.startsWith('closed ')),
  );
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    const piece = Buffer.alloc(64 * 1024, 1);
    for (let written = 0; written <= DISK_MB * 1024 * 1024; written += piece.length) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

async function answers(url: string): Promise<boolean> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      await client.query('CREATE TEMPORARY TABLE it_writes (n int)');
      return true;
    } catch {
      await sleep(200);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

/** Asks for more than it reads. */
function flood(port: number): Socket {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('GET /api/users/ HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000));
  });
  return socket.on('error', () => undefined);
}

function say(what: string): void {
  process.stdout.write(`${what}\n`);
}
