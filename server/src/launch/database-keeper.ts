import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embedded-postgres.js';

/** More crashes than this within the time, and something is wrong that another start does not cure. */
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 60_000;
const RESTART_MS = 500;

export interface KeeperOptions {
  dataDir: string;
  log: (line: string) => void;
  /** Called once, when PostgreSQL cannot be kept running. */
  onLost: (reason: string) => void;
}

/**
 * The embedded PostgreSQL, started again on the same port should it die (somebody kills it, memory runs out), so that
 * the server's connection pool finds it again by itself.
 */
export class DatabaseKeeper {
  private stopping = false;
  private readonly crashes: number[] = [];

  private constructor(
    private postgres: EmbeddedPostgres,
    private readonly options: KeeperOptions,
  ) {
    this.watch();
  }

  static async start(options: KeeperOptions): Promise<DatabaseKeeper> {
    return new DatabaseKeeper(await startEmbeddedPostgres(options), options);
  }

  get url(): string {
    return this.postgres.url;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.postgres.stop();
  }

  private watch(): void {
    void this.postgres.exited.then(() => this.restart());
  }

  private async restart(): Promise<void> {
    if (this.stopping) return;
    const { dataDir, log, onLost } = this.options;
    const now = Date.now();
    this.crashes.push(now);
    if (this.crashes.filter((time) => now - time < CRASH_WINDOW_MS).length > MAX_CRASHES) {
      return onLost(`PostgreSQL ends again and again. Its log is ${dataDir}/postgres.log.`);
    }
    log('PostgreSQL has ended by itself; starting it again');
    await sleep(RESTART_MS);
    if (this.stopping) return;
    try {
      this.postgres = await startEmbeddedPostgres({ dataDir, log, port: this.postgres.port });
    } catch (error) {
      return onLost(error instanceof Error ? error.message : String(error));
    }
    if (this.stopping) return this.postgres.stop();
    log('PostgreSQL is back');
    this.watch();
  }
}
