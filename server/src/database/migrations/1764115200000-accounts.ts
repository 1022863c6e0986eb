import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, sessions and invites. The entities say what each column means. */
export class Accounts1764115200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE accounts (
        user_id       bigint CONSTRAINT accounts_pkey PRIMARY KEY CONSTRAINT accounts_user_id_fkey REFERENCES users,
        skeleton      text NOT NULL,
        password_hash text NOT NULL,
        disabled_at   timestamptz,
        created_at    timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX accounts_skeleton_key ON accounts (skeleton)`);
    await runner.query(`
      ALTER TABLE rooms
        ADD COLUMN opened_a boolean NOT NULL DEFAULT true,
        ADD COLUMN opened_b boolean NOT NULL DEFAULT true`);
    await runner.query(`
      CREATE TABLE sessions (
        id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sessions_pkey PRIMARY KEY,
        token_hash   bytea NOT NULL,
        user_id      bigint NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users,
        device       text NOT NULL,
        ip           text NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX sessions_token_hash_key ON sessions (token_hash)`);
    await runner.query(`CREATE INDEX sessions_user_id_idx ON sessions (user_id)`);
    // Moves whenever sessions have ended, so that every server notices within a second, with or without Redis.
    await runner.query(`CREATE SEQUENCE session_ends`);
    await runner.query(`
      CREATE TABLE invites (
        id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT invites_pkey PRIMARY KEY,
        code_hash  bytea NOT NULL,
        is_set_up  boolean NOT NULL DEFAULT false,
        uses       integer NOT NULL DEFAULT 0,
        max_uses   integer NOT NULL,
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX invites_code_hash_key ON invites (code_hash)`);
    await runner.query(`CREATE UNIQUE INDEX invites_set_up_key ON invites (is_set_up) WHERE is_set_up`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE invites`);
    await runner.query(`DROP SEQUENCE session_ends`);
    await runner.query(`DROP TABLE sessions`);
    await runner.query(`ALTER TABLE rooms DROP COLUMN opened_a, DROP COLUMN opened_b`);
    await runner.query(`DROP TABLE accounts`);
  }
}
