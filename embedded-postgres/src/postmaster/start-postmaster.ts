import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { clusterIn } from '../data-folder/cluster.js';
import { DataFolderInUse, EmbeddedPostgresError, PostgresDied } from '../errors.js';
import { lastLogLines, Postmaster } from './postmaster.js';
import type { RunAs } from '../installation/run-as.js';

/** Recovery after a crash with much unwritten work can take minutes; it is reported every so often. */
const READY_MS = 10 * 60_000;
const REPORT_MS = 5_000;
const POLL_MS = 10;
/** A start that fails for a passing reason (the port was snatched, processes of a crashed server linger) is repeated. */
const TRIES = 20;
const TRY_AGAIN_MS = 250;
const PASSING = /could not bind|Address already in use|pre-existing shared memory block/;
/** The postmaster gives up when the process that recovers the database is killed or crashes. */
const PROCESS_DIED = /was terminated by (signal|exception)/;
const LOCKED = /lock file "postmaster.pid" already exists/;

/** Text of queries and rows stays out of the log: it would be people's messages. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  lc_messages: 'C',
};

export interface StartPostmasterOptions {
  dataDir: string;
  /** A free one when undefined. */
  port: number | undefined;
  settings: Record<string, string>;
  log: (line: string) => void;
}

/** Resolves when PostgreSQL takes connections. */
export async function startPostmaster(
  { dataDir, port: wanted, settings, log }: StartPostmasterOptions,
  runAs: RunAs,
): Promise<{ postmaster: Postmaster; port: number }> {
  const logFile = join(dataDir, 'postgres.log');
  let lastWords = '';
  let died = false;
  for (let i = 0; i < TRIES; i++) {
    const port = wanted ?? (await freePort());
    const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const all = { ...SETTINGS, ...settings, port: String(port) };
    const postmaster = Postmaster.start(runAs, clusterIn(dataDir), logFile, all);
    if (await becomesReady(postmaster, log)) return { postmaster, port };
    const ownExit = postmaster.exit;
    await postmaster.stop();
    lastWords = lastLogLines(logFile, logStart);
    if (LOCKED.test(lastWords)) throw new DataFolderInUse(dataDir);
    died = Boolean(ownExit?.signal) || PROCESS_DIED.test(lastWords);
    if (!PASSING.test(lastWords)) break;
    await sleep(TRY_AGAIN_MS);
  }
  const ErrorType = died ? PostgresDied : EmbeddedPostgresError;
  throw new ErrorType(`PostgreSQL does not start. Its last words (${logFile}):\n${lastWords}`);
}

async function becomesReady(postmaster: Postmaster, log: (line: string) => void): Promise<boolean> {
  const start = Date.now();
  let reported = start;
  while (postmaster.isRunning && Date.now() - start < READY_MS) {
    if (postmaster.isReady) return true;
    if (Date.now() - reported > REPORT_MS) {
      reported = Date.now();
      log('PostgreSQL is recovering from a crash, still waiting');
    }
    await sleep(POLL_MS);
  }
  return false;
}
