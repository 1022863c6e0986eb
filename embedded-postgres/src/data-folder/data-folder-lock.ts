import { Client, type QueryResultRow } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_USER } from './cluster.js';

/** Any number, but always this one: "parley" in ASCII. */
const LOCK_KEY = '123585967515001';
const CONNECT_MS = 5_000;
const RETRY_MS = 200;

/**
 * The process that holds this lock is the only start of Parley that uses the data folder. PostgreSQL keeps it for as long as
 * the connection lives, and so gives it back whatever way the holder dies.
 */
export class DataFolderLock {
  private released = false;

  private constructor(
    private client: Client,
    private readonly url: string,
  ) {
    this.watch(client);
  }

  /** Undefined when another one holds it; throws when PostgreSQL cannot be asked. */
  static async take(url: string): Promise<DataFolderLock | undefined> {
    const client = await tryLock(url);
    return client && new DataFolderLock(client, url);
  }

  async query<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    return (await this.client.query<Row>(sql)).rows;
  }

  async release(): Promise<void> {
    this.released = true;
    await this.client.end().catch(() => undefined);
  }

  /** PostgreSQL cuts all connections when one of its processes crashes, and lives on: so take the lock once more. */
  private watch(client: Client): void {
    client.on('error', () => undefined); // 'end' follows
    client.once('end', () => void this.takeAgain());
  }

  private async takeAgain(): Promise<void> {
    while (!this.released) {
      await sleep(RETRY_MS, undefined, { ref: false });
      if (this.released) return;
      const client = await tryLock(this.url).catch(() => undefined);
      if (!client) continue;
      if (this.released) return void (await client.end());
      this.client = client;
      this.watch(client);
      return;
    }
  }
}

async function tryLock(url: string): Promise<Client | undefined> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(${LOCK_KEY}) AS got`);
    if (rows[0]?.got) return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

export function urlOf(database: string, port: number, password: string, user = DATABASE_USER): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}
