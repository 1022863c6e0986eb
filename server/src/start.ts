import { ConfigError, readConfig } from './config/config.js';
import { EmbeddedPostgresError } from '@parley/embedded-postgres';
import { SchemaMismatchError } from './database/schema.js';
import { loadEnvFile } from './launch/env-file.js';
import { LaunchError } from './launch/launch-error.js';
import { Launch } from './launch/launch.js';
import { onSignals } from './launch/signals.js';
import { summary } from './launch/summary.js';

// The end of `npm start`, when everything is installed and built: the whole product in this one process.
const say = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);

try {
  loadEnvFile();
  await run(readConfig(process.env));
} catch (error) {
  complain(sentenceOf(error));
  process.exitCode = 1;
}

async function run(config: ReturnType<typeof readConfig>): Promise<void> {
  const wishes = new AbortController();
  const launch = new Launch(config, { log: say, signal: wishes.signal, onLost });
  const started = launch.start();
  onSignals(
    () => void end(0),
    () => process.exit(1),
  );

  try {
    await started;
    if (!wishes.signal.aborted) say(summary(config));
  } catch (error) {
    // Stopped while it started: what was being started has failed because of that.
    if (!wishes.signal.aborted) complain(sentenceOf(error));
    await end(1);
  }

  /** Ends after what is being started is there, so that it can be stopped. */
  async function end(code: number): Promise<void> {
    if (wishes.signal.aborted) return;
    wishes.abort();
    if (code === 0) say('Stopping');
    await started.catch(() => undefined);
    await launch.stop();
    process.exit(code);
  }

  function onLost(reason: string): void {
    complain(`Parley has lost its database and stops: ${reason}`);
    void end(1);
  }
}

/** Errors that we know are sentences already; of others the message has to do. The stack is for `LOG_LEVEL=debug`. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Parley cannot start: ${String(error)}`;
  const known = [ConfigError, EmbeddedPostgresError, LaunchError, SchemaMismatchError].some(
    (kind) => error instanceof kind,
  );
  if (known) return error.message;
  const wantsStack = process.env.LOG_LEVEL === 'debug' || process.env.LOG_LEVEL === 'trace';
  return `Parley cannot start: ${(wantsStack && error.stack) || error.message}`;
}
