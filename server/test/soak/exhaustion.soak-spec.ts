import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { ChatClient } from '../faults/harness/chat-client.js';
import { expectAllWell } from '../faults/harness/checker.js';
import { Crowd } from '../faults/harness/crowd.js';
import { makePairs, sql, type Pair } from '../faults/harness/database.js';
import { OwnPostgres } from '../faults/harness/own-postgres.js';
import type { ServerProcess } from '../faults/harness/processes.js';
import { Stack } from '../faults/harness/stack.js';
import { TusUploads } from '../faults/harness/tus-uploads.js';
import { sleep, timed, until, within } from '../faults/harness/wait.js';

// What runs out, and a clock that is not to be trusted. Linux, and root for E8 and F7.
jest.setTimeout(180_000);

/** A sender receives `unavailable` within this time, a busy machine's noise included. */
const REFUSED_MS = 2_500;
const DISK_MB = 200;
const LOCKED_MS = 5_000;
/** More than the ten connections of the server's pool. */
const LOCKED_ROOMS = Number(process.env.SOAK_LOCKED_ROOMS ?? 12);
const HOUR_MS = 3_600_000;
const CLOCK = pathToFileURL(resolve(__dirname, '../faults/harness/clock-jump.mjs')).href;
/** Enough to start with and to serve a crowd; the queue of a flood does not fit. */
const HEAP_MB = Number(process.env.SOAK_HEAP_MB ?? 64);
const FILES = 256;

const stack = new Stack();
afterEach(() => stack.end());

it('E8: the disk of PostgreSQL is full: refusals in time, and all goes on when there is room', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'parley-full-'));
  mount(disk);
  try {
    const postgres = stack.keep(await OwnPostgres.start(join(disk, 'data')), (own) => own.stop());
    const server = await stack.server({ DATABASE_URL: postgres.url });
    const crowd = await gather(postgres.url, server, 10);
    const [{ pair }] = crowd.members as [(typeof crowd.members)[number]];
    crowd.talk();
    await crowd.untilAcked(200);
    const closed = closesOf(crowd);

    const filler = join(disk, 'filler');
    fill(filler);
    // What is left of the log's current file would last for long: a new one is asked for at once.
    const hadToSwitch = await useUpLog(postgres.adminUrl);
    await until('senders are refused', () => refusalsOf(crowd) > 20, 60_000);
    const whileFull = await look(server, pair);
    const ackedWhileFull = crowd.acked;
    await sleep(2_000);
    const sneakedIn = crowd.acked - ackedWhileFull;
    const ready = (await fetch(`${server.origin}/health/ready`)).status;
    expect([200, 503]).toContain(ready);
    expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);

    rmSync(filler);
    const hasDied = !(await takesWrites(postgres.url));
    if (hasDied) {
      // Its postmaster may be there still, unable to start what is below it.
      await postgres.kill().catch(() => undefined);
      await postgres.restart();
    }
    const { ms } = await timed(crowd.untilAcked(100, 30_000));
    expect((await look(server, pair)).status).toBe(200);
    await crowd.hush();
    const verdict = await expectAllWell(postgres.url, crowd.clients, 30_000);
    expect(closesOf(crowd)).toBe(closed);
    expect(slowestRefusal(crowd)).toBeLessThan(REFUSED_MS);
    say('E8', {
      hadToSwitch,
      whileFull,
      ready,
      sneakedIn,
      hasDied,
      goesOnAfterMs: ms,
      slowestRefusalMs: slowestRefusal(crowd),
      ...wordsOf(crowd),
      ...countsOf(verdict),
    });
  } finally {
    await stack.end().finally(() => unmount(disk));
  }
});

