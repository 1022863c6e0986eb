import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPassword } from '../data-folder/cluster.js';
import { DataFolderLock, urlOf } from '../data-folder/data-folder-lock.js';
import { DataFolderInUse } from '../errors.js';
import { readPidFile } from './pid-file.js';
import { isAlive, mayBePostmasterOf } from './processes.js';

/** How long one that answers nobody (it recovers, or is stopping) may take. */
const TIMEOUT_MS = 60_000;
/** PostgreSQL needs a moment to see that a killed owner's connection, and with it the lock, is gone. */
const LOCK_LINGERS_MS = 1_000;
const POLL_MS = 50;

/** The name under which a server knows a folder that it was put into; which one that is, has been looked at before. */
const WORKING_FOLDER = '/proc/self/cwd';

type Answer = 'silent' | 'in use' | 'not ours' | 'stopping';
type Log = (line: string) => void;

/**
 * A killed Parley can leave its PostgreSQL running. It is stopped here, so that this start can have its own; but not
 * when another start is using it, nor when it cannot be proved to be the server of exactly this cluster.
 */
export async function stopOrphan(dataDir: string, cluster: string, log: Log): Promise<void> {
  const found = readPidFile(cluster);
  if (!found) return;
  if (!mayBePostmasterOf(found.pid, cluster)) {
    // Left by a power cut. PostgreSQL would refuse to start if the number belongs to another program by now.
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  const start = Date.now();
  let answer: Answer = 'silent';
  while (isAlive(found.pid) && readPidFile(cluster)?.pid === found.pid) {
    if (answer !== 'stopping') answer = await askToStop(cluster, found.pid);
    const timeoutMs = answer === 'in use' ? LOCK_LINGERS_MS : TIMEOUT_MS;
    if (answer === 'not ours' || Date.now() - start > timeoutMs)
      throw new DataFolderInUse(dataDir, found.pid);
    await sleep(POLL_MS);
  }
  log('Stopped the PostgreSQL of an earlier start that was killed');
}

/** Holding the lock while asking keeps a third start from taking the server over in between. */
async function askToStop(cluster: string, pid: number): Promise<Answer> {
  const port = readPidFile(cluster)?.port;
  if (!port) return 'silent';
  let lock: DataFolderLock | undefined;
  try {
    lock = await DataFolderLock.take(urlOf('postgres', port, readPassword(cluster)));
    if (!lock) return 'in use';
    const [server] = await lock.query<{ folder: string }>(
      `SELECT current_setting('data_directory') AS folder`,
    );
    if (![cluster, realpathSync(cluster), WORKING_FOLDER].includes(server?.folder ?? '')) return 'not ours';
    process.kill(pid, 'SIGINT');
    return 'stopping';
  } catch {
    return 'silent';
  } finally {
    await lock?.release();
  }
}
