import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deleted accounts: rooms that take no message any more, and what is left to do. The entities say what each column means. */
export class AccountDeletions1764216000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE rooms ADD COLUMN closed boolean NOT NULL DEFAULT false`);
    await runner.query(`
      CREATE TABLE account_deletions (
        user_id       bigint CONSTRAINT account_deletions_pkey PRIMARY KEY
                        CONSTRAINT account_deletions_user_id_fkey REFERENCES users,
        remove_texts  boolean NOT NULL,
        requested_at  timestamptz NOT NULL DEFAULT now(),
        last_room_id  bigint NOT NULL DEFAULT 0,
        last_seq      bigint NOT NULL DEFAULT 0,
        claimed_until timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE account_deletions`);
    await runner.query(`ALTER TABLE rooms DROP COLUMN closed`);
  }
}
