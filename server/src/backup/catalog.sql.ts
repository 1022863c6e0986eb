/** Settings of the transaction, independent of those of the role and the database. */
export const SESSION_SETTINGS = `
  SELECT set_config(name, value, true)
  FROM (VALUES
    ('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
    ('lock_timeout', '10s'), ('row_security', 'off'),
    ('client_encoding', 'UTF8'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'), ('timezone', 'UTC'),
    ('extra_float_digits', '3'), ('bytea_output', 'hex')
  ) AS wanted (name, value)
  JOIN pg_settings USING (name)`; // a setting that this PostgreSQL does not have is left out

export interface TableRow {
  name: string;
  partitioned: boolean;
  /** Without generated columns, which cannot be written. */
  columns: string[];
  /** Tables that this table references. */
  needs: string[];
}

/** Every table of the schema, partitions as one with their parent, without those that belong to an extension. */
export const TABLES = `
  SELECT
    c.relname AS name,
    c.relkind = 'p' AS partitioned,
    ARRAY(
      SELECT a.attname::text FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY a.attnum
    ) AS columns,
    ARRAY(
      SELECT DISTINCT r.relname::text FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid
      WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid
    ) AS needs
  FROM pg_class c
  WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
  ORDER BY c.relname`;

export const SEQUENCES = `
  SELECT c.relname AS name FROM pg_class c
  WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind = 'S'
    AND NOT EXISTS (
      -- TypeORM makes the table of migrations, and counts them itself.
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e')
        AND (d.deptype = 'e' OR d.refobjid = to_regclass('migrations'))
    )
  ORDER BY c.relname`;

export const APPLIED_MIGRATIONS = `SELECT name FROM migrations ORDER BY id`;
