import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@parley/embedded-postgres';
import { startEmbeddedPostgres } from '@parley/embedded-postgres';
import { migrate } from '../../server/dist/database/migrator.js';
import { cpuOf, cpuOfTree, memoryOf } from './cpu.mjs';
import { Client } from './packages.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A real PostgreSQL with fsync on, in a folder of its own; `stop` removes it. */
export async function startDatabase() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '100' } });
  await migrate(postgres.url, { exampleUsers: true, allowNewerDatabase: false });
  // For `settle` (rows.mjs).
  const admin = new Client({ connectionString: postgres.adminUrl() });
  await admin.connect();
  await admin.query('GRANT pg_checkpoint TO parley');
  await admin.end();
  return {
    pid: postgres.pid,
    url: postgres.url,
    cpu: () => cpuOfTree(postgres.pid),
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A database of its own with `pairs` rooms of two new users each, all of it as the server would have made it. */
export async function makeDatabase(postgres, pairs) {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(postgres.url);
  const template = url.pathname.slice(1);
  url.pathname = '/postgres';
  await withClient(url.href, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  url.pathname = `/${name}`;
  await withClient(url.href, async (client) => {
    await client.query(
      `INSERT INTO users (username, display_name) SELECT 'u' || n, 'u' || n FROM generate_series(1, $1::int) n`,
      [pairs * 2],
    );
    await client.query(
      `INSERT INTO rooms (user_a_id, user_b_id)
       SELECT a.id, b.id FROM generate_series(1, $1::int) n
       JOIN users a ON a.username = 'u' || (2 * n - 1) JOIN users b ON b.username = 'u' || (2 * n) ORDER BY n`,
      [pairs],
    );
    await client.query('VACUUM ANALYZE');
  });
  const rooms = await withClient(url.href, async (client) => {
    const { rows } = await client.query(
      'SELECT id::int, user_a_id::int AS a, user_b_id::int AS b FROM rooms ORDER BY id',
    );
    return rows;
  });
  return { url: url.href, rooms };
}

export async function withClient(url, use) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A server that does not accept connections within this time, in milliseconds, does not start. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a server process and waits until its port accepts connections. `stop` ends it, by pid.
 * @throws Error when it ends before, or takes too long.
 */
export async function startServer(script, env, { port = 0 } = {}) {
  port ||= await freePort();
  const child = spawn(process.execPath, [join(ROOT, script)], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      AUTH_MODE: 'simulation',
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let isEnding = false;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // Connections to it fail then, and their ECONNREFUSED does not say why.
  child.once('exit', (code, signal) => {
    if (!isEnding) process.stderr.write(`${script} (process ${child.pid}) ended with ${code ?? signal}\n`);
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${script} does not start on port ${port}`);
    }
    await sleep(10);
  }
  return {
    pid: child.pid,
    port,
    ended,
    memory: () => memoryOf(child.pid),
    cpu: () => cpuOf(child.pid),
    kill: (signal) => {
      isEnding = true;
      child.kill(signal);
    },
    stop: () => {
      isEnding = true;
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
