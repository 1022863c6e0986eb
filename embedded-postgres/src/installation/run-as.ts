import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from '../errors.js';
import { reachableCopyOf } from './reachable-copy.js';

export interface Owner {
  uid: number;
  gid: number;
}

/** How the programs of PostgreSQL are started, and who owns the files they work on. */
export interface RunAs {
  binaries: Binaries;
  /** Owner that the database files must have; undefined where Node's own user is right by itself. */
  owner?: Owner;
  /** Words before the program's own: a program that becomes it, so that the process id stays the same. */
  prefix: string[];
  /** What child_process must switch to. */
  switchTo: { uid?: number; gid?: number };
  /** The way to the data folder is closed to that user, who has to be put into it. */
  byWorkingFolder: boolean;
}

/**
 * PostgreSQL refuses to run as root. When we are root, the first way that works here is taken:
 * 1. the user who owns the data folder (or the folder it will be made in): `sudo npm start` in somebody's checkout
 *    leaves the files theirs;
 * 2. a user namespace in which root goes by another number. Outside it still is root, so that a checkout beneath a
 *    folder only root may enter works, and no file changes hands. Containers usually forbid it;
 * 3. the user "nobody";
 * 4. "nobody" with a copy of the programs in a place open to all, put into the data folder as its working folder,
 *    which it could not reach by its path: a container, and a checkout in /root.
 */
export function chooseRunAs(binaries: Binaries, dataDir: string, folderOwner: Owner): RunAs {
  const self: RunAs = { binaries, prefix: [], switchTo: {}, byWorkingFolder: false };
  if (process.getuid?.() !== 0) {
    const complaint = tryOut(self, dirname(dataDir));
    if (!complaint) return self;
    throw new EmbeddedPostgresError(
      `The built-in PostgreSQL does not run on this machine: ${complaint}. ` +
        'Set DATABASE_URL to a PostgreSQL 14 or newer.',
    );
  }
  for (const way of waysForRoot(self, folderOwner)) {
    if (!tryOut(way, way.byWorkingFolder ? '/' : dirname(dataDir))) return way;
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, and no other user of this machine can reach both ' +
      `${dirname(binaries.postgres)} and ${dirname(dataDir)}. Start Parley as an ordinary user, ` +
      'move it to a folder that everyone may enter, or set DATABASE_URL.',
  );
}

function* waysForRoot(self: RunAs, folderOwner: Owner): Generator<RunAs> {
  if (folderOwner.uid !== 0) yield { ...self, owner: folderOwner, switchTo: folderOwner };
  const other = unprivilegedUser();
  if (!other) return;
  if (process.platform === 'linux') {
    const prefix = ['unshare', '--user', `--map-user=${other.uid}`, `--map-group=${other.gid}`, '--'];
    yield { ...self, owner: { uid: 0, gid: 0 }, prefix };
  }
  const asOther = { ...self, owner: other, switchTo: other };
  yield asOther;
  if (process.platform !== 'linux') return;
  const binaries = reachableCopyOf(self.binaries);
  if (binaries) yield { ...asOther, binaries, byWorkingFolder: true };
}

/** Empty when PostgreSQL runs this way and can enter the folder; else why not. */
function tryOut(way: RunAs, folder: string): string {
  const { postgres } = way.binaries;
  const isWindows = process.platform === 'win32';
  const enter = ['/bin/sh', '-c', 'cd "$1" && exec "$2" --version', 'sh', folder, postgres];
  const [file = postgres, ...args] = [...way.prefix, ...(isWindows ? [postgres, '--version'] : enter)];
  const run = spawnSync(file, args, {
    ...way.switchTo,
    cwd: homeOf(postgres),
    encoding: 'utf8',
    windowsHide: true,
  });
  if (run.status === 0) return '';
  return run.error?.message ?? (run.stderr.trim() || `it ended with ${run.signal ?? run.status}`);
}

/** A program's working folder must not be one that it may not enter; the root of its disk always is. */
const homeOf = (path: string) => (process.platform === 'win32' ? dirname(path) : '/');

/** Where a program that works on this folder has to be started, and by what name it knows the folder then. */
export function placeFor(runAs: RunAs, folder: string): { cwd: string; name: (path: string) => string } {
  if (!runAs.byWorkingFolder) return { cwd: homeOf(folder), name: (path) => join(folder, path) };
  return { cwd: folder, name: (path) => `/proc/self/cwd/${path}` };
}

/** Of the folder, or of the nearest one above that exists. */
export function ownerOf(path: string): Owner {
  try {
    const { uid, gid } = statSync(path);
    return { uid, gid };
  } catch (error) {
    if (dirname(path) === path) throw error;
    return ownerOf(dirname(path));
  }
}

/** initdb looks its user up, so the number has to be one that this machine has a name for. */
function unprivilegedUser(): Owner | undefined {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const user = users.find(({ name }) => name === 'nobody') ?? users[0];
  return user && { uid: user.uid, gid: user.gid };
}
