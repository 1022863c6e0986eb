import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside the package.json of the whole; the same from src and from dist. */
const ENV_FILE = fileURLToPath(new URL('../../../.env', import.meta.url));

/** Adds the settings of `.env` to the environment, where it does not have them yet. */
export function loadEnvFile(file = ENV_FILE): void {
  if (existsSync(file)) process.loadEnvFile(file);
}
