import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError } from '../config/config.js';
import { EmbeddedPostgresError } from '@parley/embedded-postgres';
import { UsageError } from '../launch/arguments.js';
import { LaunchError } from '../launch/launch-error.js';
import { onSignals } from '../launch/signals.js';
import { BackupFileError } from './backup-file.js';
import { DatabaseNotUsable } from './database-not-usable.js';
import { FileNotWritten } from './whole-file.js';
import { StorageError } from '../attachments/storage/file-storage.js';

export const say = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * Runs a command and ends the process. An error becomes one sentence on standard error and an exit code: 1 failed,
 * 2 wrong use, 130 stopped by a signal.
 */
export async function runCommand(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  onSignals(
    () => stop.abort(),
    () => process.exit(130),
  );
  try {
    await work(stop.signal);
    // 0, unless the work has set another.
    process.exit();
  } catch (error) {
    const stopped = stop.signal.aborted;
    process.stderr.write(`${stopped ? 'Stopped.' : sentenceOf(error)}\n`);
    process.exit(stopped ? 130 : exitCodeOf(error));
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof UsageError ? 2 : 1;
}

/** @throws UsageError that names what is wrong. */
export function readArguments<Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    throw new UsageError(`${sentence}. --help shows the options.`);
  }
}

/** A failure that has an exit code of its own. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

const SENTENCES = [
  CommandError,
  StorageError,
  BackupFileError,
  ConfigError,
  DatabaseNotUsable,
  EmbeddedPostgresError,
  FileNotWritten,
  LaunchError,
  UsageError,
];

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (SENTENCES.some((kind) => error instanceof kind)) return error.message;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return 'PostgreSQL does not answer at DATABASE_URL.';
    case '55P03': // lock_timeout
      return 'A table is locked, by a migration for example. Try again later.';
    case '53100':
      return "PostgreSQL's disk is full. Free some space, then try again.";
    default:
      return `PostgreSQL or the system reports: ${error.message}`;
  }
}
