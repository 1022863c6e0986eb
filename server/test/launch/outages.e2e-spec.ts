import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { OwnPostgres } from '../faults/harness/own-postgres.js';
import { OwnRedis } from '../faults/harness/own-redis.js';
import { ServerProcess } from '../faults/harness/processes.js';
import { sleep, until } from '../faults/harness/wait.js';

type Line = Record<string, unknown>;

const DATABASE_AWAY = 'The database cannot be reached: sends are refused until it is back';
const DATABASE_BACK = 'The database can be reached again';
const REDIS_AWAY = 'Redis cannot be reached: until it is back, events reach the sockets of this server only';
const REDIS_BACK = 'Redis can be reached again: clients resync';

jest.setTimeout(60_000);

let postgres: OwnPostgres;
let redis: OwnRedis;
let server: ServerProcess;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([OwnPostgres.start(), OwnRedis.start()]);
  server = await ServerProcess.start({
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    LOG_LEVEL: 'info',
    PRESENCE_GRACE_SECONDS: '0',
  });
});
afterAll(async () => {
  await server.kill();
  await Promise.all([postgres.stop(), redis.stop()]);
});

const lines = (): Line[] =>
  server.output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ msg }) => !String(msg).startsWith('Parley serves'));
const said = (msg: string) => lines().some((line) => line.msg === msg);

/** Everything that notices an outage by itself: requests, probes, handshakes, presence, sends. */
async function bother(count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await fetch(`${server.origin}/api/users/?search=${n}`).catch(() => undefined);
      await fetch(`${server.origin}/health/ready`).catch(() => undefined);
      await new Promise<void>((resolve) => {
        const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=${1 + (n % 5)}`);
        socket.once('open', () => {
          socket.send(
            JSON.stringify({ type: 'message', room_id: 1, text: 'x', client_id: randomUUID(), ref: 1 }),
          );
          socket.send(JSON.stringify({ type: 'sync', rooms: {}, ref: 2 }));
          setTimeout(() => socket.close(), 50);
        });
        socket.once('error', () => resolve());
        socket.once('close', () => resolve());
      });
    }),
  );
}

it('PostgreSQL that goes and comes back is one line each, however many notice', async () => {
  await bother(20);
  await postgres.kill();
  await bother(20);
  await until('it is known', () => said(DATABASE_AWAY));
  await bother(20);
  await postgres.restart();
  await until('it is back', () => said(DATABASE_BACK));
  await bother(20);
  expect(lines()).toMatchObject([
    { level: 'error', context: 'Database', msg: DATABASE_AWAY, reason: expect.stringMatching(/^\w+$/) },
    { level: 'info', context: 'Database', msg: DATABASE_BACK, away_ms: expect.any(Number) },
  ]);
});

it('PostgreSQL that hangs is noticed by a server that nobody asks anything', async () => {
  const before = lines().length;
  postgres.hang();
  await until('it is known', () => lines().length > before, 10_000);
  postgres.resume();
  await until('it is back', () => lines().length > before + 1);
  expect(
    lines()
      .slice(before)
      .map(({ msg }) => msg),
  ).toEqual([DATABASE_AWAY, DATABASE_BACK]);
});

it('Redis that goes and comes back is one line each, though there are two connections', async () => {
  const before = lines().length;
  await redis.kill();
  await until('it is known', () => said(REDIS_AWAY));
  await bother(10);
  // More than one vain attempt to connect.
  await sleep(1_500);
  await redis.restart();
  await until('it is back', () => said(REDIS_BACK));
  await bother(10);
  expect(lines().slice(before)).toMatchObject([
    { level: 'warn', context: 'Bus', msg: REDIS_AWAY },
    { level: 'info', context: 'Bus', msg: REDIS_BACK, away_ms: expect.any(Number) },
  ]);
});

it('what others write to Redis is not repeated in the log', async () => {
  const before = lines().length;
  const secret = 'wombat-7f3a';
  for (const message of [
    secret,
    `x|${secret}|`,
    `x|broadcast|${secret}`,
    `x|registry|"${secret}"`,
    `x|broadcast|{"topic":"presence","payload":{"node":"n","users":[{"userId":"${secret}","leftMs":60000}]}}`,
  ]) {
    await redis.command('PUBLISH', 'parley:3:all', message);
  }
  await until('they are noticed', () => lines().length > before);
  await sleep(200);
  expect(
    lines()
      .slice(before)
      .map(({ level }) => level),
  ).not.toContain('fatal');
  expect(server.output).not.toContain(secret);
});