it('E8: the disk of the files is full: uploads wait, messages go on, and the upload ends when there is room', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'parley-full-'));
  mount(disk);
  try {
    const url = await stack.database();
    const server = await stack.server({ DATABASE_URL: url, STORAGE_DIR: join(disk, 'files') });
    const [pair] = (await makePairs(url, 1)) as [Pair];
    const uploads = new TusUploads(server.origin, pair.a);
    const sender = new ChatClient(pair.a, [server.origin], { uploads });
    const receiver = new ChatClient(pair.b, [server.origin]);
    for (const client of [sender, receiver]) {
      stack.keep(client, () => client.stop());
      client.start();
    }
    await until('both have connected', () => sender.isSynced && receiver.isSynced);

    const filler = join(disk, 'filler');
    fill(filler);
    const content = randomBytes(2_000_000);
    const sent = sender.send(pair.roomId, 'with a file-1', null, [uploads.add('data.bin', content)]);
    await until('the log has it', () => server.output.includes('Files cannot be stored'));
    expect(server.output).toContain('"reason":"ENOSPC"');
    await receiver.send(pair.roomId, 'a text without a file-1');

    rmSync(filler);
    const { ms, result: message } = await timed(sent);
    const file = await fetch(`${server.origin}${message.attachments[0]?.url}?active_user=${pair.b}`);
    expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
    expect(server.output.match(/Files cannot be stored/g)).toHaveLength(1);
    await expectAllWell(url, [sender, receiver]);
    say('E8', { ofFiles: true, goesOnAfterMs: ms });
  } finally {
    await stack.end().finally(() => unmount(disk));
  }
});

