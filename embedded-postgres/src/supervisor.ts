import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { PostgresDied } from './errors.js';

/** With more crashes than this within the window, PostgreSQL is not started again. */
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 60_000;
const RESTART_MS = 500;

export interface SupervisorOptions {
  dataDir: string;
  log: (line: string) => void;
  /** Called once, with a sentence, when PostgreSQL cannot be kept running. */
  onLost: (reason: string) => void;
}

/**
 * Keeps the embedded PostgreSQL running. After a crash (killed, out of memory) it starts it again on the same port, so
 * that the server's connection pool reconnects by itself. Crashes during a start or a recovery count too.
 */
export class PostgresSupervisor {
  #postgres: EmbeddedPostgres | null = null;
  #stopping = false;
  #crashes: number[] = [];
  /** The restart in progress, if any. Never rejects. */
  #restart: Promise<void> = Promise.resolve();

  private constructor(private readonly options: SupervisorOptions) {}

  /** @throws EmbeddedPostgresError when PostgreSQL does not start, or crashes more than MAX_CRASHES times meanwhile. */
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

  /** Starts PostgreSQL, again after each crash. Resolves when it accepts connections. */
  async #start(): Promise<void> {
    const { dataDir, log } = this.options;
    while (!this.#stopping) {
      try {
        const postgres = await startEmbeddedPostgres({ dataDir, log, port: this.#postgres?.port });
        this.#postgres = postgres;
        void postgres.exited.then(() => (this.#restart = this.#afterCrash()));
        if (this.#stopping) await postgres.stop();
        return;
      } catch (error) {
        if (!(error instanceof PostgresDied)) throw error;
        this.#countCrash(error.message);
        log('PostgreSQL has died while it was starting; starting it again');
        await sleep(RESTART_MS);
      }
    }
  }

  async #afterCrash(): Promise<void> {
    if (this.#stopping) return;
    const { dataDir, log, onLost } = this.options;
    try {
      this.#countCrash(`Its log is ${dataDir}/postgres.log.`);
      log('PostgreSQL has ended by itself; starting it again');
      await sleep(RESTART_MS);
      await this.#start();
      if (!this.#stopping) log('PostgreSQL is back');
    } catch (error) {
      onLost(error instanceof Error ? error.message : String(error));
    }
  }

  #countCrash(reason: string): void {
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < CRASH_WINDOW_MS), now];
    if (this.#crashes.length <= MAX_CRASHES) return;
    throw new PostgresDied(`PostgreSQL has died ${this.#crashes.length} times within a minute. ${reason}`);
  }
}
