import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { PostgresDied } from './errors.js';

/** With more deaths than this within the window something is wrong that another start does not cure. */
const MAX_DEATHS = 5;
const DEATH_WINDOW_MS = 60_000;
const RESTART_MS = 500;

export interface SupervisorOptions {
  dataDir: string;
  log: (line: string) => void;
  /** Called once, with a sentence, when PostgreSQL cannot be kept running. */
  onLost: (reason: string) => void;
}

/**
 * The embedded PostgreSQL. When it dies (killed, out of memory) it is started again on the same port, so that the
 * server's connection pool reconnects by itself. A death while it starts or recovers counts like any other.
 */
export class PostgresSupervisor {
  #postgres: EmbeddedPostgres | null = null;
  #stopping = false;
  #deaths: number[] = [];
  /** The restart in progress, if any. Never rejects. */
  #restart: Promise<void> = Promise.resolve();

  private constructor(private readonly options: SupervisorOptions) {}

  /** @throws EmbeddedPostgresError when PostgreSQL does not start, or dies more than MAX_DEATHS times meanwhile. */
  static async start(options: SupervisorOptions): Promise<PostgresSupervisor> {
    const supervisor = new PostgresSupervisor(options);
    await supervisor.#start();
    return supervisor;
  }

  get url(): string {
    if (!this.#postgres) throw new Error('PostgreSQL was never started.');
    return this.#postgres.url;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#postgres?.stop();
    await this.#restart;
  }

  /** Resolves when PostgreSQL takes connections, however often it has to be started for that. */
  async #start(): Promise<void> {
    const { dataDir, log } = this.options;
    while (!this.#stopping) {
      try {
        const postgres = await startEmbeddedPostgres({ dataDir, log, port: this.#postgres?.port });
        this.#postgres = postgres;
        void postgres.exited.then(() => (this.#restart = this.#afterDeath()));
        if (this.#stopping) await postgres.stop();
        return;
      } catch (error) {
        if (!(error instanceof PostgresDied)) throw error;
        this.#countDeath(error.message);
        log('PostgreSQL has died while it was starting; starting it again');
        await sleep(RESTART_MS);
      }
    }
  }

  async #afterDeath(): Promise<void> {
    if (this.#stopping) return;
    const { dataDir, log, onLost } = this.options;
    try {
      this.#countDeath(`Its log is ${dataDir}/postgres.log.`);
      log('PostgreSQL has ended by itself; starting it again');
      await sleep(RESTART_MS);
      await this.#start();
      if (!this.#stopping) log('PostgreSQL is back');
    } catch (error) {
      onLost(error instanceof Error ? error.message : String(error));
    }
  }

  #countDeath(lastWords: string): void {
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((time) => now - time < DEATH_WINDOW_MS), now];
    if (this.#deaths.length <= MAX_DEATHS) return;
    throw new PostgresDied(`PostgreSQL has died ${this.#deaths.length} times within a minute. ${lastWords}`);
  }
}
