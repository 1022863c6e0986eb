import { fileURLToPath } from 'node:url';
import { boot } from '../boot.js';
import type { Config } from '../config/config.js';
import { migrate } from '../database/migrator.js';
import { assertDatabaseUsable } from './database-check.js';
import { PostgresSupervisor } from '@parley/embedded-postgres';
import { setUpLink } from './set-up-link.js';
import { assertPortFree, portError } from './port.js';

/** The built page. The relative path is the same from src and from dist. */
const PAGE = fileURLToPath(new URL('../../../web/dist', import.meta.url));
/** Longest wait for the server to close, in milliseconds. */
const CLOSE_MS = 10_000;
/** Longest wait for PostgreSQL to stop, in milliseconds: more than the timeouts of Postmaster.stop together. */
const CLOSE_DATABASE_MS = 25_000;

export interface LaunchOptions {
  log: (line: string) => void;
  /** When it is aborted, `start` starts nothing more. */
  signal: AbortSignal;
  /** Called when the embedded PostgreSQL cannot be kept running. */
  onLost: (reason: string) => void;
}

/** Starts the parts of Parley in order, and stops them in the opposite order. */
export class Launch {
  private readonly stops: (() => Promise<void>)[] = [];

  constructor(
    private readonly config: Config,
    private readonly options: LaunchOptions,
  ) {}

  /**
   * Starts the database, migrates it, and starts the server. After an error, `stop` ends what was started before.
   * @returns where the first user registers; null when there is one, or the start was aborted.
   */
  async start(): Promise<string | null> {
    const { config, options } = this;
    await assertPortFree(config.port, config.host);
    const databaseUrl = config.databaseUrl ?? (await this.startDatabase());
    if (options.signal.aborted) return null;
    if (config.databaseUrl)
      await assertDatabaseUsable(databaseUrl, ', or unset it for the built-in PostgreSQL');
    const applied = await migrate(databaseUrl, config);
    if (applied.length > 0) options.log('The database is up to date');
    if (options.signal.aborted) return null;
    const app = await boot({ ...config, databaseUrl }, PAGE).catch((error: NodeJS.ErrnoException) => {
      throw portError(error, config.port, config.host);
    });
    this.stops.push(() => within(CLOSE_MS, app.close()));
    return setUpLink(app, config, options.signal);
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0).toReversed()) {
      await stop().catch((error: unknown) => this.options.log(`Not stopped in order: ${String(error)}`));
    }
  }

  private async startDatabase(): Promise<string> {
    const { log, onLost } = this.options;
    const database = await PostgresSupervisor.start({ dataDir: this.config.dataDir, log, onLost });
    this.stops.push(() => within(CLOSE_DATABASE_MS, database.stop()));
    return database.url;
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it takes too long')), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
