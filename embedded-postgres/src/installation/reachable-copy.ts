import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';

/** Open to all, and kept over a restart of the machine. */
const PLACE = '/var/tmp';

/**
 * The programs once more, where every user can reach them: made once by root, and 50 MB large. Undefined when that
 * cannot be done here.
 */
export function reachableCopyOf(binaries: Binaries): Binaries | undefined {
  const native = dirname(dirname(binaries.postgres));
  const { size, mtimeMs } = statSync(binaries.postgres);
  const version = createHash('sha256').update(`${size} ${mtimeMs}`).digest('hex').slice(0, 12);
  const copy = join(PLACE, `parley-postgres-${version}`);
  try {
    if (!existsSync(copy)) makeCopy(native, copy);
    // Anybody may make a folder in this place: what root has not made, root does not run.
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

/** Complete or not at all. */
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
