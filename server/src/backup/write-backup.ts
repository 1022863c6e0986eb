import { createGzip } from 'node:zlib';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { VERSION } from '../version/version.js';
import { encodeBackup, type BackupBlock, type NewHeader } from './backup-file.js';
import { APPLIED_MIGRATIONS, SEQUENCES, SESSION_SETTINGS, TABLES, type TableRow } from './catalog.sql.js';
import { DatabaseNotUsable } from './database-not-usable.js';
import { Progress } from './progress.js';
import { assertFree, writeWholeFile } from './whole-file.js';

/** Size of the blocks in which rows are compressed and written, in bytes. */
const BLOCK_BYTES = 256 * 1024;
/** Compresses chats to a third. Higher levels take several times the CPU for a tenth less. */
const GZIP_LEVEL = 3;
const CONNECT_MS = 5_000;

export interface BackupOptions {
  /** Called with a line for the person at the terminal, every few seconds. */
  report: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Writes a consistent snapshot of the whole database to a new file. Servers may run meanwhile: it uses one connection and
 * takes no lock that a send waits for. Memory does not grow with the database.
 * @returns the header of the file.
 * @throws DatabaseNotUsable, FileNotWritten; PostgreSQL's errors unchanged. Then no file is left.
 */
export async function backUp(
  databaseUrl: string,
  file: string,
  { report, signal }: BackupOptions,
): Promise<NewHeader> {
  await assertFree(file);
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'parley-backup',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined); // the statement that runs fails with it
  await client.connect();
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(SESSION_SETTINGS);
    const header = await readHeader(client);
    const progress = new Progress('Backing up', header.tables, report);
    const content = encodeBackup(header, blocksOf(client, header, progress));
    await writeWholeFile(file, content, createGzip({ level: GZIP_LEVEL }), signal);
    return header;
  } finally {
    await client.end();
  }
}

async function readHeader(client: Client): Promise<NewHeader> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  if (!tables.some(({ name }) => name === 'migrations')) {
    throw new DatabaseNotUsable('This database holds no data of Parley: there is no table "migrations".');
  }
  const { rows: migrations } = await client.query<{ name: string }>(APPLIED_MIGRATIONS);
  const { rows: sequences } = await client.query<{ name: string }>(SEQUENCES);
  const { rows } = await client.query<{ now: Date; version: string }>(
    `SELECT now(), current_setting('server_version') AS version`,
  );
  return {
    program: VERSION,
    postgres: rows[0]?.version ?? '',
    created_at: rows[0]?.now.toISOString() ?? '',
    migrations: migrations.map(({ name }) => name),
    tables: await inOrder(
      client,
      tables.filter(({ name }) => name !== 'migrations'),
    ),
    // Sequences stand outside of the snapshot: read after it was taken, they are beyond every id in it.
    sequences: await inOrderOf(sequences, async ({ name }) => {
      const { rows: states } = await client.query<{ last_value: string; is_called: boolean }>(
        `SELECT last_value::text, is_called FROM ${client.escapeIdentifier(name)}`,
      );
      return { name, last_value: states[0]?.last_value ?? '1', is_called: states[0]?.is_called ?? false };
    }),
  };
}

/** Referenced tables first, and how many rows each has. */
async function inOrder(client: Client, tables: readonly TableRow[]): Promise<NewHeader['tables']> {
  const sorted: TableRow[] = [];
  const visit = (table: TableRow) => {
    if (sorted.includes(table)) return;
    for (const needed of tables) {
      if (needed !== table && table.needs.includes(needed.name) && !needed.needs.includes(table.name))
        visit(needed);
    }
    sorted.push(table);
  };
  tables.forEach(visit);
  return inOrderOf(sorted, async ({ name, columns, partitioned }) => {
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) FROM ${client.escapeIdentifier(name)}`,
    );
    return { name, columns, rows: Number(rows[0]?.count), partitioned };
  });
}

/** One connection runs one statement at a time. */
async function inOrderOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

async function* blocksOf(
  client: Client,
  { tables }: NewHeader,
  progress: Progress,
): AsyncGenerator<BackupBlock> {
  for (const { name, columns } of tables) {
    const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
    // COPY of a table leaves the rows of its partitions out, COPY of a query does not.
    const rows = client.query(
      copyTo(`COPY (SELECT ${list} FROM ${client.escapeIdentifier(name)}) TO STDOUT`),
    );
    let parts: Buffer[] = [];
    let size = 0;
    const cut = () => {
      const data = Buffer.concat(parts);
      parts = [];
      size = 0;
      const block = { table: name, rows: lineFeeds(data), data };
      progress.add(name, block.rows);
      return block;
    };
    for await (const chunk of rows as AsyncIterable<Buffer>) {
      parts.push(chunk);
      size += chunk.length;
      if (size >= BLOCK_BYTES) yield cut();
    }
    if (size > 0) yield cut();
  }
}

/** In COPY's text format every row ends with one, and none stands inside: there it is written `\n`. */
function lineFeeds(data: Buffer): number {
  let count = 0;
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) count++;
  return count;
}
