import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRoot } from './root.mjs';
import { setUp } from './set-up.mjs';

/**
 * Runs an entry of the built server. Set-up runs only where nothing is built: a scheduled backup must not exchange the
 * packages of a server that runs.
 */
export async function runBuilt(entry) {
  const file = inRoot('server', 'dist', entry);
  if (!existsSync(file)) await setUp({ workspaces: ['server'] });
  await import(pathToFileURL(file).href);
}
