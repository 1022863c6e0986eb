import { Client } from 'pg';
import { LaunchError } from './launch-error.js';

const OLDEST_POSTGRES = 14;
const CONNECT_MS = 5_000;

/**
 * Sends one query to the PostgreSQL of DATABASE_URL and explains its errors, which are hard to read elsewhere.
 * @param otherwise an alternative to correcting DATABASE_URL, as the end of a sentence.
 * @throws LaunchError that names host and database, but neither user nor password.
 */
export async function assertDatabaseUsable(databaseUrl: string, otherwise = ''): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  const name = databaseName(databaseUrl);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      `SELECT current_setting('server_version_num') AS version`,
    );
    const version = Math.floor(Number(rows[0]?.version) / 10_000);
    if (version < OLDEST_POSTGRES) {
      throw new LaunchError(
        `The database ${name} is PostgreSQL ${version}; Parley needs ${OLDEST_POSTGRES} or newer. ` +
          `Set DATABASE_URL to another one${otherwise}.`,
      );
    }
  } catch (error) {
    if (error instanceof LaunchError) throw error;
    throw new LaunchError(
      `The database ${name} cannot be used: ${reasonOf(error as NodeJS.ErrnoException)}. ` +
        `Check DATABASE_URL${otherwise}.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Host and name of the database, without user and password. */
export function databaseName(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return host + pathname;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing answers there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    case '28P01':
    case '28000':
      return 'it refuses this user and password';
    case '3D000':
      return 'there is no database of that name';
    default:
      return error.message || error.code || 'it does not answer';
  }
}
