import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, rooms and messages. The entities say what each column means. */
export class Init1763856000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pkey PRIMARY KEY,
        username     text NOT NULL,
        display_name text NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX users_username_key ON users (lower(username))`);
    // The row is rewritten with every message: room on the page keeps the rewrites out of the indexes (HOT).
    await runner.query(`
      CREATE TABLE rooms (
        id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT rooms_pkey PRIMARY KEY,
        user_a_id        bigint NOT NULL CONSTRAINT rooms_user_a_id_fkey REFERENCES users,
        user_b_id        bigint NOT NULL CONSTRAINT rooms_user_b_id_fkey REFERENCES users,
        created_at       timestamptz NOT NULL DEFAULT now(),
        last_activity_at timestamptz NOT NULL DEFAULT now(),
        last_seq         bigint NOT NULL DEFAULT 0,
        rev              bigint NOT NULL DEFAULT 0,
        sent_a           bigint NOT NULL DEFAULT 0,
        sent_b           bigint NOT NULL DEFAULT 0,
        read_seq_a       bigint NOT NULL DEFAULT 0,
        read_seq_b       bigint NOT NULL DEFAULT 0,
        delivered_seq_a  bigint NOT NULL DEFAULT 0,
        delivered_seq_b  bigint NOT NULL DEFAULT 0,
        unread_a         bigint NOT NULL DEFAULT 0,
        unread_b         bigint NOT NULL DEFAULT 0,
        CONSTRAINT rooms_pair_key UNIQUE (user_a_id, user_b_id),
        CONSTRAINT rooms_pair_order CHECK (user_a_id < user_b_id),
        CONSTRAINT rooms_sent CHECK (last_seq = sent_a + sent_b),
        CONSTRAINT rooms_watermarks CHECK (
          read_seq_a <= delivered_seq_a AND delivered_seq_a <= last_seq AND
          read_seq_b <= delivered_seq_b AND delivered_seq_b <= last_seq)
      ) WITH (fillfactor = 50)`);
    await runner.query(`CREATE INDEX rooms_user_b_id_idx ON rooms (user_b_id)`);
    // Not called messages_id_seq: TypeORM would take the column for a `serial`, and want it changed.
    await runner.query(`CREATE SEQUENCE message_ids`);
    await runner.query(`
      CREATE TABLE messages (
        room_id    bigint NOT NULL,
        seq        bigint NOT NULL,
        id         bigint NOT NULL DEFAULT nextval('message_ids'),
        sender_id  bigint NOT NULL,
        sender_seq bigint NOT NULL,
        client_id  uuid,
        text       text NOT NULL,
        reply_to   bigint,
        created_at timestamptz NOT NULL,
        rev        bigint NOT NULL,
        changed    boolean NOT NULL DEFAULT false,
        edited_at  timestamptz,
        deleted_at timestamptz,
        CONSTRAINT messages_pkey PRIMARY KEY (room_id, seq)
      )`);
    await runner.query(`CREATE INDEX messages_id_idx ON messages (id)`);
    await runner.query(`
      CREATE UNIQUE INDEX messages_client_id_key ON messages (room_id, sender_id, client_id)
      WHERE client_id IS NOT NULL`);
    await runner.query(`CREATE INDEX messages_changed_idx ON messages (room_id, rev) WHERE changed`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE messages`);
    await runner.query(`DROP SEQUENCE message_ids`);
    await runner.query(`DROP TABLE rooms`);
    await runner.query(`DROP TABLE users`);
  }
}
