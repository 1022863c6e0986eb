import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What users hide, requests, blocks and reports. The entities say what each column means. */
export class Privacy1764201600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN hides integer NOT NULL DEFAULT 0`);
    await runner.query(`
      ALTER TABLE rooms
        ADD COLUMN privacy_a     integer NOT NULL DEFAULT 0,
        ADD COLUMN privacy_b     integer NOT NULL DEFAULT 0,
        ADD COLUMN overrides_a   integer NOT NULL DEFAULT 0,
        ADD COLUMN overrides_b   integer NOT NULL DEFAULT 0,
        ADD COLUMN private_rev_a bigint NOT NULL DEFAULT 0,
        ADD COLUMN private_rev_b bigint NOT NULL DEFAULT 0,
        ADD COLUMN freeze_a      jsonb,
        ADD COLUMN freeze_b      jsonb`);
    await runner.query(`
      CREATE TABLE reports (
        id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT reports_pkey PRIMARY KEY,
        room_id     bigint NOT NULL,
        reporter_id bigint NOT NULL CONSTRAINT reports_reporter_id_fkey REFERENCES users,
        reported_id bigint NOT NULL CONSTRAINT reports_reported_id_fkey REFERENCES users,
        reason      text NOT NULL,
        first_seq   bigint NOT NULL,
        last_seq    bigint NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX reports_reporter_id_idx ON reports (reporter_id)`);
    await runner.query(`CREATE INDEX reports_reported_id_idx ON reports (reported_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reports`);
    await runner.query(`
      ALTER TABLE rooms
        DROP COLUMN privacy_a, DROP COLUMN privacy_b, DROP COLUMN overrides_a, DROP COLUMN overrides_b,
        DROP COLUMN private_rev_a, DROP COLUMN private_rev_b, DROP COLUMN freeze_a, DROP COLUMN freeze_b`);
    await runner.query(`ALTER TABLE users DROP COLUMN hides`);
  }
}
