import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the first text of a segment disappears: then the segment is made again without it. */
export class SearchExpiry1764241200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE message_search_segments ADD COLUMN expires_at timestamptz`);
    await runner.query(`
      CREATE INDEX message_search_segments_expires_idx ON message_search_segments (expires_at)
        WHERE expires_at IS NOT NULL AND retired_at IS NULL`);
    // Of segments that are there it is not known: where texts may have disappeared, they are made again once.
    await runner.query(`
      UPDATE message_search_segments s SET expires_at = '-infinity' FROM rooms r
      WHERE r.id = s.room_id AND s.retired_at IS NULL AND (r.timer IS NOT NULL OR r.expired_seq > 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX message_search_segments_expires_idx`);
    await runner.query(`ALTER TABLE message_search_segments DROP COLUMN expires_at`);
  }
}
