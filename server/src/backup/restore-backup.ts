import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stat } from 'node:fs/promises';
import { Client, DatabaseError } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource, type MigrationInterface } from 'typeorm';
import { dataSourceOptions, MIGRATIONS } from '../database/data-source.js';
import { MIGRATION_LOCK } from '../database/migrator.js';
import { RESTORE_REV_STEP } from '../database/restore-rev-step.js';
import { UNFINISHED_RESTORE } from '../database/schema.js';
import { BackupFileError, openBackup, type BackupHeader } from './backup-file.js';
import { APPLIED_MIGRATIONS, SESSION_SETTINGS, TABLES, type TableRow } from './catalog.sql.js';
import { DatabaseNotUsable } from './database-not-usable.js';
import { count, Progress } from './progress.js';

const CONNECT_MS = 5_000;
const REPORT_MS = 5_000;

export interface RestoreOptions {
  /** Called with a line for the person at the terminal, every few seconds. */
  report: (line: string) => void;
  signal: AbortSignal;
}

export interface Restored {
  readonly header: BackupHeader;
  /** Migrations that were applied after the restore, because the backup is older than the program. */
  readonly migrated: readonly string[];
  /** Tables that were not restored, because no migration of Parley creates them. */
  readonly leftOut: readonly string[];
}

/**
 * Restores a backup into an empty database, and migrates it. Creates the database if it does not exist and the role may do
 * so. Checks the whole file before it changes anything. All rows are copied in one transaction; until its commit the
 * database is marked as unfinished: no server accepts it, and a second call starts again.
 * @throws BackupFileError, DatabaseNotUsable; PostgreSQL's errors unchanged.
 */
export async function restore(databaseUrl: string, file: string, options: RestoreOptions): Promise<Restored> {
  const header = await checkBackup(file, options);
  assertNotNewer(header, file);
  const client = await connectTo(databaseUrl);
  try {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [
      MIGRATION_LOCK,
    ]);
    if (!rows[0]?.got) {
      throw new DatabaseNotUsable('Another process migrates or restores this database now. Try again later.');
    }
    await client.query('SET statement_timeout = 0');
    await assertEmpty(client);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${UNFINISHED_RESTORE} AS SELECT now() AS started_at, $1::text AS file`,
      [file],
    );
    await makeSchema(databaseUrl, client, header);
    const leftOut = await copyIn(client, file, header, options);
    const migrated = await runMigrations(databaseUrl, MIGRATIONS);
    await client.query('ANALYZE'); // until then PostgreSQL plans as if the tables were empty
    return { header, migrated, leftOut };
  } finally {
    await client.end();
  }
}

/**
 * Reads the whole file.
 * @throws BackupFileError when it is damaged, not complete, or not a backup.
 */
export async function checkBackup(file: string, { report, signal }: RestoreOptions): Promise<BackupHeader> {
  const backup = await openBackup(file);
  try {
    const { size } = await stat(file);
    let reported = Date.now();
    for await (const _ of backup.blocks) {
      signal.throwIfAborted();
      if (Date.now() - reported < REPORT_MS) continue;
      reported = Date.now();
      report(`Checking ${file}: ${Math.floor((100 * backup.bytesRead()) / size)} %`);
    }
    return backup.header;
  } finally {
    backup.close();
  }
}

function assertNotNewer({ migrations, program }: BackupHeader, file: string): void {
  const known: readonly string[] = MIGRATIONS.map(({ name }) => name);
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new BackupFileError(
    `${file} was made by a newer Parley (${program}), whose database this version does not know ` +
      `(${unknown.join(', ')}). Restore it with version ${program} or newer.`,
  );
}

async function connectTo(databaseUrl: string): Promise<Client> {
  try {
    return await connect(databaseUrl);
  } catch (error) {
    const isMissing = error instanceof DatabaseError && error.code === '3D000';
    if (!isMissing) throw error;
    await createDatabase(databaseUrl);
    return connect(databaseUrl);
  }
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({
    connectionString,
    application_name: 'parley-restore',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined); // the statement that runs fails with it
  await client.connect();
  return client;
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  const command = `createdb --owner=${decodeURIComponent(url.username)} --template=template0 --encoding=UTF8 ${name}`;
  try {
    const admin = await connect(url.href);
    try {
      await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8'`);
    } finally {
      await admin.end();
    }
  } catch (error) {
    throw new DatabaseNotUsable(
      `The database ${name} does not exist and cannot be made (${(error as Error).message}). ` +
        `Make it as PostgreSQL's administrator: ${command}`,
    );
  }
}

