import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The exports of users: one at a time each, so many an hour. The entity says what each column means. */
export class DataExports1764216060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE data_exports (
        user_id    bigint CONSTRAINT data_exports_pkey PRIMARY KEY
                     CONSTRAINT data_exports_user_id_fkey REFERENCES accounts ON DELETE CASCADE,
        run        bigint NOT NULL DEFAULT 1,
        is_running boolean NOT NULL DEFAULT true,
        started_at timestamptz[] NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        messages   bigint NOT NULL DEFAULT 0,
        total      bigint NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE data_exports`);
  }
}
