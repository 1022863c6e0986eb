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
/** The superuser: for people, and for nothing that the program does. */
export const ADMIN_USER = 'parley_admin';

/** Kept among the database's own files, so that the two can only come and go together. Readable by its owner only. */
const PASSWORD_FILE = 'parley.password';
const ADMIN_PASSWORD_FILE = 'parley_admin.password';
/** A cluster in the making, with the process id of its maker. */
const UNFINISHED = /^postgres\.new-(\d+)$/;

export const clusterIn = (dataDir: string) => join(dataDir, 'postgres');
export const readPassword = (cluster: string) => readFileSync(join(cluster, PASSWORD_FILE), 'utf8').trim();
export const readAdminPassword = (cluster: string) =>
  readFileSync(join(cluster, ADMIN_PASSWORD_FILE), 'utf8').trim();

/** Made when missing. It may be there before the superuser has it: whatever kills us in between, it is not lost. */
export async function adminPassword(dataDir: string, runAs: RunAs, durable: boolean): Promise<string> {
  const file = join(clusterIn(dataDir), ADMIN_PASSWORD_FILE);
  if (existsSync(file)) return readAdminPassword(clusterIn(dataDir));
  const password = newPassword();
  try {
    await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: durable });
    giveTo(runAs, `${file}.new`);
    await rename(`${file}.new`, file);
    if (durable) await syncFolder(clusterIn(dataDir));
  } catch (error) {
    throw new DataFolderUnusable(dataDir, reasonOf(error as NodeJS.ErrnoException));
  }
  return password;
}

const newPassword = () => randomBytes(24).toString('base64url');

/** Makes the data folder where it is missing, and sees to it that we may write to it. */
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
 * A new cluster is made beside its place and then moved there in one step: whatever kills us in between, the place
 * holds either nothing or a complete database. The program's role is still its superuser then (makeProgramRole).
 */
export async function createCluster(dataDir: string, runAs: RunAs, durable: boolean): Promise<void> {
  await removeUnfinished(dataDir);
  const workshop = join(dataDir, `postgres.new-${process.pid}`);
  await rm(workshop, { recursive: true, force: true });
  const unfinished = join(workshop, 'cluster');
  const passwordFile = join(unfinished, PASSWORD_FILE);
  try {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    const password = newPassword();
    await writeFile(join(workshop, 'password'), password, { mode: 0o600 });
    giveTo(runAs, workshop);
    await initdb(runAs, unfinished, durable);
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flush: durable });
    giveTo(runAs, passwordFile);
    await rename(unfinished, clusterIn(dataDir));
    await syncFolder(dataDir);
  } catch (error) {
    // Two first starts at the same instant: the other one was quicker, its cluster is as good as ours.
    if (!existsSync(join(clusterIn(dataDir), 'PG_VERSION'))) throw error;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of readdirSync(dataDir)) {
    const maker = UNFINISHED.exec(name)?.[1];
    if (maker && !isAlive(Number(maker))) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/**
 * The collation is PostgreSQL's own C.UTF-8: the same on every machine, whatever its languages and C library, so that
 * a data folder can be carried over; and it still knows which é is the small form of É.
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
      'See to that, or set DATA_DIR to another folder.',
  );
}

/**
 * With all that is in it. The folder itself comes last, so that its owner shows whether all is done. Nothing where
 * Node's own user is right by itself.
 */
export function giveTo(runAs: RunAs, path: string): void {
  if (!runAs.owner) return;
  const { uid, gid } = runAs.owner;
  const stat = lstatSync(path);
  if (stat.uid === uid) return;
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(runAs, join(path, name));
  lchownSync(path, uid, gid);
}

/** The data folder itself, which may be one that serves others too: only when PostgreSQL could not enter it. */
export function letEnter(runAs: RunAs, dataDir: string): void {
  if (!runAs.owner || runAs.byWorkingFolder) return;
  const { mode, uid } = lstatSync(dataDir);
  if (uid === runAs.owner.uid || (mode & 0o001) !== 0) return;
  lchownSync(dataDir, runAs.owner.uid, runAs.owner.gid);
  chmodSync(dataDir, mode | 0o700);
}

/** A rename is on disk only when its folder is. Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
