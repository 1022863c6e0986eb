import type { Pool } from 'pg';
import { MIGRATIONS } from './data-source.js';
import { isUndefinedTable } from './database-errors.js';

/** The migrations of a database, compared with those of this version. Names, in the order of application. */
export interface SchemaState {
  /** Migrations of this version that the database has. */
  readonly applied: readonly string[];
  /** Migrations of this version that the database lacks. */
  readonly pending: readonly string[];
  /** Migrations of the database that this version does not have: a newer version has applied them. */
  readonly unknown: readonly string[];
  /** A restore into the database has begun and has not finished. */
  readonly restoring: boolean;
}

/** A table that exists from the start of a restore until the transaction with its rows is committed. */
export const UNFINISHED_RESTORE = 'unfinished_restore';

/** Reads the applied migrations. Changes nothing and takes no lock. @throws the driver's error. */
export async function readSchemaState(pool: Pool): Promise<SchemaState> {
  const found = await appliedMigrations(pool);
  const known = MIGRATIONS.map(({ name }) => name);
  return {
    applied: known.filter((name) => found.includes(name)),
    pending: known.filter((name) => !found.includes(name)),
    unknown: found.filter((name) => !known.includes(name)),
    restoring: await hasTable(pool, UNFINISHED_RESTORE),
  };
}

async function hasTable(pool: Pool, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    name,
  ]);
  return rows[0]?.found === true;
}

async function appliedMigrations(pool: Pool): Promise<string[]> {
  try {
    // The table in which TypeORM records applied migrations.
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => name);
  } catch (error) {
    if (isUndefinedTable(error)) return [];
    throw error;
  }
}

/**
 * Why this version cannot work with the database, as a sentence that names the command to run; null when it can.
 * A newer database is refused unless `allowNewerDatabase`: the program cannot know whether the newer version has removed
 * something that this one needs.
 */
export function schemaProblem(
  { pending, unknown, restoring }: SchemaState,
  allowNewerDatabase: boolean,
  version: string,
): string | null {
  if (restoring) {
    return 'The database is not complete: a restore into it has not finished. Run "npm run restore" again.';
  }
  if (unknown.length > 0 && !allowNewerDatabase) {
    return (
      `The database is newer than this Parley (${version}), which does not know ${unknown.join(', ')}. ` +
      'Run the newer version, or set ALLOW_NEWER_DATABASE=on to go back by one version.'
    );
  }
  if (pending.length > 0) {
    return `The database is not migrated: it lacks ${pending.join(', ')}. Run "npm run migrate".`;
  }
  return null;
}

/** `migrate` refuses a database that a newer version has migrated, or whose restore has not finished. */
export class SchemaMismatchError extends Error {
  override name = 'SchemaMismatchError';
}
