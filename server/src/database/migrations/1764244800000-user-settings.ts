import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What users have set for their page. The entity says what each column means. */
export class UserSettings1764244800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_settings (
        user_id    bigint CONSTRAINT user_settings_pkey PRIMARY KEY
                     CONSTRAINT user_settings_user_id_fkey REFERENCES users,
        settings   jsonb NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE user_settings`);
  }
}
