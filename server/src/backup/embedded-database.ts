import { startEmbeddedPostgres, urlOfRunningPostgres } from '@parley/embedded-postgres';

/**
 * Calls `work` with the URL of the embedded database of a data folder. PostgreSQL is used as it runs, and started for
 * the time of the work when it does not.
 * @throws EmbeddedPostgresError
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

/** The same, but nobody else may use the data folder meanwhile, and a missing database is made. */
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
