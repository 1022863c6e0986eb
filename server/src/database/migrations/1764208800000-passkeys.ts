import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys, and accounts without a password. The version before works on: to it such an account has a wrong password. */
export class Passkeys1764208800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts
        ALTER COLUMN password_hash DROP NOT NULL,
        ADD COLUMN user_handle bytea,
        ADD COLUMN passkeys_rev integer NOT NULL DEFAULT 0`);
    await runner.query(`CREATE UNIQUE INDEX accounts_user_handle_key ON accounts (user_handle)`);
    // Null for the sessions that there are: their users prove themselves again before they add a passkey.
    await runner.query(`ALTER TABLE sessions ADD COLUMN proved_at timestamptz`);
    await runner.query(`ALTER TABLE sessions ALTER COLUMN proved_at SET DEFAULT now()`);
    await runner.query(`
      CREATE TABLE passkeys (
        id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT passkeys_pkey PRIMARY KEY,
        user_id       bigint NOT NULL CONSTRAINT passkeys_user_id_fkey REFERENCES accounts ON DELETE CASCADE,
        credential_id bytea NOT NULL,
        public_key    bytea NOT NULL,
        sign_count    bigint NOT NULL,
        transports    text[] NOT NULL,
        rp_id         text NOT NULL,
        name          text NOT NULL,
        is_synced     boolean NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        last_used_at  timestamptz
      )`);
    await runner.query(`CREATE UNIQUE INDEX passkeys_credential_id_key ON passkeys (credential_id)`);
    await runner.query(`CREATE INDEX passkeys_user_id_idx ON passkeys (user_id)`);
    await runner.query(`
      CREATE TABLE passkey_challenges (
        challenge    text CONSTRAINT passkey_challenges_pkey PRIMARY KEY,
        purpose      text NOT NULL,
        session_id   bigint,
        origin       text NOT NULL,
        registration jsonb,
        expires_at   timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX passkey_challenges_expires_at_idx ON passkey_challenges (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE passkey_challenges`);
    await runner.query(`DROP TABLE passkeys`);
    await runner.query(`ALTER TABLE sessions DROP COLUMN proved_at`);
    await runner.query(`DROP INDEX accounts_user_handle_key`);
    // No password has this hash: these users need a new one (user:reset).
    await runner.query(`
      UPDATE accounts SET password_hash = '$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA'
      WHERE password_hash IS NULL`);
    await runner.query(`
      ALTER TABLE accounts
        DROP COLUMN passkeys_rev,
        DROP COLUMN user_handle,
        ALTER COLUMN password_hash SET NOT NULL`);
  }
}
