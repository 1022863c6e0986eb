import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Personal access tokens. The entity says what each column means. */
export class AccessTokens1764205200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_tokens (
        id           bigint CONSTRAINT access_tokens_pkey PRIMARY KEY,
        token_hash   bytea NOT NULL,
        user_id      bigint NOT NULL CONSTRAINT access_tokens_user_id_fkey REFERENCES accounts ON DELETE CASCADE,
        name         text NOT NULL,
        scopes       text[] NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        expires_at   timestamptz,
        last_used_at timestamptz,
        device       text,
        ip           text
      )`);
    await runner.query(`CREATE UNIQUE INDEX access_tokens_token_hash_key ON access_tokens (token_hash)`);
    await runner.query(`CREATE INDEX access_tokens_user_id_idx ON access_tokens (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_tokens`);
  }
}
