import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How users keep their rooms in the list. The entity says what each column means. */
export class RoomListings1764248400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN listing_rev bigint NOT NULL DEFAULT 0`);
    // No reference to rooms: it would be a check of every change of a room, thus of every message (docs/decisions/0106).
    await runner.query(`
      CREATE TABLE room_member_settings (
        user_id      bigint NOT NULL CONSTRAINT room_member_settings_user_id_fkey REFERENCES users (id),
        room_id      bigint NOT NULL,
        rev          bigint NOT NULL,
        pinned_at    timestamptz,
        muted_until  timestamptz,
        archived_seq bigint,
        unread_seq   bigint,
        CONSTRAINT room_member_settings_pkey PRIMARY KEY (user_id, room_id)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX room_member_settings_rev_key ON room_member_settings (user_id, rev)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE room_member_settings`);
    await runner.query(`ALTER TABLE users DROP COLUMN listing_rev`);
  }
}
