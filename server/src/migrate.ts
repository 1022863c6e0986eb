import { ConfigError, readConfig } from './config/config.js';
import { migrate } from './database/migrate.js';

// `npm run migrate`: brings the database of DATABASE_URL up to date.
try {
  const config = readConfig(process.env);
  if (!config.databaseUrl)
    throw new ConfigError(['DATABASE_URL must be set: it names the database to migrate']);
  const applied = await migrate(config.databaseUrl, config.authMode);
  process.stdout.write(
    applied.length > 0 ? `Applied: ${applied.join(', ')}\n` : 'The database is up to date.\n',
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
