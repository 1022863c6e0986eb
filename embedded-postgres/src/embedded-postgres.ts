import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { findBinaries } from './installation/binaries.js';
import {
  ADMIN_USER,
  adminPassword,
  clusterIn,
  createCluster,
  giveTo,
  letEnter,
  openDataFolder,
  readAdminPassword,
  readPassword,
} from './data-folder/cluster.js';
import { DataFolderLock, urlOf } from './data-folder/data-folder-lock.js';
import { DataFolderInUse, DataFolderUnusable, EmbeddedPostgresError, PostgresDied } from './errors.js';
import { makeProgramRole } from './data-folder/program-role.js';
import { stopOrphan } from './postmaster/orphan.js';
import type { Exit, Postmaster } from './postmaster/postmaster.js';
import { readPidFile } from './postmaster/pid-file.js';
import { mayBePostmasterOf } from './postmaster/processes.js';
import { chooseRunAs, ownerOf } from './installation/run-as.js';
import { startPostmaster } from './postmaster/start-postmaster.js';

export interface EmbeddedPostgresOptions {
  /** Everything is kept in here; made when missing. */
  dataDir: string;
  /** A free one when unsaid. */
  port?: number;
  /** Called with what takes a while. PostgreSQL's own log is `<dataDir>/postgres.log`. */
  log?: (line: string) => void;
  /** PostgreSQL settings that differ from ours, e.g. `{ fsync: 'off' }` in tests. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** `postgres://…` of the database `parley`, with its password: not for logs. Its role is no superuser. */
  url: string;
  /** The same as the superuser, from its password file: for maintenance and tests, the program does not use it. */
  adminUrl(): string;
  port: number;
  /** Process id of PostgreSQL. */
  pid: number;
  /** Kept when PostgreSQL ends, whether by `stop()` or by itself. */
  exited: Promise<Exit>;
  /** Ends PostgreSQL and everything that belongs to it. Can be called more than once. */
  stop(): Promise<void>;
}

const DATABASE = 'parley';
const POSTGRES_VERSION = '18';
/** PostgreSQL is ready, so only a crash of one of its processes keeps it from answering: it recovers within this. */
const FIRST_CONNECTION_MS = 60_000;
const RETRY_MS = 200;

/**
 * Starts the PostgreSQL that npm installed, on a cluster in the data folder, and makes that cluster first when there
 * is none. One start at a time has a data folder (DataFolderInUse otherwise). Every failure is an
 * EmbeddedPostgresError, and leaves nothing running.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const cluster = clusterIn(dataDir);
  const log = options.log ?? (() => undefined);
  const settings = options.settings ?? {};

  const owner = ownerOf(dataDir);
  await openDataFolder(dataDir);
  const runAs = chooseRunAs(findBinaries(), dataDir, owner);
  letEnter(runAs, dataDir);
  if (!holdsCluster(dataDir, cluster)) {
    log('Making the database (first start only)');
    await createCluster(dataDir, runAs, settings['fsync'] !== 'off');
  } else {
    await stopOrphan(dataDir, cluster, log);
    giveTo(runAs, cluster);
  }

  const { postmaster, port } = await startPostmaster({ dataDir, port: options.port, settings, log }, runAs);
  try {
    const password = readPassword(cluster);
    const url = urlOf(DATABASE, port, password);
    const lock = await lockAndPrepare(
      dataDir,
      postmaster,
      urlOf('postgres', port, password),
      async (held) => {
        await createDatabase(held);
        await makeProgramRole(held, {
          url,
          database: DATABASE,
          password,
          adminPassword: () => adminPassword(dataDir, runAs, settings['fsync'] !== 'off'),
        });
      },
    );
    void postmaster.exited.then(() => lock.release());
    return {
      url,
      adminUrl: () => urlOf(DATABASE, port, readAdminPassword(cluster), ADMIN_USER),
      port,
      pid: postmaster.pid ?? 0,
      exited: postmaster.exited,
      stop: () => postmaster.stop(),
    };
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
}

/**
 * URL of the database of a PostgreSQL that runs on this data folder, by whatever process it was started; null when none runs.
 * @throws DataFolderUnusable when there is no database in it, or one that this user may not read.
 */
