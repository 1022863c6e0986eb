import type { Statement } from '../database/database.js';
import { BY_KEYS, EXPIRED, KEPT, REMOVE } from './attachments.sql.js';
import { FileMissing, pathOf, type FileStorage, type StoredFile } from './storage/file-storage.js';

/** Runs statements: the server's pool, or a client of a command. */
export interface Queries {
  query<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]>;
}

const BATCH = 100;

/**
 * Removes the files of rows whose time is over, and then the rows. Safe beside servers that do the same.
 * @returns how many attachments are gone.
 */
export async function removeExpired(
  database: Queries,
  storage: FileStorage,
  signal?: AbortSignal,
): Promise<number> {
  let removed = 0;
  let last = 0;
  while (!signal?.aborted) {
    const rows = await database.query<{ id: number; key: string }>(EXPIRED, [BATCH, last]);
    if (rows.length === 0) break;
    for (const { key } of rows) await storage.removeFolder(key);
    await database.query(REMOVE, [rows.map(({ id }) => id)]);
    removed += rows.length;
    last = rows.at(-1)!.id;
  }
  return removed;
}

/** What `npm run admin -- storage:clean` finds. */
export interface StorageReport {
  /** Files that no row knows, in bytes and number: removed, unless it is a dry run. */
  orphans: { files: number; bytes: number; paths: string[] };
  /** Rows whose time is over: removed with their files, unless it is a dry run. */
  expired: number;
  /** Attachments of messages whose file the storage does not have. They cannot be brought back but from a backup. */
  missing: { attachments: number; ids: number[] };
}

/** Paths and ids in a report, at most: the numbers count all. */
const MAX_LISTED = 100;
/** Files that are compared with the database at a time. */
const COMPARED = 500;
const KEY = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

interface KnownRow {
  key: string;
  is_finished: boolean;
  has_thumbnail: boolean;
}

/**
 * Compares the storage with the database, and removes what only the storage has. Servers may run meanwhile: a row is stored
 * before its files, so a file without a row has none any more; and of an upload that is not complete no file is touched.
 */
export async function cleanStorage(
  database: Queries,
  storage: FileStorage,
  isDryRun: boolean,
): Promise<StorageReport> {
  const report: StorageReport = {
    orphans: { files: 0, bytes: 0, paths: [] },
    expired: isDryRun ? await countExpired(database) : await removeExpired(database, storage),
    missing: { attachments: 0, ids: [] },
  };
  let files: StoredFile[] = [];
  const compare = async () => {
    for (const file of await orphansOf(database, files)) {
      report.orphans.files += 1;
      report.orphans.bytes += file.size;
      if (report.orphans.paths.length < MAX_LISTED) report.orphans.paths.push(file.path);
      if (!isDryRun) await storage.remove(file.path);
    }
    files = [];
  };
  for await (const file of storage.list()) {
    files.push(file);
    if (files.length >= COMPARED) await compare();
  }
  await compare();
  await findMissing(database, storage, report.missing);
  return report;
}

async function orphansOf(database: Queries, files: readonly StoredFile[]): Promise<StoredFile[]> {
  if (files.length === 0) return [];
  const keys = [...new Set(files.map(({ path }) => folderOf(path)).filter((key) => KEY.test(key)))];
  const rows = new Map(
    (await database.query<KnownRow>(BY_KEYS, [keys])).map((row) => [row.key, row] as const),
  );
  return files.filter(({ path }) => {
    const row = rows.get(folderOf(path));
    if (!row) return true;
    if (!row.is_finished) return false;
    return path !== pathOf(row.key, 'file') && !(row.has_thumbnail && path === pathOf(row.key, 'thumbnail'));
  });
}

async function findMissing(
  database: Queries,
  storage: FileStorage,
  missing: StorageReport['missing'],
): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = await database.query<{ id: number; key: string; size: number }>(KEPT, [last, COMPARED]);
    if (rows.length === 0) return;
    for (const { id, key, size } of rows) {
      if (await hasFile(storage, pathOf(key, 'file'), size)) continue;
      missing.attachments += 1;
      if (missing.ids.length < MAX_LISTED) missing.ids.push(id);
    }
    last = rows.at(-1)!.id;
  }
}

/** The last byte is there. */
async function hasFile(storage: FileStorage, path: string, size: number): Promise<boolean> {
  try {
    const stream = await storage.read(path, { start: size - 1, end: size - 1 });
    let bytes = 0;
    for await (const chunk of stream) bytes += (chunk as Buffer).length;
    return bytes === 1;
  } catch (error) {
    if (error instanceof FileMissing) return false;
    throw error;
  }
}

async function countExpired(database: Queries): Promise<number> {
  let [count, last] = [0, 0];
  for (;;) {
    const rows = await database.query<{ id: number }>(EXPIRED, [BATCH, last]);
    if (rows.length === 0) return count;
    count += rows.length;
    last = rows.at(-1)!.id;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}
