import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Disappearing messages, and how far the server has removed old ones. The entities say what each column means. */
export class Retention1764223200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE messages ADD COLUMN expires_at timestamptz`);
    await runner.query(`
      ALTER TABLE rooms
        ADD COLUMN timer       jsonb,
        ADD COLUMN expired_seq bigint NOT NULL DEFAULT 0`);
    await runner.query(
      `CREATE INDEX messages_expires_idx ON messages (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL`,
    );
    await runner.query(`
      CREATE TABLE retention_passes (
        id            boolean CONSTRAINT retention_passes_pkey PRIMARY KEY,
        last_room_id  bigint NOT NULL DEFAULT 0,
        claimed_until timestamptz,
        finished_at   timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE retention_passes`);
    await runner.query(`DROP INDEX messages_expires_idx`);
    await runner.query(`ALTER TABLE rooms DROP COLUMN timer, DROP COLUMN expired_seq`);
    await runner.query(`ALTER TABLE messages DROP COLUMN expires_at`);
  }
}
