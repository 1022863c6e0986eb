import { Redis } from 'ioredis';
import { freePort } from '../../launch/parley.js';
import { run, type Run } from '../../launch/processes.js';

/** A Redis that a suite has for itself, so that it may be killed. Keeps nothing. */
export class OwnRedis {
  #run: Run;

  private constructor(
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {
    this.#run = spawn(port, settings);
  }

  static async start(settings: Record<string, string> = {}): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), settings);
    await redis.#ready();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    process.kill(this.#run.pid, 'SIGKILL');
    await this.#run.ended;
  }

  async restart(): Promise<void> {
    this.#run = spawn(this.port, this.settings);
    await this.#ready();
  }

  hang(): void {
    process.kill(this.#run.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.#run.pid, 'SIGCONT');
  }

  /** One command, as redis-cli sends it. */
  async command(name: string, ...args: string[]): Promise<unknown> {
    const client = new Redis(this.url, { maxRetriesPerRequest: 1 });
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    if (this.#run.child.exitCode === null && this.#run.child.signalCode === null) await this.kill();
  }

  async #ready(): Promise<void> {
    try {
      await this.#run.says(/Ready to accept connections/);
    } catch (error) {
      const hint = 'The fault suites need redis-server in PATH (Debian: apt-get install redis-server).';
      throw new Error(`${hint} ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function spawn(port: number, settings: Record<string, string>): Run {
  const options = { port: String(port), bind: '127.0.0.1', save: '', appendonly: 'no', ...settings };
  return run(
    process.env.REDIS_SERVER_PATH ?? 'redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
}
