import { Client } from 'pg';
import { ADMIN_USER, DATABASE_USER } from './cluster.js';
import type { DataFolderLock } from './data-folder-lock.js';

/** Exists within one transaction only. */
const HELPER = 'parley_upgrade';

export interface ProgramRoleOptions {
  /** Of the database, as the program's role. */
  url: string;
  database: string;
  /** Of the program's role: it keeps the one that it has. */
  password: string;
  /** Called when it is needed, which is once in the life of a data folder. */
  adminPassword: () => Promise<string>;
}

/**
 * Sees to it that the role of the program is no superuser, so that SQL injected into the program
 * reaches no files and no programs of this machine. initdb makes the first role a superuser for ever; so that
 * one becomes `parley_admin`, and a new one takes over its name, its password, the database and all its tables. New
 * data folders and those of earlier versions go the same way: all of it is one transaction.
 */
export async function makeProgramRole(lock: DataFolderLock, options: ProgramRoleOptions): Promise<void> {
  const superusers = await lock.query(`SELECT FROM pg_roles WHERE rolname = '${DATABASE_USER}' AND rolsuper`);
  if (superusers.length === 0) return;
  const adminPassword = await options.adminPassword();
  const client = new Client({ connectionString: options.url });
  client.on('error', () => undefined); // the statement that runs fails with it
  try {
    await client.connect();
    await client.query('BEGIN');
    // Nobody can rename the role of their own session.
    await client.query(`CREATE ROLE ${HELPER} SUPERUSER`);
    await client.query(`SET LOCAL SESSION AUTHORIZATION ${HELPER}`);
    await client.query(`ALTER ROLE ${DATABASE_USER} RENAME TO ${ADMIN_USER}`);
    await client.query(`ALTER ROLE ${ADMIN_USER} PASSWORD ${client.escapeLiteral(adminPassword)}`);
    // It may make databases (a restore does); by reading all settings a start sees which data folder it talks to.
    await client.query(
      `CREATE ROLE ${DATABASE_USER} LOGIN CREATEDB PASSWORD ${client.escapeLiteral(options.password)}`,
    );
    await client.query(`GRANT pg_read_all_settings TO ${DATABASE_USER}`);
    await client.query(`ALTER DATABASE ${options.database} OWNER TO ${DATABASE_USER}`);
    const { rows } = await client.query<{ change: string }>(CHANGES_OF_OWNER);
    for (const { change } of rows) await client.query(change);
    await client.query('RESET SESSION AUTHORIZATION');
    await client.query(`DROP ROLE ${HELPER}`);
    await client.query('COMMIT');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * One statement for each schema, table, view and sequence of people. Sequences of columns follow their table, and
 * extensions stay with the superuser. (REASSIGN OWNED refuses the first role: it owns the catalogues too.)
 */
const CHANGES_OF_OWNER = `
  SELECT format('ALTER SCHEMA %I OWNER TO ${DATABASE_USER}', nspname) AS change
  FROM pg_namespace
  WHERE nspowner = '${ADMIN_USER}'::regrole AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT format('ALTER TABLE %s OWNER TO ${DATABASE_USER}', c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relowner = '${ADMIN_USER}'::regrole AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.deptype IN ('a', 'i')))
    )`;
