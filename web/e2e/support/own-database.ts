import { createDatabase } from '../../../server/test/support/database';

// Before all else in a file: its pages list nobody but the people of its own stories.
beforeAll(async () => {
  process.env.TEST_DATABASE_URL = await createDatabase();
});
