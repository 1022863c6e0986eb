// `npm run bench [scenario …]`, of the built server (npm run build): every figure is a ratio of two things measured in
// the same run on the same machine. ROUNDS and SECONDS make it longer.
import { Console } from 'node:console';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { attachments } from './attachments.mjs';
import { changes } from './changes.mjs';
import { chats } from './chats.mjs';
import { feel } from './feel.mjs';
import { features } from './features.mjs';
import { history } from './history.mjs';
import { idle } from './idle.mjs';
import { latency, servers } from './latency.mjs';
import { load } from './load.mjs';
import { startDatabase } from './lib/stack.mjs';
import { reconnect } from './reconnect.mjs';
import { roomlist } from './roomlist.mjs';
import { scroll } from './scroll.mjs';
import { search } from './search.mjs';
import { throughput } from './throughput.mjs';

const SCENARIOS = {
  throughput,
  latency,
  servers,
  idle,
  reconnect,
  history,
  roomlist,
  search,
  scroll,
  chats,
  load,
  feel,
  features,
  changes,
  attachments,
};
const RESULTS = new URL('results.json', import.meta.url);
const terminal = new Console(process.stdout);

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SCENARIOS);
const unknown = wanted.filter((name) => !Object.hasOwn(SCENARIOS, name));
if (unknown.length > 0) {
  throw new Error(`There is no ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}`);
}

const options = { rounds: Number(process.env.ROUNDS ?? 3), seconds: Number(process.env.SECONDS ?? 5) };
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  /** More than a little, and others are at work here: the latencies mean nothing then. */
  load_before: loadavg()[0],
};
const results = { at: new Date().toISOString(), machine, options, scenarios: {} };
const goals = [];
const postgres = await startDatabase();
try {
  for (const name of wanted) {
    const result = await SCENARIOS[name](postgres, options);
    results.scenarios[name] = result;
    goals.push(...result.goals);
    print(name, result.rows);
  }
} finally {
  await postgres.stop();
}
if (goals.length > 0)
  print(
    'Ratios',
    goals.map(({ name, value, atMost }) => ({
      name,
      value,
      'at most': atMost,
      kept: value <= atMost ? 'yes' : 'NO',
    })),
  );
writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);

function print(title, rows) {
  terminal.log(`\n${title}`);
  const table = Object.fromEntries(rows.map(({ name, ...figures }) => [name, mapValues(figures, rounded)]));
  terminal.table(table);
}

function rounded(value) {
  if (typeof value !== 'number') return value;
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
