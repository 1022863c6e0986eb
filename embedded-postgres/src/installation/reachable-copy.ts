import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';

/** Every user can read it, and its files survive a restart of the machine. */
const PLACE = '/var/tmp';

/**
 * A copy of PostgreSQL's programs that every user can reach. Root creates it once; it has 50 MB.
 * @returns undefined when it cannot be created.
 */
export function reachableCopyOf(binaries: Binaries): Binaries | undefined {
  const native = dirname(dirname(binaries.postgres));
  const { size, mtimeMs } = statSync(binaries.postgres);
  const version = createHash('sha256').update(`${size} ${mtimeMs}`).digest('hex').slice(0, 12);
  const copy = join(PLACE, `parley-postgres-${version}`);
  try {
    if (!existsSync(copy)) makeCopy(native, copy);
    // Every user can create a folder there. Root only runs programs that root has copied.
    if (statSync(copy).uid !== 0) return undefined;
  } catch {
    return undefined;
  }
  const inCopy = (program: string) => join(copy, 'bin', basename(program));
  return {
    postgres: inCopy(binaries.postgres),
    initdb: inCopy(binaries.initdb),
    pgCtl: inCopy(binaries.pgCtl),
  };
}

/** Copies to a temporary folder and renames it, so that the copy is complete or does not exist. */
function makeCopy(native: string, copy: string): void {
  const unfinished = mkdtempSync(`${copy}-`);
  try {
    cpSync(native, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, copy);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
