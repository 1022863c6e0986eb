import { resolve } from 'node:path';
import { readArguments, runCommand, say } from './backup/command.js';
import { DatabaseNotUsable } from './backup/database-not-usable.js';
import { withOwnDatabase } from './backup/embedded-database.js';
import { summary } from './backup/progress.js';
import { checkBackup, restore } from './backup/restore-backup.js';
import { readConfig } from './config/config.js';
import { UsageError } from './launch/arguments.js';
import { loadEnvFile } from './launch/env-file.js';
import { versionLine } from './version/version.js';

// `npm run restore`: restores a backup into an empty database.

const USAGE = `npm run restore -- FILE [option]: restores a backup into an empty database, and migrates it.
It needs no PostgreSQL tools, and overwrites nothing. The database is that of DATABASE_URL, which is created if it does
not exist and the role may create databases, or, without it, the embedded one in DATA_DIR, while no server runs on it.
  --to DIR   restore into the embedded database of this data folder instead
  --check    only check that FILE is complete and undamaged
  --version  print the version
  --help     print this
Exit codes: 0 done; 1 failed, to be run again when the cause is removed; 2 wrong use; 130 stopped.`;

await runCommand(async (signal) => {
  const { values, positionals } = readArguments({
    to: { type: 'string' },
    check: { type: 'boolean' },
    version: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (values.help) return say(USAGE);
  if (values.version) return say(versionLine(process.env.PARLEY_COMMIT));
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new UsageError('Give one FILE. --help shows how.');
  const file = resolve(name);
  const options = { report: say, signal };
  if (values.check) {
    const { created_at, program, tables } = await checkBackup(file, options);
    return say(`${file} is complete: ${summary(tables)}; made by Parley ${program} at ${created_at}.`);
  }
  loadEnvFile();
  const config = readConfig(process.env);
  const run = async (databaseUrl: string) => {
    const { header, migrated, leftOut } = await restore(databaseUrl, file, options);
    say(`Restored ${summary(header.tables)}, as they were at ${header.created_at}.`);
    if (migrated.length > 0) say(`Migrated it: ${migrated.join(', ')}.`);
    if (leftOut.length > 0)
      say(`Left out, because no migration of Parley makes them: ${leftOut.join(', ')}.`);
    if (header.tables.some(({ partitioned }) => partitioned)) {
      say('It was partitioned, and is not any more: docs/operations.md shows how to partition it again.');
    }
  };
  if (config.databaseUrl && values.to === undefined) return run(config.databaseUrl);
  const dataDir = values.to === undefined ? config.dataDir : resolve(values.to);
  await withOwnDatabase(dataDir, say, (databaseUrl) =>
    run(databaseUrl).catch((error: unknown) => {
      if (!(error instanceof DatabaseNotUsable)) throw error;
      throw new DatabaseNotUsable(
        `${dataDir}: ${error.message} Move that folder aside, or restore into another one with --to DIR.`,
      );
    }),
  );
  if (dataDir !== config.dataDir) say(`To use it: DATA_DIR=${dataDir} npm start`);
});
