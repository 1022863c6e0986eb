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
  giveOwnership,
  letPostgresEnter,
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
  /** Folder of all files; created when missing. */
  dataDir: string;
  /** Default: a free port. */
  port?: number;
  /** Called with a line for each step that takes a while. PostgreSQL's own log is `<dataDir>/postgres.log`. */
  log?: (line: string) => void;
  /** PostgreSQL settings in addition to the default ones, e.g. `{ fsync: 'off' }` in tests. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** `postgres://…` of the database `parley`, for the program's role, which is no superuser. Contains the password. */
  url: string;
  /** The same for the superuser, for maintenance and tests. The program does not use it. Contains the password. */
  adminUrl(): string;
  port: number;
  /** Process id of PostgreSQL. */
  pid: number;
  /** Resolves when PostgreSQL has ended, by `stop()` or by itself. */
  exited: Promise<Exit>;
  /** Stops PostgreSQL and its watcher. May be called more than once. */
  stop(): Promise<void>;
}

const DATABASE = 'parley';
const POSTGRES_VERSION = '18';
/** Longest wait for the first connection after PostgreSQL is ready, in milliseconds: it may recover from a crash. */
const FIRST_CONNECTION_MS = 60_000;
const RETRY_MS = 200;

/**
 * Starts the PostgreSQL that npm installed, with a cluster in the data folder, which is created when it does not exist.
 * Only one process at a time may use a data folder (else DataFolderInUse). Nothing runs after a failure.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const cluster = clusterIn(dataDir);
  const log = options.log ?? (() => undefined);
  const settings = options.settings ?? {};

  const owner = ownerOf(dataDir);
  await openDataFolder(dataDir);
  const runAs = chooseRunAs(findBinaries(), dataDir, owner);
  letPostgresEnter(runAs, dataDir);
  if (!holdsCluster(dataDir, cluster)) {
    log('Making the database (first start only)');
    await createCluster(dataDir, runAs, settings['fsync'] !== 'off');
  } else {
    await stopOrphan(dataDir, cluster, log);
    giveOwnership(runAs, cluster);
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
 * URL of the database of a PostgreSQL that runs on this data folder, started by any process; null when none runs.
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

/** Whether the data folder has a cluster. @throws EmbeddedPostgresError when it has one that cannot be used here. */
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
 * Takes the lock of the data folder and calls `prepare`. Repeats while PostgreSQL runs but closes connections, as it does
 * when one of its processes crashes.
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

/** PostgreSQL refuses, and a later attempt does not help: other SQLSTATE classes than 08, 53 and 57. */
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
