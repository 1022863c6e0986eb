import { ConfigError, defaultServerId, readConfig } from './config/config.js';
import { dryRun, migrate, migrationStatus } from './database/migrator.js';
import { readOptions, UsageError } from './launch/arguments.js';
import { assertDatabaseUsable } from './launch/database-check.js';
import { loadEnvFile } from './launch/env-file.js';
import { PinoLogger } from './logging/pino-logger.js';
import { logProcess, startFailure } from './logging/process-log.js';
import { versionLine } from './version/version.js';

// `npm run migrate`: migrates the database of DATABASE_URL. It writes JSON lines, as the server does; with an option it
// prints text for people.

const USAGE = `npm run migrate -- [option]: brings the database of DATABASE_URL up to date.
  --status   list the applied, pending and unknown migrations; change nothing
  --dry-run  print the SQL that would run; change nothing
  --version  print the version
  --help     print this
Exit codes: 0 done, or up to date; 1 failed; 2 wrong use;
of --status: 3 migrations are pending, 4 the database is newer than this version.`;

/** Exit codes of `--status`. */
const PENDING = 3;
const NEWER = 4;

const logger = new PinoLogger('info', process.env.SERVER_ID || defaultServerId());
const say = (text: string) => void process.stdout.write(`${text}\n`);

try {
  const options = readOptions(['--status', '--dry-run', '--version', '--help']);
  if (options.has('--help')) say(USAGE);
  else if (options.has('--version')) say(versionLine(process.env.PARLEY_COMMIT));
  else if (options.has('--status') && options.has('--dry-run'))
    throw new UsageError('--status and --dry-run do not go together.');
  else process.exitCode = await run(options);
} catch (error) {
  const isForPeople = error instanceof UsageError || process.argv.length > 2;
  if (isForPeople) process.stderr.write(`${startFailure(error)}\n`);
  else logger.fatal({ msg: startFailure(error) });
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(options: ReadonlySet<string>): Promise<number> {
  loadEnvFile();
  const config = readConfig(process.env);
  if (!config.databaseUrl)
    throw new ConfigError(['DATABASE_URL must be set: it names the database to migrate']);
  await assertDatabaseUsable(config.databaseUrl);
  if (options.has('--status')) return showStatus(config.databaseUrl);
  if (options.has('--dry-run')) {
    const steps = await dryRun(config.databaseUrl, config);
    say(steps.length > 0 ? steps.join('\n\n') : '-- The database is up to date.');
    return 0;
  }
  logProcess(logger);
  const applied = await migrate(config.databaseUrl, config);
  logger.log({ msg: 'The database is up to date', applied: applied.join(', ') || null });
  return 0;
}

async function showStatus(databaseUrl: string): Promise<number> {
  const { applied, pending, unknown } = await migrationStatus(databaseUrl);
  for (const [state, names] of Object.entries({ applied, pending, unknown })) {
    for (const name of names) say(`${state.padEnd(8)} ${name}`);
  }
  if (unknown.length > 0) {
    say('The database is newer than this version, which does not know what is marked unknown.');
    return NEWER;
  }
  say(
    pending.length > 0 ? 'To apply what is pending, run "npm run migrate".' : 'The database is up to date.',
  );
  return pending.length > 0 ? PENDING : 0;
}
