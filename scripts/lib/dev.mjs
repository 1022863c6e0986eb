import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inRoot } from './root.mjs';
import { ended, say, startChild } from './terminal.mjs';

const PAGE = 'http://localhost:5173';
const packageFile = (name, file) =>
  join(dirname(createRequire(inRoot('web/')).resolve(`${name}/package.json`)), file);
const TSC = packageFile('typescript', 'bin/tsc');
const VITE = packageFile('vite', 'bin/vite.js');

/** Runs until Ctrl-C, or until one of its parts ends. The database outlives every reload of the server. */
export async function runDev() {
  const { loadEnvFile } = await import('../../server/dist/launch/env-file.js');
  const { readConfig } = await import('../../server/dist/config/config.js');
  const { assertPortFree } = await import('../../server/dist/launch/port.js');
  const { PostgresSupervisor } = await import('@parley/embedded-postgres');
  const { onSignals } = await import('../../server/dist/launch/signals.js');

  loadEnvFile();
  const config = readConfig(process.env);
  await assertPortFree(config.port, config.host);
  await assertPortFree(5173, '127.0.0.1');

  const children = [];
  let database;
  let ending = false;
  const end = async (code) => {
    if (ending) return;
    ending = true;
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => ended(child).catch(() => undefined)));
    await database?.stop();
    process.exit(code);
  };
  onSignals(
    () => void end(0),
    () => process.exit(1),
  );
  const run = (name, cwd, args, env) => {
    const child = startChild(process.execPath, args, {
      cwd: inRoot(cwd),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      // Ctrl-C must not end the server before we have asked it to.
      detached: process.platform !== 'win32',
    });
    children.push(child);
    child.once('close', () => {
      if (!ending) process.stderr.write(`${name} has ended, so everything does.\n`);
      void end(1);
    });
  };

  if (!config.databaseUrl) {
    const onLost = (reason) => {
      process.stderr.write(`${reason}\n`);
      void end(1);
    };
    database = await PostgresSupervisor.start({ dataDir: config.dataDir, log: say, onLost });
    if (ending) return void (await database.stop());
  }
  const databaseUrl = config.databaseUrl ?? database.url;
  const tsc = (project) =>
    run(`tsc (${project})`, project, [TSC, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']);
  tsc('shared');
  tsc('client');
  tsc('server');
  run('The server', '.', ['--watch', '--watch-preserve-output', 'server/dist/start.js'], {
    DATABASE_URL: databaseUrl,
  });
  run('Vite', 'web', [VITE, '--clearScreen', 'false'], { PARLEY_SERVER_PORT: String(config.port) });
  say(`The page, which follows your changes: ${PAGE}`);
}
