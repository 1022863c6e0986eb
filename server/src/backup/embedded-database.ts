import { startEmbeddedPostgres, urlOfRunningPostgres } from '@parley/embedded-postgres';

/**
 * Calls `work` with the URL of the embedded database of a data folder. If PostgreSQL does not run, it is started for the
 * duration of the work.
 * @throws EmbeddedPostgresError; what `work` throws.
 */
export async function withEmbeddedDatabase<Result>(
  dataDir: string,
  log: (line: string) => void,
  work: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  const running = urlOfRunningPostgres(dataDir);
  if (running !== null) return work(running);
  return withOwnDatabase(dataDir, log, work);
}

/** The same with exclusive use of the data folder. A missing database is created. @throws DataFolderInUse. */
export async function withOwnDatabase<Result>(
  dataDir: string,
  log: (line: string) => void,
  work: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop();
  }
}
