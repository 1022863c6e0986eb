// A process that owns an embedded PostgreSQL, for tests to kill: node own-postgres.mjs <module> <data folder>.
// Says {url, pid} or {error, name} in one line, and stops in an orderly way on SIGTERM.
import { pathToFileURL } from 'node:url';

const [module, dataDir] = process.argv.slice(2);
const { startEmbeddedPostgres } = await import(pathToFileURL(module).href);
try {
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  process.on('SIGTERM', () => void postgres.stop());
  process.stdout.write(`${JSON.stringify({ url: postgres.url, pid: postgres.pid })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message, name: error.name })}\n`);
  process.exitCode = 1;
}
