import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Dead, but nobody has asked for its exit code yet. In a container whose first process does not care: for ever. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Whether a live process may be the postmaster of this cluster. Numbers are recycled, above all after a restart of
 * the machine, so the number alone says nothing. In doubt: yes.
 */
export function mayBePostmasterOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const name = nameOf(pid);
  if (name === undefined) return true;
  if (!/^postgres/i.test(name)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster); // a postmaster works in its data folder
  } catch {
    return true;
  }
}

function nameOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    if (process.platform === 'win32')
      return output('tasklist', '/NH', '/FO', 'CSV', '/FI', `PID eq ${pid}`)?.slice(1);
    return output('ps', '-p', String(pid), '-o', 'comm=')?.split('/').pop();
  } catch {
    return undefined;
  }
}

function output(file: string, ...args: string[]): string | undefined {
  const run = spawnSync(file, args, { encoding: 'utf8', windowsHide: true });
  return run.status === 0 && run.stdout.trim() ? run.stdout.trim() : undefined;
}
