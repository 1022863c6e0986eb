import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Logins with identity providers. */
export class Identities1764212400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identities (
        id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT identities_pkey PRIMARY KEY,
        user_id    bigint NOT NULL CONSTRAINT identities_user_id_fkey REFERENCES accounts ON DELETE CASCADE,
        issuer     text NOT NULL,
        subject    text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX identities_issuer_subject_key ON identities (issuer, subject)`);
    await runner.query(`CREATE INDEX identities_user_id_idx ON identities (user_id)`);
    await runner.query(`
      CREATE TABLE identity_registrations (
        token_hash bytea CONSTRAINT identity_registrations_pkey PRIMARY KEY,
        issuer     text NOT NULL,
        subject    text NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(
      `CREATE INDEX identity_registrations_expires_at_idx ON identity_registrations (expires_at)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identity_registrations`);
    await runner.query(`DROP TABLE identities`);
  }
}
