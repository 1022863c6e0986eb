import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Edits and reactions, in the row of their message. The entity says what each column means. */
export class MessageChanges1764226800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages
        ADD COLUMN reactions text[],
        ADD COLUMN edits     jsonb,
        ADD COLUMN frozen    jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages DROP COLUMN reactions, DROP COLUMN edits, DROP COLUMN frozen`);
  }
}
