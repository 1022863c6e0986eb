import { join } from 'node:path';
import { boot } from './boot.js';
import { ConfigError, readConfig } from './config/config.js';

// `npm run serve`: the built server alone, for containers and load tests. Set-up is `npm start`'s, and migrate's.
try {
  const config = readConfig(process.env);
  if (!config.databaseUrl) {
    throw new ConfigError(['DATABASE_URL must be set: the server alone starts no database (npm start does)']);
  }
  const app = await boot(config, join(import.meta.dirname, '../../web/dist'));
  process.stdout.write(`Parley serves http://${config.host}:${config.port} (${config.authMode})\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void app.close().then(() => process.exit(0)));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
