import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { clusterIn } from '../data-folder/cluster.js';
import { DataFolderInUse, EmbeddedPostgresError, PostgresDied } from '../errors.js';
import { lastLogLines, Postmaster } from './postmaster.js';
import type { RunAs } from '../installation/run-as.js';

/** Longest wait until PostgreSQL is ready, in milliseconds: recovery after a crash can take minutes. */
const READY_MS = 10 * 60_000;
const REPORT_MS = 5_000;
const POLL_MS = 10;
/** A start is repeated when its failure is transient: another program took the port, or processes of a crash still run. */
const MAX_ATTEMPTS = 20;
const RETRY_MS = 250;
const TRANSIENT = /could not bind|Address already in use|pre-existing shared memory block/;
/** The postmaster ends when the process that recovers the database is killed or crashes. */
const PROCESS_DIED = /was terminated by (signal|exception)/;
const LOCKED = /lock file "postmaster.pid" already exists/;

/** Queries and rows are not logged, because they contain messages of users. */
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
  /** undefined: a free port. */
  port: number | undefined;
  settings: Record<string, string>;
  log: (line: string) => void;
}

/** Resolves when PostgreSQL accepts connections. @throws EmbeddedPostgresError */
export async function startPostmaster(
  { dataDir, port: wanted, settings, log }: StartPostmasterOptions,
  runAs: RunAs,
): Promise<{ postmaster: Postmaster; port: number }> {
  const logFile = join(dataDir, 'postgres.log');
  let logTail = '';
  let died = false;
  for (let i = 0; i < MAX_ATTEMPTS; i++) {
    const port = wanted ?? (await freePort());
    const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const all = { ...SETTINGS, ...settings, port: String(port) };
    const postmaster = Postmaster.start(runAs, clusterIn(dataDir), logFile, all);
    if (await becomesReady(postmaster, log)) return { postmaster, port };
    const ownExit = postmaster.exit;
    await postmaster.stop();
    logTail = lastLogLines(logFile, logStart);
    if (LOCKED.test(logTail)) throw new DataFolderInUse(dataDir);
    died = Boolean(ownExit?.signal) || PROCESS_DIED.test(logTail);
    if (!TRANSIENT.test(logTail)) break;
    await sleep(RETRY_MS);
  }
  const ErrorType = died ? PostgresDied : EmbeddedPostgresError;
  throw new ErrorType(`PostgreSQL does not start. The end of its log (${logFile}):\n${logTail}`);
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
