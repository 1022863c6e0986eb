import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataFolderUnusable, EmbeddedPostgresError } from '../errors.js';
import { isAlive } from '../postmaster/processes.js';
import { placeFor, type RunAs } from '../installation/run-as.js';

/** The role of the program. */
export const DATABASE_USER = 'parley';
/** The superuser, for operators. The program does not use it. */
export const ADMIN_USER = 'parley_admin';

/** In the cluster's folder, so that database and password are copied or removed together. Readable by its owner only. */
const PASSWORD_FILE = 'parley.password';
const ADMIN_PASSWORD_FILE = 'parley_admin.password';
/** Name of an unfinished cluster, with the id of the process that creates it. */
const UNFINISHED = /^postgres\.new-(\d+)$/;

export const clusterIn = (dataDir: string) => join(dataDir, 'postgres');
export const readPassword = (cluster: string) => readFileSync(join(cluster, PASSWORD_FILE), 'utf8').trim();
export const readAdminPassword = (cluster: string) =>
  readFileSync(join(cluster, ADMIN_PASSWORD_FILE), 'utf8').trim();

/** Creates the file when it is missing: before the superuser gets the password, so that a kill in between cannot lose it. */
export async function adminPassword(dataDir: string, runAs: RunAs, durable: boolean): Promise<string> {
  const file = join(clusterIn(dataDir), ADMIN_PASSWORD_FILE);
  if (existsSync(file)) return readAdminPassword(clusterIn(dataDir));
  const password = newPassword();
  try {
    await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: durable });
    giveOwnership(runAs, `${file}.new`);
    await rename(`${file}.new`, file);
    if (durable) await syncFolder(clusterIn(dataDir));
  } catch (error) {
    throw new DataFolderUnusable(dataDir, reasonOf(error as NodeJS.ErrnoException));
  }
  return password;
}

const newPassword = () => randomBytes(24).toString('base64url');

/** Creates the data folder when it is missing. @throws DataFolderUnusable when this process cannot write to it. */
export async function openDataFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dirname(dataDir), { recursive: true });
    await mkdir(dataDir, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const probe = join(dataDir, `.probe-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw new DataFolderUnusable(dataDir, reasonOf(error as NodeJS.ErrnoException));
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission is denied';
    case 'EROFS':
      return 'it is on a read-only disk';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of its path is a file, not a folder';
    default:
      return error.message;
  }
}

/**
 * Creates a cluster in a temporary folder and then renames it, so that a kill in between leaves no incomplete cluster. The
 * program's role is a superuser in it until makeProgramRole runs.
 */
export async function createCluster(dataDir: string, runAs: RunAs, durable: boolean): Promise<void> {
  await removeUnfinished(dataDir);
  const tempDir = join(dataDir, `postgres.new-${process.pid}`);
  await rm(tempDir, { recursive: true, force: true });
  const unfinished = join(tempDir, 'cluster');
  const passwordFile = join(unfinished, PASSWORD_FILE);
  try {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    const password = newPassword();
    await writeFile(join(tempDir, 'password'), password, { mode: 0o600 });
    giveOwnership(runAs, tempDir);
    await initdb(runAs, unfinished, durable);
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flush: durable });
    giveOwnership(runAs, passwordFile);
    await rename(unfinished, clusterIn(dataDir));
    await syncFolder(dataDir);
  } catch (error) {
    // Of two first starts at the same time the other one was faster. Its cluster is used.
    if (!existsSync(join(clusterIn(dataDir), 'PG_VERSION'))) throw error;
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of readdirSync(dataDir)) {
    const maker = UNFINISHED.exec(name)?.[1];
    if (maker && !isAlive(Number(maker))) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/**
 * The collation is PostgreSQL's own C.UTF-8. It does not depend on the languages and the C library of the machine, so
 * that a data folder can be moved, and it maps É to é.
 */
async function initdb(runAs: RunAs, folder: string, durable: boolean): Promise<void> {
  const { cwd, name } = placeFor(runAs, folder);
  const access = ['-U', DATABASE_USER, '-A', 'scram-sha-256', '--pwfile', name('../password')];
  const collation = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = ['-D', name('.'), ...access, ...collation, ...(durable ? [] : ['--no-sync'])];
  const program = runAs.binaries.initdb;
  const [file = program, ...rest] = [...runAs.prefix, program, ...args];
  const child = spawn(file, rest, {
    ...runAs.switchTo,
    cwd,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  if (code === 0) return;
  const reasons = [...output.matchAll(/(?:initdb: error|FATAL): +(.*)/g)].map(([, reason]) => reason);
  throw new EmbeddedPostgresError(
    `The database cannot be made in ${dirname(dirname(folder))}: ` +
      `${reasons.join('; ') || output.trim().split('\n').slice(-3).join(' ')}. ` +
      'Correct that, or set DATA_DIR to another folder.',
  );
}

/**
 * Changes the owner of a file, or of a folder with everything in it, to that of `runAs`, if there is one. The folder
 * itself is the last, so that its owner shows whether all of it is done.
 */
export function giveOwnership(runAs: RunAs, path: string): void {
  if (!runAs.owner) return;
  const { uid, gid } = runAs.owner;
  const stat = lstatSync(path);
  if (stat.uid === uid) return;
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveOwnership(runAs, join(path, name));
  lchownSync(path, uid, gid);
}

/** Lets PostgreSQL's user enter the data folder. Changes nothing when that user can, because others may use it too. */
export function letPostgresEnter(runAs: RunAs, dataDir: string): void {
  if (!runAs.owner || runAs.byWorkingFolder) return;
  const { mode, uid } = lstatSync(dataDir);
  if (uid === runAs.owner.uid || (mode & 0o001) !== 0) return;
  lchownSync(dataDir, runAs.owner.uid, runAs.owner.gid);
  chmodSync(dataDir, mode | 0o700);
}

/** Makes a rename survive a power cut. Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
