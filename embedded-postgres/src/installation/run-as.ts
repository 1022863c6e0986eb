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
  /** Owner that the database files must have; undefined when Node's own user already owns them. */
  owner?: Owner;
  /** Command line before that of the program. It executes the program in the same process, so that the id stays the same. */
  prefix: string[];
  /** User and group for child_process. */
  switchTo: { uid?: number; gid?: number };
  /** That user cannot reach the data folder by its path, so programs are started with it as their working folder. */
  byWorkingFolder: boolean;
}

/**
 * Decides how to run PostgreSQL, which refuses to run as root. For root it is the first of these that works:
 * 1. as the owner of the data folder (or of the folder that will contain it), so that `sudo npm start` in a user's
 *    checkout creates files of that user;
 * 2. in a user namespace in which root has another id. Outside the namespace it still is root, so a checkout that only
 *    root can enter works, and no file changes its owner. Containers usually forbid namespaces;
 * 3. as the user "nobody";
 * 4. as "nobody", with a copy of the programs that every user can reach, and with the data folder as the working folder,
 *    because "nobody" cannot reach it by its path: a checkout in /root, in a container.
 */
export function chooseRunAs(binaries: Binaries, dataDir: string, folderOwner: Owner): RunAs {
  const self: RunAs = { binaries, prefix: [], switchTo: {}, byWorkingFolder: false };
  if (process.getuid?.() !== 0) {
    const problem = problemOf(self, dirname(dataDir));
    if (!problem) return self;
    throw new EmbeddedPostgresError(
      `The built-in PostgreSQL does not run on this machine: ${problem}. ` +
        'Set DATABASE_URL to a PostgreSQL 14 or newer.',
    );
  }
  for (const way of waysForRoot(self, folderOwner)) {
    if (!problemOf(way, way.byWorkingFolder ? '/' : dirname(dataDir))) return way;
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

/** Tests whether PostgreSQL runs this way and can enter the folder. @returns the reason if not, else an empty text. */
function problemOf(way: RunAs, folder: string): string {
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

/** A working folder that every user can enter: on Windows that of the program, elsewhere `/`. */
const homeOf = (path: string) => (process.platform === 'win32' ? dirname(path) : '/');

/** Working folder for a program that works on `folder`, and the names of paths in `folder` for that program. */
export function placeFor(runAs: RunAs, folder: string): { cwd: string; name: (path: string) => string } {
  if (!runAs.byWorkingFolder) return { cwd: homeOf(folder), name: (path) => join(folder, path) };
  return { cwd: folder, name: (path) => `/proc/self/cwd/${path}` };
}

/** Owner of the folder, or of the nearest existing one above it. */
export function ownerOf(path: string): Owner {
  try {
    const { uid, gid } = statSync(path);
    return { uid, gid };
  } catch (error) {
    if (dirname(path) === path) throw error;
    return ownerOf(dirname(path));
  }
}

/** A user of this machine with a name, because initdb looks up the name of its user. */
function unprivilegedUser(): Owner | undefined {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const user = users.find(({ name }) => name === 'nobody') ?? users[0];
  return user && { uid: user.uid, gid: user.gid };
}
