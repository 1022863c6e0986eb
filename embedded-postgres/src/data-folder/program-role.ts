import { Client } from 'pg';
import { ADMIN_USER, DATABASE_USER } from './cluster.js';
import type { DataFolderLock } from './data-folder-lock.js';

/** Exists within one transaction only. */
const HELPER = 'parley_upgrade';

export interface ProgramRoleOptions {
  /** URL of the database, with the program's role. */
  url: string;
  database: string;
  /** Present password of the program's role, which it keeps. */
  password: string;
  /** Called once in the life of a data folder: when the superuser gets its own role. */
  adminPassword: () => Promise<string>;
}

/**
 * Ensures that the program's role is no superuser, so that SQL injected into the program cannot reach files and programs
 * of this machine. The first role, which initdb creates, always is a superuser. It is renamed to `parley_admin`, and a new
 * role gets its name, its password, the database and all tables. This happens in one transaction, in new data folders and
 * in those of earlier versions.
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
    // A session cannot rename its own role.
    await client.query(`CREATE ROLE ${HELPER} SUPERUSER`);
    await client.query(`SET LOCAL SESSION AUTHORIZATION ${HELPER}`);
    await client.query(`ALTER ROLE ${DATABASE_USER} RENAME TO ${ADMIN_USER}`);
    await client.query(`ALTER ROLE ${ADMIN_USER} PASSWORD ${client.escapeLiteral(adminPassword)}`);
    // CREATEDB is for restores. pg_read_all_settings lets stopOrphan read the data folder of a server.
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
 * One statement for each schema, table, view and sequence outside PostgreSQL's own schemas. Sequences of columns follow
 * their table; extensions stay with the superuser. (REASSIGN OWNED refuses the first role, which owns the catalogues.)
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
