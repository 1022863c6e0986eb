import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// The built server: jest does not transform what runs outside its suites.
import { startEmbeddedPostgres } from '@parley/embedded-postgres';
import { migrate } from '../../../server/dist/database/migrator.js';

/** One PostgreSQL for all suites; each file has a database of its own, cloned from this migrated one: own-database.ts. */
export default async function globalSetup() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-web-e2e-'));
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  await migrate(postgres.url, { exampleUsers: true, allowNewerDatabase: false });
  process.env.TEST_POSTGRES_URL = postgres.url;
  globalThis.stopWebTestPostgres = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
