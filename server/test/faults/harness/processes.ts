import { readFileSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { freePort } from '../../launch/parley.js';
import { isAlive, run, type Run } from '../../launch/processes.js';
import { until } from './wait.js';

const SERVE = join(resolve(__dirname, '../../../..'), 'server/dist/serve.js');

/** Against hanging: several suites start their servers at once, and other programs may keep the machine busy. */
const READY_MS = 90_000;

/** What most fault tests want: no rate limits, quick heartbeats, and a voice only when something is wrong. */
const SETTINGS = {
  NODE_ENV: 'production',
  AUTH_MODE: 'simulation',
  HOST: '127.0.0.1',
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'error',
  REDIS_URL: '',
  DATA_DIR: '',
  ALLOWED_ORIGINS: '',
};

/** The built server as a process of its own, that can be killed, stopped and started again on the same port. */
export class ServerProcess {
  #run: Run;

  private constructor(
    readonly port: number,
    private readonly env: Record<string, string>,
  ) {
    this.#run = spawn(env);
  }

  static async start(settings: Record<string, string>): Promise<ServerProcess> {
    const port = await freePort();
    const server = new ServerProcess(port, { ...SETTINGS, ...settings, PORT: String(port) });
    await server.ready();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#run.pid;
  }

  /** Exit code, or the signal's name. */
  get ended(): Promise<number | string | null> {
    return this.#run.ended;
  }

  get output(): string {
    return this.#run.output();
  }

  get isAlive(): boolean {
    return isAlive(this.pid);
  }

  /** Resident memory, in bytes. Linux only. */
  get rss(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) * 1_024;
  }

  /** Ports of those that it holds a connection with. Linux only. */
  get peers(): Set<number> {
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1, -1);
    const established = rows.map((row) => row.trim().split(/\s+/)).filter(([, , , state]) => state === '01');
    return new Set(
      established.flatMap(([, local, remote]) => (portOf(local) === this.port ? [portOf(remote)] : [])),
    );
  }

  async ready(): Promise<void> {
    await until(
      'the server answers',
      () => {
        if (!this.isAlive) throw new Error(`The server has ended:\n${this.output}`);
        return answers(`${this.origin}/health/live`);
      },
      READY_MS,
    );
  }

  /** @returns how it ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string | null> {
    if (this.isAlive) process.kill(this.pid, signal);
    return this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Starts it again on the same port, with the same settings but for `changes`. It must have ended. */
  async restart(changes: Record<string, string> = {}): Promise<void> {
    this.#run = spawn({ ...this.env, ...changes });
    await this.ready();
  }
}

/** Over a connection that is closed at once. */
function answers(url: string): Promise<boolean> {
  return new Promise((answer) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    }).on('error', () => answer(false));
  });
}

function spawn(env: Record<string, string>): Run {
  return run(process.execPath, [SERVE], { env: { ...process.env, ...env } });
}

/** The port of an address as /proc/net/tcp has it. */
function portOf(address: string | undefined): number {
  return parseInt(address?.split(':')[1] ?? '', 16);
}

/** All processes below this one, itself included. Linux only. */
export function treeOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      parents.set(Number(name), Number(parent));
    } catch {
      // It has ended meanwhile.
    }
  }
  const tree = [pid];
  for (const member of tree) {
    for (const [child, parent] of parents) if (parent === member) tree.push(child);
  }
  return tree;
}

/** Sends a signal to each that is still there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    if (isAlive(pid)) process.kill(pid, signal);
  }
}

export async function allGone(pids: readonly number[]): Promise<void> {
  await until('the processes are gone', () => pids.every((pid) => !isAlive(pid)));
}
