import { spawn } from 'node:child_process';
import { freePort } from '@parley/embedded-postgres';
import { provide } from '../../scripts/lib/system-packages.mjs';
import { cpuOf } from './cpu.mjs';

/** A Redis that keeps nothing, on loopback. `stop` ends it, by pid. */
export async function startRedis() {
  const port = await freePort();
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'].map(String);
  const child = spawn(await provide('redis-server'), options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => data.includes('Ready to accept') && resolve());
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    cpu: () => cpuOf(child.pid),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
