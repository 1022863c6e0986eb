import { DataSource } from 'typeorm';
import type { AuthMode } from '../config/config.js';
import { dataSourceOptions } from './data-source.js';

const SIMULATED_USERS = ['alice', 'bob', 'carol', 'dave', 'erin'];

/** Any number: it keeps two servers that start at once from migrating at once. */
const MIGRATION_LOCK = 7_261_953;

/**
 * Brings the database up to date; safe to call again and from several processes at once. In simulation an empty
 * database gets five users, so that there is someone to be and someone to talk to.
 * @returns the names of the migrations that were applied.
 */
export async function migrate(databaseUrl: string, authMode: AuthMode): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await dataSource.runMigrations();
    if (authMode === 'simulation') {
      await dataSource.query(
        `INSERT INTO users (username, display_name)
         SELECT name, name FROM unnest($1::text[]) WITH ORDINALITY AS simulated (name, position)
         WHERE NOT EXISTS (SELECT FROM users)
         ORDER BY position`,
        [SIMULATED_USERS],
      );
    }
    return applied.map((migration) => migration.name);
  } finally {
    // The lock ends with its session; a failed release must not hide what went wrong before.
    await lock.release();
    await dataSource.destroy();
  }
}
