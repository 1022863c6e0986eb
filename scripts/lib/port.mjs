import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseEnv } from 'node:util';
import { inRoot } from './root.mjs';
import { Complaint } from './terminal.mjs';

/**
 * Nobody should wait for an installation to learn that the port is taken. Everything else about the settings is the
 * server's to judge, this is only about the one that fails most often.
 */
export async function complainIfPortTaken() {
  const settings = { ...envFile(), ...process.env };
  const port = Number(settings.PORT || 8000);
  const host = settings.HOST || '127.0.0.1';
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return;
  const problem = await tryToListen(port, host);
  if (problem === 'EADDRINUSE') {
    throw new Complaint(
      `Port ${port} is taken by another program, or by Parley itself in another window. ` +
        'Stop that one, or set PORT to another number.',
    );
  }
}

/** What is wrong with the file is the server's to say (server/src/launch/env-file.ts), once it is built. */
function envFile() {
  try {
    return parseEnv(readFileSync(inRoot('.env'), 'utf8'));
  } catch {
    return {};
  }
}

function tryToListen(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
