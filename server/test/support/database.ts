import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A migrated database of its own, as a URL. */
export function createDatabase(): Promise<string> {
  return createFrom(new URL(process.env.TEST_POSTGRES_URL ?? 'none:').pathname.slice(1));
}

/** A database with nothing in it, as a URL. */
export function createEmptyDatabase(): Promise<string> {
  return createFrom('template0');
}

async function createFrom(template: string): Promise<string> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error('TEST_POSTGRES_URL is set by the global setup.');
  const name = `suite_${randomUUID().replaceAll('-', '')}`;
  const admin = new URL(server);
  admin.pathname = '/postgres';
  const client = new Client({ connectionString: admin.href });
  await client.connect();
  // Cloning needs the template for itself; suites that start at once wait for one another here.
  await client.query('SELECT pg_advisory_lock(1)');
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  await client.end();
  admin.pathname = `/${name}`;
  return admin.href;
}
