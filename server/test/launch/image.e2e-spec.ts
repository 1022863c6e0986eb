import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.js';
import { ServerProcess } from '../faults/harness/processes.js';
import { timed } from '../faults/harness/wait.js';
import { freePort } from './parley.js';
import { run } from './processes.js';
import { createDatabase } from '../support/database.js';
import { ROOT, textOf } from './docker-files.js';

const dockerfile = textOf('Dockerfile');

describe('the image', () => {
  const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
  const final = stages.at(-1) ?? '';

  it('has the Node that the tests run, by its exact version, in every stage', () => {
    expect(/^ARG NODE_VERSION=(\S+)$/m.exec(dockerfile)?.[1]).toBe(textOf('.nvmrc').trim());
    expect(stages).toHaveLength(3);
    for (const stage of stages) {
      // The digest is empty unless given; the rest is a name without a floating part.
      expect(stage).toMatch(/^FROM node:\$\{NODE_VERSION\}-bookworm-slim\$\{NODE_DIGEST\}( AS \w+)?\n/);
    }
  });

  it('says which version and commit it is', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    expect(final).toMatch(new RegExp(`^ARG VERSION=${version.replaceAll('.', '\\.')}$`, 'm'));
    expect(final).toMatch(/org\.opencontainers\.image\.version="\$\{VERSION\}"/);
    expect(final).toMatch(/org\.opencontainers\.image\.revision="\$\{COMMIT\}"/);
    expect(final).toMatch(/^ENV .*PARLEY_COMMIT=\$\{COMMIT\}$/m);
  });

  it('lets nobody be anyone: its mode is accounts, with invites, unless a setting says otherwise', () => {
    const [, variables = ''] = /^ENV (NODE_ENV=.*)$/m.exec(final) ?? [];
    const env = Object.fromEntries(
      variables.split(' ').map((entry) => entry.split('=', 2) as [string, string]),
    );
    const config = readConfig({ ...env, PARLEY_COMMIT: '', DATABASE_URL: 'postgres://localhost/parley' });
    expect(config).toMatchObject({ authMode: 'accounts', accounts: { registration: 'invite' } });
    expect([config.exampleUsers, config.host]).toEqual([false, '0.0.0.0']);
  });

  it('runs as a user that is a number and not root, without package managers', () => {
    expect(final).toMatch(/^USER 1000:1000$/m);
    for (const name of ['lib/node_modules', 'bin/npm', 'bin/npx', 'bin/corepack', 'bin/yarn']) {
      expect(final).toMatch(new RegExp(`rm -rf [^&]*/usr/local/${name}\\s`));
    }
  });
});

describe('the health check of the image', () => {
  const [, command = '[]'] = /^HEALTHCHECK [^\n]*\\\n\s+CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [file = '', ...args] = JSON.parse(command) as string[];
  const check = (port: number) => {
    const env = { ...process.env, PORT: String(port) };
    return run(file, args, { cwd: ROOT, env }).ended;
  };
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start({ DATABASE_URL: await createDatabase() });
  });
  afterAll(async () => {
    await server.kill();
  });

  it('passes while the server is alive, also in a shell without Node', async () => {
    expect(file).not.toBe('node');
    expect(await check(server.port)).toBe(0);
  });

  it('fails when nothing listens, and within its time when the server hangs', async () => {
    expect(await check(await freePort())).not.toBe(0);
    server.signal('SIGSTOP');
    const { ms, result } = await timed(check(server.port));
    server.signal('SIGCONT');
    expect(result).not.toBe(0);
    expect(ms).toBeLessThan(5_000);
  });

  it('asks for liveness, so that an outage of the database does not restart every server', () => {
    expect(textOf(args[0] ?? '')).toMatch(/GET \/health\/live HTTP/);
  });

  it('costs less than a quarter of a start of Node', () => {
    const { port } = server;
    expect(costOf(file, args, port)).toBeLessThan(costOf(process.execPath, ['-e', '0'], port) / 4);
  });
});

it('the image is made of files that are there and that .dockerignore lets in', () => {
  const allowed = textOf('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  expect(allowed).toContain('docker/health.sh');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );
  expect(copied.length).toBeGreaterThan(5);
  for (const file of copied) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(allowed.some((entry) => file === entry || file.startsWith(`${entry}/`))).toBe(true);
  }
});

/** CPU of all children that have ended, in clock ticks. Linux only. */
function ticksOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[13]) + Number(fields[14]);
}

/** CPU of ten runs of a program, in clock ticks. */
function costOf(program: string, options: string[], port: number): number {
  const before = ticksOfChildren();
  for (let i = 0; i < 10; i++) {
    spawnSync(program, options, { cwd: ROOT, env: { ...process.env, PORT: String(port) } });
  }
  return ticksOfChildren() - before;
}
