import { join } from 'node:path';
import { boot } from './boot.js';
import { ConfigError, defaultServerId, readConfig } from './config/config.js';
import { readOptions, UsageError } from './launch/arguments.js';
import { assertDatabaseUsable } from './launch/database-check.js';
import { loadEnvFile } from './launch/env-file.js';
import { assertPortFree } from './launch/port.js';
import { setUpLink } from './launch/set-up-link.js';
import { warningOf } from './launch/warnings.js';
import { PinoLogger } from './logging/pino-logger.js';
import { logProcess, startFailure } from './logging/process-log.js';
import { versionLine } from './version/version.js';

// `npm run serve`: runs the built server without installing, building or migrating, for containers and service managers.
// It writes JSON lines only. The reason for a failed start is logged with every LOG_LEVEL.

const USAGE = `npm run serve -- [option]: the built server alone, on the migrated database of DATABASE_URL.
  --version  print the version
  --help     print this
Settings are environment variables or stand in .env: see README.md.`;

const say = (text: string) => void process.stdout.write(`${text}\n`);

try {
  const options = readOptions(['--version', '--help']);
  if (options.has('--help')) say(USAGE);
  else if (options.has('--version')) say(versionLine(process.env.PARLEY_COMMIT));
  else await serve();
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  new PinoLogger('info', process.env.SERVER_ID || defaultServerId()).fatal({ msg: startFailure(error) });
  process.exit(1);
}

async function serve(): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  if (!config.databaseUrl) {
    throw new ConfigError(['DATABASE_URL must be set: the server alone starts no database (npm start does)']);
  }
  const logger = new PinoLogger(config.logLevel, config.serverId);
  logProcess(logger);
  // Before Nest, which logs these errors in lines of its own.
  await assertPortFree(config.port, config.host);
  await assertDatabaseUsable(config.databaseUrl);
  const app = await boot(config, join(import.meta.dirname, '../../web/dist'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void app.close().then(() => process.exit(0)));
  }
  const warning = warningOf(config);
  if (warning !== null) logger.warn({ msg: warning });
  // Logged last, because a supervisor that waits for this line may send a signal at once.
  logger.log({ msg: `Parley serves http://${config.host}:${config.port}`, auth_mode: config.authMode });
  const link = await setUpLink(app, config);
  // With every LOG_LEVEL: it is shown once.
  if (link !== null)
    new PinoLogger('info', config.serverId).log({
      msg: `Set up: register the first user at ${link} (shown once)`,
    });
}
