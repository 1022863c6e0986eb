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

/** A dead process whose parent has not read its exit code. In a container without an init process it stays for ever. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Whether a process runs that may be the postmaster of this cluster. Process ids are used again, above all after a
 * restart of the machine, so the id alone proves nothing. In doubt: true.
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
