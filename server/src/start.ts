import { ConfigError, readConfig } from './config/config.js';
import { EmbeddedPostgresError } from '@parley/embedded-postgres';
import { SchemaMismatchError } from './database/schema.js';
import { loadEnvFile } from './launch/env-file.js';
import { LaunchError } from './launch/launch-error.js';
import { Launch } from './launch/launch.js';
import { onSignals } from './launch/signals.js';
import { summary } from './launch/summary.js';

// The last step of `npm start`, after installing and building: runs database and server in this process.
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayError = (line: string) => void process.stderr.write(`${line}\n`);

try {
  loadEnvFile();
  await run(readConfig(process.env));
} catch (error) {
  sayError(sentenceOf(error));
  process.exitCode = 1;
}

async function run(config: ReturnType<typeof readConfig>): Promise<void> {
  const stopping = new AbortController();
  const launch = new Launch(config, { log: say, signal: stopping.signal, onLost });
  const started = launch.start();
  onSignals(
    () => void end(0),
    () => process.exit(1),
  );

  try {
    const link = await started;
    if (!stopping.signal.aborted) say(summary(config, link));
  } catch (error) {
    // After a signal during the start, the error is a consequence of stopping.
    if (!stopping.signal.aborted) sayError(sentenceOf(error));
    await end(1);
  }

  /** Waits until the start has ended, so that everything that was started can be stopped. */
  async function end(code: number): Promise<void> {
    if (stopping.signal.aborted) return;
    stopping.abort();
    if (code === 0) say('Stopping');
    await started.catch(() => undefined);
    await launch.stop();
    process.exit(code);
  }

  function onLost(reason: string): void {
    sayError(`Parley has lost its database and stops: ${reason}`);
    void end(1);
  }
}

/** The sentence for an error: our own errors have one, of others it is the message. With LOG_LEVEL=debug it is the stack. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Parley cannot start: ${String(error)}`;
  const known = [ConfigError, EmbeddedPostgresError, LaunchError, SchemaMismatchError].some(
    (kind) => error instanceof kind,
  );
  if (known) return error.message;
  const wantsStack = process.env.LOG_LEVEL === 'debug' || process.env.LOG_LEVEL === 'trace';
  return `Parley cannot start: ${(wantsStack && error.stack) || error.message}`;
}
