import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploads, and the attachments of messages. The entities say what each column means. */
export class Attachments1764234000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Null in nearly all messages, where it takes no space.
    await runner.query(`ALTER TABLE messages ADD COLUMN attachments jsonb`);
    await runner.query(`
      CREATE TABLE attachments (
        id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT attachments_pkey PRIMARY KEY,
        user_id       bigint NOT NULL CONSTRAINT attachments_user_id_fkey REFERENCES users,
        key           uuid NOT NULL,
        name          text NOT NULL,
        declared_type text NOT NULL,
        size          bigint NOT NULL,
        parts         integer[] NOT NULL DEFAULT '{}',
        received      bigint NOT NULL DEFAULT 0,
        type          text,
        width         integer,
        height        integer,
        has_thumbnail boolean NOT NULL DEFAULT false,
        created_at    timestamptz NOT NULL DEFAULT now(),
        expires_at    timestamptz,
        room_id       bigint,
        seq           bigint
      )`);
    await runner.query(`CREATE INDEX attachments_user_id_idx ON attachments (user_id)`);
    await runner.query(
      `CREATE INDEX attachments_room_id_seq_idx ON attachments (room_id, seq) WHERE room_id IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX attachments_expires_at_idx ON attachments (expires_at) WHERE expires_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE attachments`);
    await runner.query(`ALTER TABLE messages DROP COLUMN attachments`);
  }
}