/** @throws DatabaseNotUsable when the database has rows, or tables that are not Parley's. */
async function assertEmpty(client: Client): Promise<void> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  const others = tables.map(({ name }) => name).filter((name) => name !== UNFINISHED_RESTORE);
  if (others.length === 0) return;
  if (!others.includes('migrations')) {
    throw new DatabaseNotUsable(
      `The database is not empty: it has tables of another program (${others.join(', ')}). ` +
        'Restore into a new database.',
    );
  }
  for (const name of others.filter((other) => other !== 'migrations')) {
    const { rowCount } = await client.query(`SELECT FROM ${client.escapeIdentifier(name)} LIMIT 1`);
    if (rowCount) {
      throw new DatabaseNotUsable(
        `The database is not empty: there are rows in ${name}. A restore overwrites nothing.`,
      );
    }
  }
}

/** Creates the tables as they were when the backup was made. Existing tables are empty. */
async function makeSchema(databaseUrl: string, client: Client, { migrations }: BackupHeader): Promise<void> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  if (tables.some(({ name }) => name === 'migrations')) {
    const { rows } = await client.query<{ name: string }>(APPLIED_MIGRATIONS);
    const applied = rows.map(({ name }) => name);
    if (applied.join() === migrations.join()) return;
    await undoMigrations(databaseUrl, applied.length);
  }
  await runMigrations(
    databaseUrl,
    MIGRATIONS.filter(({ name }) => migrations.includes(name)),
  );
}

async function runMigrations(
  databaseUrl: string,
  migrations: readonly (new () => MigrationInterface)[],
): Promise<string[]> {
  const options = { ...dataSourceOptions(databaseUrl), migrations: [...migrations] };
  const dataSource = await new DataSource(options).initialize();
  try {
    return (await dataSource.runMigrations()).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

async function undoMigrations(databaseUrl: string, times: number): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  try {
    for (let i = 0; i < times; i++) await dataSource.undoLastMigration();
  } finally {
    await dataSource.destroy();
  }
}

/** @returns the tables that were left out, because this schema does not have them. */
async function copyIn(
  client: Client,
  file: string,
  header: BackupHeader,
  { report, signal }: RestoreOptions,
): Promise<string[]> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  const known = (name: string) => tables.some((table) => table.name === name);
  const progress = new Progress('Restoring', header.tables, report);
  const backup = await openBackup(file);
  try {
    await client.query('BEGIN');
    await client.query(SESSION_SETTINGS);
    let next = await backup.blocks.next();
    while (!next.done) {
      const { table } = next.value;
      const rows = async function* () {
        while (!next.done && next.value.table === table) {
          yield next.value.data;
          progress.add(table, next.value.rows);
          next = await backup.blocks.next();
        }
      };
      if (known(table)) {
        const columns = header.tables.find(({ name }) => name === table)?.columns ?? [];
        const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
        const sink = client.query(copyFrom(`COPY ${client.escapeIdentifier(table)} (${list}) FROM STDIN`));
        await pipeline(Readable.from(rows(), { objectMode: false }), sink, { signal });
      } else {
        for await (const _ of rows()) signal.throwIfAborted();
      }
    }
    for (const { name, last_value, is_called } of header.sequences) {
      await client.query('SELECT setval(to_regclass(quote_ident($1)), $2, $3)', [
        name,
        last_value,
        is_called,
      ]);
    }
    await client.query('UPDATE rooms SET rev = rev + $1', [RESTORE_REV_STEP]);
    // For the same reason.
    if (known('room_member_settings')) {
      await client.query('UPDATE room_member_settings SET rev = rev + $1', [RESTORE_REV_STEP]);
      // Also of users who had none: their clients may have some of after the backup.
      await client.query('UPDATE users SET listing_rev = listing_rev + $1', [RESTORE_REV_STEP]);
    }
    await client.query(`DROP TABLE ${UNFINISHED_RESTORE}`);
    await client.query('COMMIT');
  } finally {
    // After an error the connection ends, which rolls the transaction back.
    backup.close();
  }
  return header.tables
    .filter(({ name, rows }) => rows > 0 && !known(name))
    .map(({ name, rows }) => `${name} (${count(rows)} rows)`);
}
