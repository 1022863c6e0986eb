import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, fchownSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from '../installation/binaries.js';
import { readPidFile } from './pid-file.js';
import { placeFor, type RunAs } from '../installation/run-as.js';

/** Longest wait for a fast shutdown, in milliseconds. Then PostgreSQL is stopped at once, and recovers at the next start. */
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5_000;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running PostgreSQL server and, on Unix, the watcher that stops it when this process ends. */
export class Postmaster {
  readonly exited: Promise<Exit>;
  /** Resolves when the watcher has ended too. */
  private readonly ended: Promise<void>;
  private readonly watcher?: ChildProcess;

  private constructor(
    private readonly child: ChildProcess,
    private readonly cluster: string,
    private readonly binaries: Binaries,
  ) {
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: null, signal: null }));
    });
    this.watcher = this.watch();
    this.ended = this.exited.then(() => endOf(this.watcher));
  }

  static start(runAs: RunAs, cluster: string, logFile: string, settings: Record<string, string>) {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { cwd, name } = placeFor(runAs, cluster);
    const program = runAs.binaries.postgres;
    const [file = program, ...args] = [...runAs.prefix, program, '-D', name('.'), ...options];
    boundLog(logFile);
    const log = openSync(logFile, 'a', 0o600);
    try {
      if (runAs.owner) fchownSync(log, runAs.owner.uid, runAs.owner.gid);
      // In a process group of its own, so that Ctrl-C does not stop PostgreSQL before the server has finished its work.
      const detached = process.platform !== 'win32';
      const stdio: ['ignore', number, number] = ['ignore', log, log];
      const child = spawn(file, args, { ...runAs.switchTo, cwd, detached, windowsHide: true, stdio });
      return new Postmaster(child, cluster, runAs.binaries);
    } finally {
      closeSync(log);
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** null while it runs. */
  get exit(): Exit | null {
    return this.isRunning ? null : { code: this.child.exitCode, signal: this.child.signalCode };
  }

  get isReady(): boolean {
    const file = readPidFile(this.cluster);
    return file !== undefined && file.ready && (process.platform === 'win32' || file.pid === this.pid);
  }

  async stop(): Promise<void> {
    if (process.platform === 'win32') {
      // Windows has no signals; pg_ctl knows PostgreSQL's replacement for them.
      spawnSync(this.binaries.pgCtl, ['stop', '-D', this.cluster, '-m', 'fast', '-w'], { windowsHide: true });
    }
    const steps = [
      ['SIGINT', FAST_STOP_MS],
      ['SIGQUIT', IMMEDIATE_STOP_MS],
      ['SIGKILL', IMMEDIATE_STOP_MS],
    ] as const;
    for (const [signal, timeoutMs] of steps) {
      if (!this.isRunning) return this.ended;
      this.child.kill(signal);
      const timer = new AbortController();
      await Promise.race([
        this.exited,
        sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
    }
  }

  /**
   * Starts a shell that waits for the end of its input, and then stops PostgreSQL. Its input ends when this process ends,
   * in whatever way. It has a process group of its own too, and is killed when PostgreSQL has ended.
   */
  private watch(): ChildProcess | undefined {
    if (process.platform === 'win32' || this.pid === undefined) return undefined;
    const script = 'read -r _; kill -INT "$1"';
    const watcher = spawn('/bin/sh', ['-c', script, 'parley-postgres-watcher', String(this.pid)], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watcher.on('error', () => undefined); // without a watcher the next start stops the PostgreSQL of a killed Parley
    watcher.stdin?.on('error', () => undefined);
    return watcher;
  }
}

/** Kills a process and waits until it has ended. */
async function endOf(child: ChildProcess | undefined): Promise<void> {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Limits the log to two files of MAX_LOG_BYTES; the older one is overwritten. */
function boundLog(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}

/** The end of PostgreSQL's log, for an error message. */
export function lastLogLines(logFile: string, fromByte: number, lines = 4): string {
  try {
    return readFileSync(logFile)
      .subarray(fromByte)
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(-lines)
      .join('\n');
  } catch {
    return '';
  }
}
