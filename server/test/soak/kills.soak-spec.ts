import { expectAllWell } from '../faults/harness/checker.js';
import { Crowd } from '../faults/harness/crowd.js';
import type { OwnPostgres } from '../faults/harness/own-postgres.js';
import type { OwnRedis } from '../faults/harness/own-redis.js';
import type { ServerProcess } from '../faults/harness/processes.js';
import { Stack } from '../faults/harness/stack.js';
import { sleep, timed } from '../faults/harness/wait.js';

const SERVER_KILLS = Number(process.env.SOAK_SERVER_KILLS ?? 50);
const POSTGRES_KILLS = Number(process.env.SOAK_POSTGRES_KILLS ?? 10);
const REDIS_FLAPS = Number(process.env.SOAK_REDIS_FLAPS ?? 60);
const HANG_MS = Number(process.env.SOAK_HANG_MS ?? 20_000);

jest.setTimeout(60_000 + (SERVER_KILLS + POSTGRES_KILLS + REDIS_FLAPS) * 20_000 + HANG_MS);

const stack = new Stack();
let postgres: OwnPostgres;
let redis: OwnRedis;
let servers: [ServerProcess, ServerProcess];

beforeAll(async () => {
  postgres = await stack.postgres();
  redis = await stack.redis();
  const settings = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
  servers = [await stack.server(settings), await stack.server(settings)];
});
afterAll(() => stack.end());

async function gather(count: number): Promise<Crowd> {
  const origins = servers.map(({ origin }) => origin);
  return stack.crowd(await Crowd.gather(postgres.url, count, origins));
}

it(`F1: ${SERVER_KILLS} times kill -9 of a server under load`, async () => {
  const crowd = await gather(20);
  crowd.talk(5);
  let slowestMs = 0;
  for (let kill = 0; kill < SERVER_KILLS; kill++) {
    const victim = servers[(kill % 2) as 0 | 1];
    await crowd.untilAcked(50, 30_000);
    await sleep(Math.random() * 100);
    await victim.kill();
    slowestMs = Math.max(slowestMs, (await timed(crowd.allBack(30_000))).ms);
    await victim.restart();
  }
  await crowd.hush();
  const verdict = await expectAllWell(postgres.url, crowd.clients, 60_000);
  report(`${SERVER_KILLS} kills of a server, slowest return of all ${slowestMs} ms`, verdict);
  crowd.disperse();
});

it(`E5: ${POSTGRES_KILLS} times kill -9 of PostgreSQL under load`, async () => {
  const crowd = await gather(20);
  crowd.talk(5);
  let slowestMs = 0;
  for (let kill = 0; kill < POSTGRES_KILLS; kill++) {
    await crowd.untilAcked(100, 30_000);
    await sleep(Math.random() * 100);
    await postgres.kill();
    await sleep(Math.random() * 2_000);
    await postgres.restart();
    slowestMs = Math.max(slowestMs, (await timed(crowd.untilAcked(40, 30_000))).ms);
  }
  await crowd.hush();
  const verdict = await expectAllWell(postgres.url, crowd.clients, 60_000);
  report(`${POSTGRES_KILLS} kills of PostgreSQL, slowest recovery ${slowestMs} ms`, verdict);
  crowd.disperse();
});

it(`E1: Redis comes and goes ${REDIS_FLAPS} times`, async () => {
  const crowd = await gather(10);
  crowd.talk(20);
  for (let flap = 0; flap < REDIS_FLAPS; flap++) {
    await redis.kill();
    await sleep(1_000);
    await redis.restart();
    await sleep(1_000);
  }
  await crowd.hush();
  report(`${REDIS_FLAPS} deaths of Redis`, await expectAllWell(postgres.url, crowd.clients, 60_000));
  crowd.disperse();
});

it(`E2, E6: Redis and PostgreSQL hang for ${HANG_MS} ms`, async () => {
  const crowd = await gather(10);
  crowd.talk(20);
  for (const one of [redis, postgres]) {
    await crowd.untilAcked(50);
    one.hang();
    await sleep(HANG_MS);
    one.resume();
    await crowd.untilAcked(50, 30_000);
  }
  await crowd.hush();
  report('hangs', await expectAllWell(postgres.url, crowd.clients, 60_000));
  crowd.disperse();
});

function report(
  what: string,
  { stored, acked, lost, doubled, outOfOrder }: Awaited<ReturnType<typeof expectAllWell>>,
): void {
  const counts = { stored, acked, lost, doubled, outOfOrder };
  process.stdout.write(`${what}: ${JSON.stringify(counts)}\n`);
}
