import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@parley/embedded-postgres';
import { migrate } from '../../../src/database/migrator.js';
import { allGone, signalAll, treeOf } from './processes.js';

/** A migrated PostgreSQL that a suite has for itself, so that it may be killed. fsync is on. */
export class OwnPostgres {
  #postgres: EmbeddedPostgres;

  private constructor(
    private readonly dataDir: string,
    postgres: EmbeddedPostgres,
  ) {
    this.#postgres = postgres;
  }

  /** @param folder unset: one of its own. It is removed in the end. */
  static async start(folder?: string): Promise<OwnPostgres> {
    const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'parley-faults-')));
    const postgres = await startEmbeddedPostgres({ dataDir });
    await migrate(postgres.url, { exampleUsers: true, allowNewerDatabase: false });
    return new OwnPostgres(dataDir, postgres);
  }

  get url(): string {
    return this.#postgres.url;
  }

  /** As the superuser. */
  get adminUrl(): string {
    return this.#postgres.adminUrl();
  }

  get port(): number {
    return this.#postgres.port;
  }

  /** kill -9 of the postmaster. Its children end by themselves, in the middle of whatever they do. */
  async kill(): Promise<void> {
    const tree = treeOf(this.#postgres.pid);
    process.kill(this.#postgres.pid, 'SIGKILL');
    await this.#postgres.exited;
    await allGone(tree);
  }

  /** Starts it again on the same files and the same port: it recovers from its log. */
  async restart(): Promise<void> {
    this.#postgres = await startEmbeddedPostgres({ dataDir: this.dataDir, port: this.port });
  }

  /** Hangs: its port still accepts, nothing is answered. */
  hang(): void {
    signalAll(treeOf(this.#postgres.pid), 'SIGSTOP');
  }

  resume(): void {
    signalAll(treeOf(this.#postgres.pid), 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#postgres.stop();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 20 });
  }
}
