import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures of users: the key of the attachment that holds one. */
export class Avatars1764252000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN avatar uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN avatar`);
  }
}
