import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a report is about, as a code. Reports from before have it in the words of their reason. */
export class ReportCategories1764237600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reports ADD COLUMN category text NOT NULL DEFAULT 'other'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reports DROP COLUMN category`);
  }
}
