import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes by which a part of a name is found (trigrams). pg_trgm comes with PostgreSQL, and a role that may create in
 * the database may install it. Where it cannot be had, the search works without: it reads all users.
 *
 * Not CONCURRENTLY: meanwhile only new users wait, and nothing else writes to the table.
 */
export class UserSearch1764072000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX users_username_search_idx ON users USING gin (lower(username) gin_trgm_ops);
        CREATE INDEX users_display_name_search_idx ON users USING gin (lower(display_name) gin_trgm_ops);
      EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
        RAISE WARNING 'pg_trgm is not available: searching for users reads all of them';
      END
      $$`);
  }

  /** The extension stays: it may be in use otherwise. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX IF EXISTS users_display_name_search_idx`);
    await runner.query(`DROP INDEX IF EXISTS users_username_search_idx`);
  }
}
