import { Client, type QueryResultRow } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_USER } from './cluster.js';

/** Key of the advisory lock: "parley" in ASCII. Must not change, because older versions use it too. */
const LOCK_KEY = '123585967515001';
const CONNECT_MS = 5_000;
const RETRY_MS = 200;

/**
 * An advisory lock that only one process can hold: the one that uses the data folder. PostgreSQL releases it when the
 * connection closes, so also when the process is killed.
 */
export class DataFolderLock {
  private released = false;

  private constructor(
    private client: Client,
    private readonly url: string,
  ) {
    this.watch(client);
  }

  /** @returns undefined when another process holds the lock. @throws the driver's error. */
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

  /** Takes the lock again when PostgreSQL closes the connection, as it does when one of its processes crashes. */
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
