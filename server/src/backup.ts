import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backUp } from './backup/write-backup.js';
import { readArguments, runCommand, say } from './backup/command.js';
import { withEmbeddedDatabase } from './backup/embedded-database.js';
import { summary } from './backup/progress.js';
import { readConfig } from './config/config.js';
import { UsageError } from './launch/arguments.js';
import { loadEnvFile } from './launch/env-file.js';
import { versionLine } from './version/version.js';

// `npm run backup`: writes the whole database to one file. Servers may run meanwhile.

const USAGE = `npm run backup -- [FILE]: writes the whole database to a new file.
It needs no PostgreSQL tools, and servers may run meanwhile. The database is that of DATABASE_URL, or, without it, the
embedded one in DATA_DIR, which is started for the backup if it does not run.
  FILE       the new file, whose name ends in .gz, or an existing folder [./backups]; the default name is the time
  --version  print the version
  --help     print this
Exit codes: 0 done; 1 failed, and no file is left; 2 wrong use; 130 stopped.`;

const FOLDER = './backups';

await runCommand(async (signal) => {
  const { values, positionals } = readArguments({
    version: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (values.help) return say(USAGE);
  if (values.version) return say(versionLine(process.env.PARLEY_COMMIT));
  if (positionals.length > 1) throw new UsageError('Give one FILE.');
  loadEnvFile();
  const config = readConfig(process.env);
  const file = fileFor(positionals[0]);
  const make = async (databaseUrl: string) => {
    const start = performance.now();
    const { tables } = await backUp(databaseUrl, file, { report: say, signal });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    say(`${file} is complete: ${summary(tables)}; ${sizeOf(file)} in ${seconds} s.`);
  };
  await (config.databaseUrl ? make(config.databaseUrl) : withEmbeddedDatabase(config.dataDir, say, make));
});

function fileFor(wanted: string | undefined): string {
  if (wanted !== undefined && !isFolder(wanted)) return resolve(wanted);
  const folder = resolve(wanted ?? FOLDER);
  // The default folder is created. A folder that was named must exist, so that a mistyped name does not hide a backup.
  if (wanted === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replaceAll(':', '-').replace(/\.\d+/, '');
  return join(folder, `parley-${time}.backup.gz`);
}

function sizeOf(file: string): string {
  const { size } = statSync(file);
  return size < 1e6 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}

function isFolder(path: string): boolean {
  if (existsSync(path)) return statSync(path).isDirectory();
  // Otherwise the first backup into a missing folder would create a file with that name, and later ones would fail.
  if (!path.endsWith('.gz')) {
    throw new UsageError(
      `${resolve(path)} is no folder that exists, and the name of a new file ends in .gz.`,
    );
  }
  return false;
}
