import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Web Push. The entities say what each column means. */
export class Push1764262800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE push_keys (
        id          boolean CONSTRAINT push_keys_pkey PRIMARY KEY,
        public_key  text NOT NULL,
        private_key text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE push_subscriptions (
        id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT push_subscriptions_pkey PRIMARY KEY,
        user_id    bigint NOT NULL CONSTRAINT push_subscriptions_user_id_fkey REFERENCES users,
        session_id bigint CONSTRAINT push_subscriptions_session_id_fkey REFERENCES sessions ON DELETE CASCADE,
        endpoint   text NOT NULL,
        p256dh     text NOT NULL,
        auth       text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT push_subscriptions_user_endpoint_key UNIQUE (user_id, endpoint)
      )`);
    await runner.query(`CREATE INDEX push_subscriptions_session_id_idx ON push_subscriptions (session_id)`);
    await runner.query(`CREATE INDEX push_subscriptions_endpoint_idx ON push_subscriptions (endpoint)`);
    await runner.query(`
      CREATE TABLE push_shown (
        user_id bigint CONSTRAINT push_shown_user_id_fkey REFERENCES users,
        room_id bigint,
        seq     bigint NOT NULL,
        CONSTRAINT push_shown_pkey PRIMARY KEY (user_id, room_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE push_shown`);
    await runner.query(`DROP TABLE push_subscriptions`);
    await runner.query(`DROP TABLE push_keys`);
  }
}