export function urlOfRunningPostgres(dataDir: string): string | null {
  const cluster = clusterIn(resolve(dataDir));
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    throw new DataFolderUnusable(
      dataDir,
      'there is no database in it',
      'Set DATA_DIR to a folder that has one, or DATABASE_URL.',
    );
  }
  const found = readPidFile(cluster);
  if (!found?.ready || !mayBePostmasterOf(found.pid, cluster)) return null;
  return urlOf(DATABASE, found.port, readPassword(cluster));
}

/** Throws when what is there cannot be ours to start. */
function holdsCluster(dataDir: string, cluster: string): boolean {
  const uid = process.getuid?.();
  const stat = statSync(cluster, { throwIfNoEntry: false });
  if (!stat || (stat.isDirectory() && stat.uid === uid && readdirSync(cluster).length === 0)) return false;
  if (uid !== undefined && uid !== 0 && stat.uid !== uid) {
    throw new DataFolderUnusable(dataDir, 'its database belongs to another user of this machine');
  }
  const versionFile = join(cluster, 'PG_VERSION');
  if (!existsSync(versionFile)) {
    throw new DataFolderUnusable(dataDir, `${cluster} is there already, but is no database`);
  }
  const version = readFileSync(versionFile, 'utf8').trim();
  if (version !== POSTGRES_VERSION) {
    throw new EmbeddedPostgresError(
      `The database in ${dataDir} was made by PostgreSQL ${version}, this Parley brings PostgreSQL ${POSTGRES_VERSION}. ` +
        'Start it with the version of Parley that made it, or set DATA_DIR to another folder.',
    );
  }
  return true;
}

/**
 * Repeated while PostgreSQL lives but cannot answer: it cuts all connections when one of its processes crashes.
 * @throws PostgresDied, DataFolderInUse, or EmbeddedPostgresError with PostgreSQL's own reason.
 */
async function lockAndPrepare(
  dataDir: string,
  postmaster: Postmaster,
  url: string,
  prepare: (lock: DataFolderLock) => Promise<void>,
): Promise<DataFolderLock> {
  const giveUp = Date.now() + FIRST_CONNECTION_MS;
  for (;;) {
    let lock: DataFolderLock | undefined;
    try {
      lock = await DataFolderLock.take(url);
      if (!lock) throw new DataFolderInUse(dataDir);
      await prepare(lock);
      return lock;
    } catch (error) {
      await lock?.release();
      if (error instanceof EmbeddedPostgresError) throw error;
      // The connection breaks a moment before Node reports the exit.
      const exit = await Promise.race([postmaster.exited, sleep(RETRY_MS, null, { ref: false })]);
      if (exit) throw diedBeforeUse(exit, dataDir);
      if (isRefusal(error) || Date.now() > giveUp) {
        throw new EmbeddedPostgresError(
          `PostgreSQL runs but does not let Parley in: ${error instanceof Error ? error.message : String(error)}. ` +
            `Its log is ${join(dataDir, 'postgres.log')}.`,
        );
      }
    }
  }
}

/** PostgreSQL's own answer, and not that it cannot answer now (SQLSTATE classes 08, 53 and 57). */
const isRefusal = (error: unknown) => error instanceof DatabaseError && !/^(08|53|57)/.test(error.code ?? '');

const diedBeforeUse = ({ code, signal }: Exit, dataDir: string) =>
  new PostgresDied(
    `PostgreSQL ended before it could be used (${signal ?? `exit code ${code}`}). ` +
      `Its log is ${join(dataDir, 'postgres.log')}.`,
  );

async function createDatabase(lock: DataFolderLock): Promise<void> {
  const found = await lock.query(`SELECT FROM pg_database WHERE datname = '${DATABASE}'`);
  if (found.length === 0) await lock.query(`CREATE DATABASE ${DATABASE}`);
}
