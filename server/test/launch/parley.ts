import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, run, type Run } from './processes.js';

export { freePort } from '@parley/embedded-postgres';
export { newFolder, removeFolders } from '../../../embedded-postgres/test/support/folders.js';

export const ROOT = resolve(__dirname, '../../..');
/** `npm start` without npm. */
export const START_SCRIPT = join(ROOT, 'scripts/start.mjs');
/** The same, when everything is installed and built. */
export const START = join(ROOT, 'server/dist/start.js');

/** Empty is as good as unset, and wins over what a developer has in `.env`. */
const UNSET = Object.fromEntries(
  ['PORT', 'HOST', 'DATA_DIR', 'DATABASE_URL', 'AUTH_MODE', 'ALLOWED_ORIGINS', 'RATE_LIMIT', 'LOG_LEVEL'].map(
    (name) => [name, ''],
  ),
);

const runs: Run[] = [];

export function startParley(settings: Record<string, string>, command = [process.execPath, START]): Run {
  const [file = '', ...args] = command;
  // A process group of its own, as in a terminal, so that a test can press Ctrl-C.
  const parley = run(file, args, {
    cwd: ROOT,
    env: { ...process.env, ...UNSET, ...settings },
    detached: true,
  });
  runs.push(parley);
  return parley;
}

export async function endRuns(): Promise<void> {
  for (const { pid, ended } of runs.splice(0)) {
    if (isAlive(pid)) process.kill(-pid, 'SIGKILL');
    await ended;
  }
}

/** Process id of the PostgreSQL that works in this data folder. */
export function postgresOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Processes that have this text in their command, ours excepted. Linux only; elsewhere none is found. */
export function processesWith(text: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => commandOf(name).includes(text))
    .map(Number)
    .filter(isAlive);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
