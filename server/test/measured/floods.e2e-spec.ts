import { setTimeout as pause } from 'node:timers/promises';
import { Attacker } from '../support/attacker.js';
import { makePairs } from '../faults/harness/database.js';
import type { ServerProcess } from '../faults/harness/processes.js';
import { Stack } from '../faults/harness/stack.js';
import { quantile, Victims } from '../faults/harness/victims.js';
import { until } from '../faults/harness/wait.js';

jest.setTimeout(120_000);

const SOCKETS = 20;
/** Medians of this many rounds are looked at, and of up to so many more while they are over the bounds: a noisy machine. */
const ROUNDS = { least: 3, most: 7 };
/** Least length of a measurement, in ms: about 150 messages. */
const WINDOW_MS = 1_500;
/** An attacker's sockets are closed by then, in ms. */
const CLOSED_WITHIN_MS = 5_000;
/** What this machine's own noise may come to, in ms: a difference below it is none. */
const NOISE_MS = { p50: 10, p99: 60 };

const entries = (count: number) => Array.from({ length: count }, (_, n) => `"${n + 1}":1`).join(',');
/** Frames, and how many a second on each socket. */
const FLOODS: Record<string, Flood> = {
  '62 kB sync frames': { payload: `{"type":"sync","rooms":{${entries(6_800)}}}`, perSecond: 75 },
  '60 kB of [': { payload: '['.repeat(60_000), perSecond: 75 },
  '63 kB of {}': { payload: '{}'.repeat(31_500), perSecond: 75 },
  'one {': { payload: '{', perSecond: 20_000 },
};

/** What everything is compared with: as many sockets of one user, opened by a process just like that, that do no harm. */
const QUIET: Flood = { payload: '{"type":"sync","rooms":{}}', perSecond: 1 };

interface Flood {
  payload: string;
  perSecond: number;
}

interface Round {
  /** From a message to its ack, in ms. */
  latencies: number[];
  /** Longest standstill of the server's event loop. */
  lagMs: number;
}

interface Figures {
  p50: number;
  p99: number;
  lagMs: number;
}

const stack = new Stack();
let url: string;
let server: ServerProcess;
let victims: Victims;
beforeAll(async () => {
  url = await stack.database();
  server = await stack.server({ DATABASE_URL: url, RATE_LIMIT: '' });
  victims = stack.keep(await Victims.open(url, server.port, 10), (opened) => opened.close());
  await measure(async () => pause(500));
});
afterAll(() => stack.end());

describe('Floods over 20 sockets of one user, at the default limits', () => {
  it('are cut off within 5 s, and others do not notice them [D3]', async () => {
    const kinds = Object.entries({ QUIET, ...FLOODS });
    const rounds = new Map<string, Round[]>(kinds.map(([name]) => [name, []]));
    let verdict = { quiet: {} as Figures, flooded: {}, tooSlow: {} };
    for (let round = 1; round <= ROUNDS.most; round++) {
      for (const [name, flood] of kinds) {
        rounds.get(name)!.push(await measure(() => withstand(name, flood)));
      }
      verdict = verdictOn(rounds);
      if (round >= ROUNDS.least && Object.keys(verdict.tooSlow).length === 0) break;
    }
    if (process.env.SHOW_FIGURES) process.stdout.write(`${JSON.stringify(verdict, null, 1)}\n`);
    expect(verdict).toEqual({ ...verdict, tooSlow: {} });
    expect(victims.refusals).toEqual([]);
  });
});

describe('A socket that the server closes', () => {
  it.each(['/ws/', '/ws/chat/999999999/'])('is not read any more: %s', async (path) => {
    const payload = 'x'.repeat(60_000);
    const attacker = new Attacker({
      port: server.port,
      path,
      sockets: 1,
      opcode: 1,
      payload,
      perSecond: 0,
      total: 1_000_000,
      reads: false,
    });
    stack.keep(attacker, () => attacker.stop());
    await until('it is closed', () => attacker.closed.length === 1);
    // What the buffers of both systems hold. Read for a second it would be hundreds of MB.
    expect((attacker.closed[0]!.sent * payload.length) / 1_048_576).toBeLessThan(32);
  });
});

function verdictOn(rounds: ReadonlyMap<string, readonly Round[]>) {
  const figures = Object.fromEntries([...rounds].map(([name, list]) => [name, figuresOf(list)]));
  const { QUIET: quiet, ...flooded } = figures as Record<string, Figures> & { QUIET: Figures };
  const bounds: Figures = {
    p50: Math.max(2 * quiet.p50, quiet.p50 + NOISE_MS.p50),
    p99: Math.max(5 * quiet.p99, quiet.p99 + NOISE_MS.p99),
    lagMs: Math.max(100, 4 * quiet.lagMs),
  };
  const tooSlow = Object.entries(flooded).filter(([, flood]) =>
    (['p50', 'p99', 'lagMs'] as const).some((key) => flood[key] > bounds[key]),
  );
  return { quiet, flooded, tooSlow: Object.fromEntries(tooSlow) };
}

/** Attacks with a user of its own, until all sockets are closed. */
async function withstand(name: string, { payload, perSecond }: Flood): Promise<void> {
  const [pair] = await makePairs(url, 1);
  const attacker = new Attacker({
    port: server.port,
    path: `/ws/?active_user=${pair!.a}`,
    sockets: SOCKETS,
    opcode: 1,
    payload,
    perSecond,
    total: 1_000_000,
    reads: true,
  });
  try {
    await pause(WINDOW_MS);
    if (perSecond === QUIET.perSecond) return;
    await until(`${name} is cut off`, () => attacker.closed.length === SOCKETS, CLOSED_WITHIN_MS);
    const lastMs = Math.max(...attacker.closed.map(({ afterMs }) => afterMs));
    if (lastMs > CLOSED_WITHIN_MS) throw new Error(`${name} was cut off only after ${lastMs} ms`);
  } finally {
    await attacker.stop();
  }
}

/** All victims send ten messages a second while something happens. */
async function measure(during: () => Promise<unknown>): Promise<Round> {
  await lagSinceLastAskedMs();
  const latencies = await victims.latenciesDuring(during);
  return { latencies, lagMs: await lagSinceLastAskedMs() };
}

async function lagSinceLastAskedMs(): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)![1]) * 1_000;
}

/** Medians of the rounds: what disturbs one of them (a slow disk) is not the flood's. */
function figuresOf(rounds: readonly Round[]): Figures {
  const median = (of: (round: Round) => number) => quantile(rounds.map(of), 0.5);
  return {
    p50: median(({ latencies }) => quantile(latencies, 0.5)),
    p99: median(({ latencies }) => quantile(latencies, 0.99)),
    lagMs: median(({ lagMs }) => lagMs),
  };
}
