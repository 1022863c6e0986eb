import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { VERSION } from '../version/version.js';
import { dataSourceOptions, MIGRATIONS } from './data-source.js';
import { poolOf } from './database.js';
import { SchemaMismatchError, readSchemaState, schemaProblem, type SchemaState } from './schema.js';

export interface MigrateOptions {
  /** Whether a database without users gets the five example users. */
  exampleUsers: boolean;
  /** Whether a database with migrations that this version does not know is accepted. */
  allowNewerDatabase: boolean;
}

const EXAMPLE_USERS = ['alice', 'bob', 'carol', 'dave', 'erin'];

const ADD_EXAMPLE_USERS = `
  INSERT INTO users (username, display_name)
  SELECT name, name FROM unnest(ARRAY[${EXAMPLE_USERS.map((name) => `'${name}'`).join(', ')}]) WITH ORDINALITY AS example (name, position)
  WHERE NOT EXISTS (SELECT FROM users)
  ORDER BY position`;

/** Key of the advisory lock that migrations and restores hold, so that only one of them runs at a time. Any number. */
export const MIGRATION_LOCK = 7_261_953;

/**
 * Applies the pending migrations. Safe to call again, and from several processes at once.
 * @returns the names of the migrations that were applied.
 * @throws SchemaMismatchError, before anything is changed, when this version cannot migrate the database.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions): Promise<string[]> {
  return withDataSource(databaseUrl, async (dataSource) => {
    const lock = dataSource.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      assertMigratable(await readSchemaState(poolOf(dataSource)), options);
      const applied = await dataSource.runMigrations();
      if (options.exampleUsers) await dataSource.query(ADD_EXAMPLE_USERS);
      return applied.map((migration) => migration.name);
    } finally {
      // The session ends, and with it the lock.
      await lock.release();
    }
  });
}

/** Which migrations are applied, pending and unknown. Changes nothing. */
export function migrationStatus(databaseUrl: string): Promise<SchemaState> {
  return withDataSource(databaseUrl, (dataSource) => readSchemaState(poolOf(dataSource)));
}

/**
 * The SQL that `migrate` would run, each migration under its name. Changes nothing and takes no lock. Migrations are
 * plain SQL that does not depend on stored data, so their statements are known without running them.
 * @throws SchemaMismatchError as `migrate` does.
 */
export async function dryRun(databaseUrl: string, options: MigrateOptions): Promise<string[]> {
  const state = await migrationStatus(databaseUrl);
  assertMigratable(state, options);
  const steps: string[] = [];
  for (const Migration of MIGRATIONS.filter(({ name }) => state.pending.includes(name))) {
    const statements = await statementsOf(new Migration());
    steps.push([`-- ${Migration.name}`, ...statements.map((sql) => `${withoutIndent(sql)};`)].join('\n'));
  }
  if (options.exampleUsers) steps.push(`-- Example users\n${withoutIndent(ADD_EXAMPLE_USERS)};`);
  return steps;
}

async function withDataSource<Result>(
  databaseUrl: string,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const dataSource = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function assertMigratable(state: SchemaState, { allowNewerDatabase }: MigrateOptions): void {
  const problem = schemaProblem({ ...state, applied: [], pending: [] }, allowNewerDatabase, VERSION);
  if (problem !== null) throw new SchemaMismatchError(problem);
}

async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const statements: string[] = [];
  const recorder = new Proxy({} as QueryRunner, {
    get(_, method) {
      if (method !== 'query') throw new Error(`A migration may call query() only, not ${String(method)}().`);
      return async (sql: string, parameters?: unknown[]) => {
        if (parameters) throw new Error('A migration may not use parameters: its SQL is shown as it is.');
        statements.push(sql);
        return [];
      };
    },
  });
  await migration.up(recorder);
  return statements;
}

/** Removes the indentation that a template has from the code around it. */
function withoutIndent(sql: string): string {
  const lines = sql.trim().split('\n');
  const rest = lines.slice(1).filter((line) => line.trim() !== '');
  const indent = Math.min(...rest.map((line) => line.search(/\S/)));
  return lines.map((line, i) => (i === 0 ? line : line.slice(indent))).join('\n');
}