it(`E9: the rows of ${LOCKED_ROOMS} rooms are locked: bounded refusals, nothing hangs`, async () => {
  const url = await stack.database();
  const server = await stack.server({ DATABASE_URL: url });
  const crowd = await gather(url, server, LOCKED_ROOMS + 4);
  const locked = crowd.members.slice(0, LOCKED_ROOMS);
  const free = crowd.members.slice(LOCKED_ROOMS);
  await Promise.all(crowd.members.map(({ pair, a }) => a.send(pair.roomId, 'before-1')));

  const locker = stack.keep(new Client({ connectionString: url }), (client) => client.end());
  locker.on('error', () => undefined);
  await locker.connect();
  await locker.query('BEGIN');
  const ids = locked.map(({ pair }) => pair.roomId);
  await locker.query('SELECT 1 FROM rooms WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
  const since = performance.now();
  const isHeld = () => performance.now() - since < LOCKED_MS;

  const refused: Outcome[] = [];
  const others: Outcome[] = [];
  const reads: { ms: number; status: number }[] = [];
  const keepAsking = async (client: ChatClient, roomId: number, into: Outcome[]) => {
    for (let n = 2; isHeld(); n++) {
      const answer = await timed(client.ask({ type: 'message', room_id: roomId, text: `hopeful-${n}` }));
      into.push({ ...answer, isHeld: isHeld() });
      await sleep(100);
    }
  };
  const readOn = async ({ pair }: (typeof locked)[number]) => {
    while (isHeld()) {
      reads.push(await look(server, pair));
      await sleep(100);
    }
  };
  const work = Promise.all([
    ...locked.map(({ pair, a }) => keepAsking(a, pair.roomId, refused)),
    ...free.map(({ pair, a }) => keepAsking(a, pair.roomId, others)),
    ...[locked[0], free[0]].flatMap((member) => (member ? [readOn(member)] : [])),
  ]);
  await sleep(LOCKED_MS);
  await locker.query('ROLLBACK');
  await within('everything that was asked while the rows were locked', REFUSED_MS + 1_000, work);
  const back = await timed(
    Promise.all(
      free.map(({ pair, b }) => within('a send afterwards', 5_000, b.send(pair.roomId, 'after-1'))),
    ),
  );
  await Promise.all(locked.map(({ pair, b }) => within('a send', 5_000, b.send(pair.roomId, 'after-1'))));

  say('E9', {
    lockedRooms: tally(refused),
    otherRooms: tally(others),
    reads: {
      count: reads.length,
      slowestMs: slowest(reads),
      statuses: countBy(reads, ({ status }) => status),
    },
    othersBackMs: back.ms,
  });
  // Those that were asked before the lock ended: the last ones may have had it in time.
  const early = refused.filter(({ result }) => result !== 'ack');
  expect(new Set(early.map(({ result }) => result))).toEqual(new Set(['unavailable']));
  expect(early.length).toBeGreaterThanOrEqual(locked.length);
  expect(slowest([...refused, ...others])).toBeLessThan(REFUSED_MS);
  expect(others.every(({ result }) => result === 'ack' || result === 'unavailable')).toBe(true);
  expect(slowest(reads)).toBeLessThan(REFUSED_MS);
  await expectAllWell(url, crowd.clients, 30_000);
});

it('E11: the clock jumps an hour ahead and two back under load: sockets stay, messages flow in order', async () => {
  const url = await stack.database();
  const server = await stack.server({
    DATABASE_URL: url,
    NODE_OPTIONS: `--import=${CLOCK}`,
    HEARTBEAT_SECONDS: '1',
    PRESENCE_TTL_SECONDS: '3',
    PRESENCE_GRACE_SECONDS: '0',
  });
  const crowd = await gather(url, server, 10);
  crowd.talk(5);
  await crowd.untilAcked(200);
  const figures: Record<string, unknown>[] = [];
  for (const [index, offsetMs] of [HOUR_MS, -HOUR_MS, 0].entries()) {
    const before = { presence: crowd.observed('presence'), refusals: refusalsOf(crowd) };
    server.signal('SIGUSR2');
    await until('the clock has jumped', () => server.output.includes(`clock jump ${index + 1}:`));
    const flow = await timed(crowd.untilAcked(300, 10_000));
    // The server itself must see the new time, else this test shows nothing.
    const seen = await lastSeenOfVisitor(url, server);
    expect(Math.abs(seen - (Date.now() + offsetMs))).toBeLessThan(60_000);
    await sleep(4_000);
    figures.push({
      offsetMs,
      acks300AfterMs: flow.ms,
      presenceFrames: crowd.observed('presence') - before.presence,
      refusals: refusalsOf(crowd) - before.refusals,
    });
  }
  await crowd.hush();
  const verdict = await expectAllWell(url, crowd.clients, 30_000);
  say('E11', { figures, closes: closesOf(crowd), ...wordsOf(crowd), ...countsOf(verdict) });
  expect(closesOf(crowd)).toBe(0);
  expect(crowd.clients.every(({ connects }) => connects === 1)).toBe(true);
  // It may have flickered, but nobody stays away.
  for (const client of crowd.clients) await client.sync();
  for (const { pair, a, b } of crowd.members) {
    expect([a.presence.get(pair.b)?.online, b.presence.get(pair.a)?.online]).toEqual([true, true]);
  }
});

it('F6: a server that runs out of memory dies of it, starts again, and nothing acked is lost', async () => {
  const url = await stack.database();
  const server = await stack.server({
    DATABASE_URL: url,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    TEXT_MAX_LENGTH: '16000',
    FRAME_MAX_BYTES: '1048576',
  });
  const crowd = await gather(url, server, 10);
  crowd.talk(5);
  await crowd.untilAcked(200);
  const floodPairs = await makePairs(url, 40);
  const start = performance.now();
  const isOver = () => !server.isAlive || performance.now() - start > 60_000;
  await Promise.all(floodPairs.map((pair) => flood(server, pair, isOver)));
  const diedAfterMs = Math.round(performance.now() - start);
  const how = await within('its death', 5_000, server.ended);
  expect(server.output).toMatch(/heap out of memory|Reached heap limit/);
  expect(how).toBe('SIGABRT');
  await server.restart({ NODE_OPTIONS: '' });
  const back = await timed(crowd.allBack(30_000));
  await crowd.untilAcked(200, 30_000);
  await crowd.hush();
  const verdict = await expectAllWell(url, crowd.clients, 30_000);
  say('F6', {
    heapMb: HEAP_MB,
    diedAfterMs,
    how,
    allBackMs: back.ms,
    ...wordsOf(crowd),
    ...countsOf(verdict),
  });
});

it('F7: no file is left: those who are in go on, and others get in again afterwards', async () => {
  const url = await stack.database();
  const server = await stack.server({ DATABASE_URL: url });
  const crowd = await gather(url, server, 10);
  crowd.talk(5);
  await crowd.untilAcked(100);
  execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${FILES}:${FILES}`]);
  const [visitor] = await makePairs(url, 1);
  if (!visitor) throw new Error('There is no visitor.');

  const strangers: Socket[] = [];
  const figures: Record<string, unknown> = {};
  try {
    let turnedAway = 0;
    for (let n = 0; n < 2 * FILES && turnedAway < 5; n++) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.once('close', () => (turnedAway += 1));
      strangers.push(socket);
      await sleep(5);
    }
    await until('strangers are turned away', () => turnedAway >= 5, 5_000);
    figures['openFiles'] = readdirSync(`/proc/${server.pid}/fd`).length;
    figures['strangers'] = strangers.length;
    expect(figures['openFiles']).toBeGreaterThan(FILES - 10);
    expect(await handshake(server, visitor.a)).not.toBe(101);

    // Below 10 s, after which the server cuts off those who say nothing.
    const before = crowd.acked;
    const since = performance.now();
    while (performance.now() - since < 5_000) await crowd.untilAcked(50, 5_000);
    figures['acksPerSecondWhileFull'] = Math.round((crowd.acked - before) / 5);
    expect(closesOf(crowd)).toBe(0);
    expect(server.isAlive).toBe(true);
  } finally {
    for (const socket of strangers) socket.destroy();
  }
  const again = await timed(
    until('others get in again', async () => (await handshake(server, visitor.a)) === 101, 10_000),
  );
  await crowd.untilAcked(100);
  await crowd.hush();
  const verdict = await expectAllWell(url, crowd.clients, 30_000);
  expect(closesOf(crowd)).toBe(0);
  say('F7', { ...figures, inAgainMs: again.ms, ...wordsOf(crowd), ...countsOf(verdict) });
});

interface Outcome {
  ms: number;
  result: string;
  /** Whether the rows were locked still when it came. */
  isHeld: boolean;
}

async function gather(url: string, server: ServerProcess, count: number): Promise<Crowd> {
  return stack.crowd(await Crowd.gather(url, count, [server.origin], { ackTimeoutMs: 5_000 }));
}

/** @throws with what to do about it: a test that cannot run must not pass. */
function mount(folder: string): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch (error) {
    rmdirSync(folder);
    throw new Error('E8 needs a disk of its own: run it as root, where tmpfs may be mounted.', {
      cause: error,
    });
  }
}

/** Even if something still holds it: it must not outlive the test. */
function unmount(folder: string): void {
  try {
    execFileSync('umount', [folder], { stdio: 'pipe' });
  } catch {
    execFileSync('umount', ['-l', folder]);
  }
  rmdirSync(folder);
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [64 * 1024, 4 * 1024]) {
      const piece = Buffer.alloc(size, 1);
      try {
        for (let written = 0; written <= DISK_MB * 1024 * 1024; written += size) writeSync(file, piece);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Goes to the next file of the log until there is none. @returns how often that worked. */
async function useUpLog(url: string): Promise<number> {
  for (let switches = 0; switches < 20; switches++) {
    try {
      await within('a switch', 5_000, sql(url, 'SELECT pg_switch_wal()'));
    } catch {
      return switches;
    }
    await sleep(100);
  }
  return 20;
}

/** Whether PostgreSQL comes back by itself, within 10 s. */
async function takesWrites(url: string): Promise<boolean> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    try {
      await within('a write', 3_000, sql(url, 'CREATE TEMPORARY TABLE it_writes (n int)'));
      return true;
    } catch {
      await sleep(200);
    }
  }
  return false;
}

let looks = 0;

/** Reads a room's history. Each time another address, so that nothing is answered from memory. */
async function look(server: ServerProcess, { roomId, a }: Pair): Promise<{ ms: number; status: number }> {
  const url = `${server.origin}/api/rooms/${roomId}/messages/?active_user=${a}&page=1&n=${++looks}`;
  const { ms, result } = await timed(within('a read', 10_000, fetch(url)));
  await result.arrayBuffer();
  return { ms, status: result.status };
}

/** Someone comes, and goes: when does the server say that was? */
async function lastSeenOfVisitor(url: string, server: ServerProcess): Promise<number> {
  const visit = await Crowd.gather(url, 1, [server.origin]);
  const [{ pair, a, b }] = visit.members as [(typeof visit.members)[number]];
  try {
    b.presence.delete(pair.a);
    a.stop();
    const lastSeen = () => b.presence.get(pair.a)?.last_seen ?? null;
    await until('the visitor is seen to have gone', () => lastSeen() !== null, 10_000);
    return Date.parse(lastSeen() ?? '');
  } finally {
    visit.disperse();
  }
}

/** Large texts, as fast as they can be sent, by someone who waits for nothing. */
async function flood(server: ServerProcess, { roomId, a }: Pair, isOver: () => boolean): Promise<void> {
  const text = 'é'.repeat(16_000);
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${a}`, {
    perMessageDeflate: false,
  });
  socket.on('error', () => undefined);
  try {
    for (let ref = 1; !isOver(); ref++) {
      const isFull = socket.bufferedAmount > 1024 * 1024;
      if (socket.readyState === WebSocket.OPEN && !isFull) {
        socket.send(JSON.stringify({ type: 'message', room_id: roomId, text, ref }));
        if (ref % 20 === 0) await sleep(1);
      } else {
        await sleep(5);
      }
    }
  } finally {
    socket.terminate();
  }
}

/** The status of the answer to an upgrade, or `refused` when there was none. */
function handshake(server: ServerProcess, userId: number): Promise<number | 'refused'> {
  return new Promise((answer) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${userId}`, {
      handshakeTimeout: 2_000,
    });
    socket.on('error', () => answer('refused'));
    socket.once('unexpected-response', (_request, { statusCode }) => answer(statusCode ?? 'refused'));
    socket.once('open', () => {
      socket.terminate();
      answer(101);
    });
  });
}

function refusalsOf(crowd: Crowd): number {
  return ['unavailable', 'internal', 'timeout'].reduce(
    (sum, code) => sum + crowd.observed(`send ${code}`),
    0,
  );
}

function closesOf(crowd: Crowd): number {
  return Object.entries(observedOf(crowd)).reduce(
    (sum, [what, n]) => sum + (what.startsWith('closed ') ? n : 0),
    0,
  );
}

/** Everything that went otherwise than it should, and how often. */
function wordsOf(crowd: Crowd): { observed: Record<string, number> } {
  const entries = Object.entries(observedOf(crowd)).filter(([what]) =>
    /^(send|sync|mark|closed) /.test(what),
  );
  return { observed: Object.fromEntries(entries) };
}

function observedOf(crowd: Crowd): Record<string, number> {
  const observed: Record<string, number> = {};
  for (const client of crowd.clients) {
    for (const [what, n] of client.observed) observed[what] = (observed[what] ?? 0) + n;
  }
  return observed;
}

function slowestRefusal(crowd: Crowd): number {
  return Math.max(...crowd.clients.map(({ slowestRefusalMs }) => slowestRefusalMs));
}

function slowest(all: readonly { ms: number }[]): number {
  return Math.max(0, ...all.map(({ ms }) => ms));
}

function countBy<T>(all: readonly T[], keyOf: (one: T) => string | number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of all) counts[keyOf(one)] = (counts[keyOf(one)] ?? 0) + 1;
  return counts;
}

function tally(all: readonly Outcome[]) {
  const answers = countBy(all, ({ result, isHeld }) => `${result} ${isHeld ? 'while locked' : 'afterwards'}`);
  return { answers, slowestMs: slowest(all) };
}

function countsOf({ stored, acked, lost, doubled, outOfOrder }: Awaited<ReturnType<typeof expectAllWell>>) {
  return { stored, acked, lost, doubled, outOfOrder };
}

function say(what: string, figures: Record<string, unknown>): void {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
