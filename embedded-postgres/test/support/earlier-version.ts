import { findBinaries } from '../../src/installation/binaries.js';
import { chooseRunAs, ownerOf } from '../../src/installation/run-as.js';
import {
  clusterIn,
  createCluster,
  letPostgresEnter,
  openDataFolder,
  readPassword,
} from '../../src/data-folder/cluster.js';
import { urlOf } from '../../src/data-folder/data-folder-lock.js';
import { startPostmaster } from '../../src/postmaster/start-postmaster.js';
import { query } from './query.js';

/** The folder as versions up to 0.1.0 made it: the role of the program is the superuser. */
export async function startAsEarlierVersion(
  dataDir: string,
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const owner = ownerOf(dataDir);
  await openDataFolder(dataDir);
  const runAs = chooseRunAs(findBinaries(), dataDir, owner);
  letPostgresEnter(runAs, dataDir);
  await createCluster(dataDir, runAs, false);
  const { postmaster, port } = await startPostmaster(
    { dataDir, port: undefined, settings: { fsync: 'off' }, log: () => undefined },
    runAs,
  );
  const password = readPassword(clusterIn(dataDir));
  await query(urlOf('postgres', port, password), 'CREATE DATABASE parley');
  return { url: urlOf('parley', port, password), pid: postmaster.pid ?? 0, stop: () => postmaster.stop() };
}
