import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
// The built server: jest does not transform what runs outside its suites.
import { startEmbeddedPostgres } from '@parley/embedded-postgres';
import { migrate } from '../../dist/database/migrator.js';

/** Nobody cuts the power of a test: without waiting for the disk, suites take less time. */
const SETTINGS = { max_connections: '200', shared_buffers: '32MB', fsync: 'off', full_page_writes: 'off' };
const PARTITIONS = new URL('../../../docs/partition-messages.sql', import.meta.url);

/** One PostgreSQL for all suites; each suite has a database of its own, cloned from this migrated one. */
export default async function globalSetup() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  const postgres = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
  await migrate(postgres.url, { exampleUsers: true, allowNewerDatabase: false });
  if (process.env.PARTITIONED) await partition(postgres.url);
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_POSTGRES_ADMIN_URL = postgres.adminUrl();
  globalThis.stopTestPostgres = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** `PARTITIONED=1 npx jest …`: the same suites on the other shape of the schema (docs/operations.md). */
async function partition(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(await readFile(PARTITIONS, 'utf8'));
  await client.end();
}
