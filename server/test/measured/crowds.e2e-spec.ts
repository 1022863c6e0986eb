import { Crowd } from '../faults/harness/crowd.js';
import { expectAllWell } from '../faults/harness/checker.js';
import { sql } from '../faults/harness/database.js';
import type { ServerProcess } from '../faults/harness/processes.js';
import { Stack } from '../faults/harness/stack.js';
import { timed } from '../faults/harness/wait.js';

jest.setTimeout(120_000);

/** `npm run bench -- reconnect` does it with 2,000. */
const PAIRS = 150;
/** Of one server: pg's pool. */
const MAX_CONNECTIONS = 10;

const stack = new Stack();
let url: string;
let server: ServerProcess;

beforeAll(async () => {
  url = await stack.database();
  server = await stack.server({ DATABASE_URL: url });
});
afterAll(() => stack.end());

/** Connections of the server to this database. */
async function connections(): Promise<number> {
  const [row] = await sql<{ open: number }>(
    url,
    `SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'parley'`,
  );
  return row?.open ?? 0;
}

it.each([
  { how: 'all at the same instant', reconnectMs: 0 },
  { how: 'at random moments', reconnectMs: 1_000 },
])(
  'D6: everyone comes back $how after kill -9: all are let in, nothing is missing',
  async ({ reconnectMs }) => {
    const crowd = stack.crowd(
      await Crowd.gather(url, PAIRS, [server.origin], { reconnectMs, heartbeatMs: 120_000 }),
    );
    await server.kill();
    const sends = crowd.members.map(({ pair, a }) => a.send(pair.roomId, 'while it is away-1'));
    await server.restart();
    const most: number[] = [];
    const watch = setInterval(() => void connections().then((open) => most.push(open)), 100);
    const { ms } = await timed(crowd.allBack(30_000));
    await Promise.all(sends);
    clearInterval(watch);
    most.push(await connections());
    expect(ms).toBeLessThan(10_000);
    expect(Math.max(...most)).toBeLessThanOrEqual(MAX_CONNECTIONS);
    expect(Math.max(...most)).toBeGreaterThan(0);
    expect(crowd.clients.filter(({ observed }) => observed.has('closed 4401'))).toEqual([]);
    await expectAllWell(url, crowd.clients);
    crowd.disperse();
  },
);
