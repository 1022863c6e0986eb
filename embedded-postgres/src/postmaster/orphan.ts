import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPassword } from '../data-folder/cluster.js';
import { DataFolderLock, urlOf } from '../data-folder/data-folder-lock.js';
import { DataFolderInUse } from '../errors.js';
import { readPidFile } from './pid-file.js';
import { isAlive, mayBePostmasterOf } from './processes.js';

/** Longest wait for an orphan that does not answer (it recovers or stops), in milliseconds. */
const TIMEOUT_MS = 60_000;
/** PostgreSQL needs up to this time, in milliseconds, to detect that the connection of a killed owner is closed. */
const LOCK_LINGERS_MS = 1_000;
const POLL_MS = 50;

/** `data_directory` of a server that was started in its data folder (RunAs.byWorkingFolder); see mayBePostmasterOf. */
const WORKING_FOLDER = '/proc/self/cwd';

type StopResult = 'no answer' | 'in use' | 'not ours' | 'stopping';
type Log = (line: string) => void;

/**
 * Stops the PostgreSQL that a killed Parley has left running on this cluster.
 * @throws DataFolderInUse when another process uses it, or when it is not certain that it is the server of this cluster.
 */
export async function stopOrphan(dataDir: string, cluster: string, log: Log): Promise<void> {
  const found = readPidFile(cluster);
  if (!found) return;
  if (!mayBePostmasterOf(found.pid, cluster)) {
    // A power cut leaves this file. PostgreSQL does not start if its process id belongs to another program now.
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  const start = Date.now();
  let result: StopResult = 'no answer';
  while (isAlive(found.pid) && readPidFile(cluster)?.pid === found.pid) {
    if (result !== 'stopping') result = await tryToStop(cluster, found.pid);
    const timeoutMs = result === 'in use' ? LOCK_LINGERS_MS : TIMEOUT_MS;
    if (result === 'not ours' || Date.now() - start > timeoutMs)
      throw new DataFolderInUse(dataDir, found.pid);
    await sleep(POLL_MS);
  }
  log('Stopped the PostgreSQL of an earlier start that was killed');
}

/** Holds the lock meanwhile, so that no other start uses the server. */
async function tryToStop(cluster: string, pid: number): Promise<StopResult> {
  const port = readPidFile(cluster)?.port;
  if (!port) return 'no answer';
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
    return 'no answer';
  } finally {
    await lock?.release();
  }
}
