import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Run {
  child: ChildProcess;
  pid: number;
  /** Everything written so far, both streams. */
  output(): string;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string | null>;
  /** Resolves with the match; rejects when the process ends first. */
  says(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
}

export function run(file: string, args: string[], options: SpawnOptions = {}): Run {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  let over = false;
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
    child.on('error', (error) => resolve(error.message));
  }).finally(() => (over = true));
  const says = async (pattern: RegExp, timeoutMs = 30_000) => {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      if (over || Date.now() > until) throw new Error(`it never said ${pattern}, but:\n${output}`);
      await sleep(20);
    }
  };
  return { child, pid: child.pid ?? 0, output: () => output, ended, says };
}

/** Alive and not merely a zombie that its parent has not reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

export async function isGone(pid: number, timeoutMs = 15_000): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > until) return false;
    await sleep(20);
  }
  return true;
}
