import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Client } from 'pg';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.js';
import { migrate } from '../../src/database/migrator.js';
import { ServerProcess } from '../faults/harness/processes.js';
import { sleep, timed, until } from '../faults/harness/wait.js';
import { freePort } from './parley.js';
import { run } from './processes.js';
import { createDatabase } from '../support/database.js';
import { Parley } from '../support/parley.js';

const ROOT = resolve(__dirname, '../../..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  image: string;
  build?: { context: string; args: Record<string, string> };
  profiles?: string[];
  user?: string;
  cap_drop: string[];
  cap_add?: string[];
  security_opt: string[];
  tmpfs?: string[];
  mem_limit: string;
  pids_limit: number;
  ulimits?: { nofile: number };
  logging: { driver: string; options: Record<string, string> };
  secrets?: string[];
  command?: string[];
  restart: string;
  read_only?: boolean;
  ports?: string[];
  volumes?: string[];
  networks: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean; interval?: string };
  depends_on?: Record<string, { condition: string }>;
}

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, object>;
  secrets: Record<string, { file: string }>;
}

const { services, networks, volumes, secrets } = parse(textOf('docker-compose.yml'), {
  merge: true,
}) as Compose;
const dockerfile = textOf('Dockerfile');
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const servers = ours.map(([name]) => name).filter((name) => name.startsWith('server-'));

/** What docker/secrets.sh makes, in a folder of our own. */
const folder = mkdtempSync(join(tmpdir(), 'parley-compose-'));
const made = join(folder, 'secrets');
beforeAll(() => {
  copyFileSync(join(ROOT, 'docker/secrets.sh'), join(folder, 'secrets.sh'));
  execFileSync('sh', [join(folder, 'secrets.sh')]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('docker-compose.yml', () => {
  it('has a database, Redis, a migration, two servers, a proxy, and a backup on demand', () => {
    expect(services['backup']?.profiles).toEqual(['backup']);
    expect(Object.keys(services).toSorted()).toEqual([
      'backup',
      'migrate',
      'postgres',
      'proxy',
      'redis',
      'server-1',
      'server-2',
    ]);
  });

  it('can be reached through the proxy, from this machine, and nowhere else', () => {
    const published = Object.entries(services).flatMap(([name, { ports }]) =>
      (ports ?? []).map((port) => [name, port]),
    );
    expect(published).toEqual([['proxy', '127.0.0.1:8000:8000']]);
    expect(networks['inside']).toEqual({ internal: true });
    for (const [name, service] of Object.entries(services)) {
      expect(service.networks).toEqual(name === 'proxy' ? ['inside', 'outside'] : ['inside']);
    }
  });

  it('watches the health of everything that stays, and starts it again', () => {
    for (const [name, { build, healthcheck, restart }] of Object.entries(services)) {
      if (name === 'migrate' || name === 'backup') {
        expect(restart).toBe('no');
        continue;
      }
      expect(restart).toBe('unless-stopped');
      if (build) expect(dockerfile).toMatch(/^HEALTHCHECK /m);
      else expect(healthcheck?.test?.length).toBeGreaterThan(0);
    }
  });

  it('sets nothing but settings that the server knows, and the server accepts them', () => {
    for (const [, { environment = {} }] of ours) {
      const asked = new Set<string>();
      const env = new Proxy<Record<string, string>>(withDefaults(environment), {
        get(target, name) {
          asked.add(String(name));
          return Reflect.get(target, name);
        },
      });
      const config = readConfig(env);
      // Of Node, and of docker/backup.sh.
      for (const other of ['NODE_OPTIONS', 'BACKUPS_KEPT']) asked.add(other);
      expect(Object.keys(environment).filter((name) => !asked.has(name))).toEqual([]);
      expect(config).toMatchObject({ authMode: 'accounts', host: '0.0.0.0', port: 8000 });
      expect(new URL(config.databaseUrl ?? '').hostname in services).toBe(true);
      expect(new URL(config.redisUrl ?? '').hostname in services).toBe(true);
    }
  });

  it('starts a server only when the database is up to date', () => {
    for (const name of servers) {
      expect(services[name]?.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
      });
    }
    expect(services['backup']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  it('names only services, volumes and files that are there', () => {
    for (const { depends_on = {}, volumes: mounts = [], secrets: mounted = [] } of Object.values(services)) {
      for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name);
      for (const mount of mounts) {
        const [source = ''] = mount.split(':');
        if (source.startsWith('./')) expect(existsSync(join(ROOT, source))).toBe(true);
        else expect(volumes).toHaveProperty(source);
      }
      for (const secret of mounted) expect(Object.keys(secrets)).toContain(secret);
    }
    const scripts = [...dockerfile.matchAll(/"(server\/dist\/\S+\.js)"/g)].map(([, script]) => script);
    for (const script of [...scripts, services['migrate']?.command?.[1]]) {
      expect(existsSync(join(ROOT, script ?? 'nothing'))).toBe(true);
    }
  });

  it('names every image by its exact version, and takes a digest for it', () => {
    for (const [name, { image, build }] of Object.entries(services)) {
      if (!build) {
        const digest = `\\$\\{${name === 'proxy' ? 'CADDY' : name.toUpperCase()}_DIGEST:-\\}`;
        expect(image).toMatch(new RegExp(`^[a-z]+:\\d+\\.\\d+(\\.\\d+)?${digest}$`));
      }
    }
  });

  it('gives no container rights, nor a place to write but those it needs', () => {
    for (const [name, service] of Object.entries(services)) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(service.cap_add).toEqual(name === 'proxy' ? ['NET_BIND_SERVICE'] : undefined);
    }
    for (const name of ['postgres', 'redis'] as const) expect(services[name]?.user).toBe(name);
  });

  it('bounds the memory, processes and log of every container, and the heap of Node within its memory', () => {
    for (const [, { mem_limit, pids_limit, logging, environment }] of Object.entries(services)) {
      expect(mem_limit).toMatch(/^\d+[mg]$/);
      expect(pids_limit).toBeGreaterThan(0);
      expect(logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
      const [, heap] = /--max-old-space-size=(\d+)/.exec(environment?.NODE_OPTIONS ?? '') ?? [];
      if (heap) expect(Number(heap) / parseInt(mem_limit)).toBe(0.75);
    }
    for (const name of [...servers, 'proxy']) expect(services[name]?.ulimits?.nofile).toBeGreaterThan(10_000);
  });

  it('has no password in it, nor a default for one: secrets are files that docker/secrets.sh makes', () => {
    const text = textOf('docker-compose.yml');
    expect(text).not.toMatch(/:\/\/\w+:[^@/\s]+@|PASSWORD: |requirepass/);
    for (const [, { environment }] of ours) {
      expect(environment).toMatchObject({
        DATABASE_URL_FILE: expect.any(String),
        REDIS_URL_FILE: expect.any(String),
      });
    }
    expect(services['postgres']?.environment).toEqual({
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres_password',
    });
    expect(services['redis']?.command).toContain('/run/secrets/redis.conf');
    expect(textOf('.gitignore').split('\n')).toContain('docker/secrets/');
    for (const { file } of Object.values(secrets)) {
      expect(existsSync(join(made, basename(file)))).toBe(true);
    }
  });
});

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

/** Contents by name. */
const secretFiles = (): Record<string, string> =>
  Object.fromEntries(readdirSync(made).map((name) => [name, readFileSync(join(made, name), 'utf8')]));

describe('docker/secrets.sh', () => {
  it('makes passwords of 192 bits, and the settings that contain them', () => {
    const secret = secretFiles();
    const passwords = ['postgres_password', 'parley_password', 'redis_password'].map(
      (name) => secret[name] ?? '',
    );
    for (const password of passwords) expect(password).toMatch(/^[\da-f]{48}$/);
    expect(new Set(passwords).size).toBe(3);
    expect(new URL(secret['database_url'] ?? '').password).toBe(passwords[1]);
    expect(new URL(secret['redis_url'] ?? '').password).toBe(passwords[2]);
    expect(secret['redis.conf']).toBe(`requirepass ${passwords[2]}\n`);
  });

  it('lets nobody else into the folder, and the containers read the files', () => {
    expect(statSync(made).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(made)) expect(statSync(join(made, name)).mode & 0o777).toBe(0o644);
  });

  it('leaves everything as it is when it is run again', () => {
    const before = secretFiles();
    execFileSync('sh', [join(folder, 'secrets.sh')]);
    expect(secretFiles()).toEqual(before);
  });

  it('protects a Redis: none but those with its password are let in', async () => {
    const port = String(await freePort());
    const redis = run(process.env.REDIS_SERVER_PATH ?? 'redis-server', [
      join(made, 'redis.conf'),
      `--port ${port}`,
      '--bind 127.0.0.1',
      '--save ""',
      '--appendonly no',
    ]);
    await redis.says(/Ready to accept connections/);
    const url = new URL((secretFiles()['redis_url'] ?? '').trim());
    url.hostname = '127.0.0.1';
    url.port = port;
    const server = await ServerProcess.start({ DATABASE_URL: await createDatabase(), REDIS_URL: url.href });
    try {
      await until('the bus is up', async () => (await readiness(server)) === 'ok');
      url.password = 'wrong';
      await server.kill();
      await server.restart({ REDIS_URL: url.href });
      await sleep(500);
      expect(await readiness(server)).toBe('degraded');
    } finally {
      await server.kill();
      redis.child.kill('SIGKILL');
      await redis.ended;
    }
  });
});

describe('docker/backup.sh', () => {
  const backups = mkdtempSync(join(tmpdir(), 'parley-backups-'));
  const old = ['2020-01-03', '2020-01-01', '2020-01-02'].map((day) => `parley-${day}T03-30-00Z.backup.gz`);
  const backUp = (settings: Record<string, string>) => {
    const env = { ...process.env, AUTH_MODE: 'simulation', ...settings };
    return run('bash', [join(ROOT, 'docker/backup.sh'), backups], { env }).ended;
  };
  beforeAll(() => {
    for (const name of old) writeFileSync(join(backups, name), '');
  });
  afterAll(() => rmSync(backups, { recursive: true }));

  it('removes nothing when the backup fails, or BACKUPS_KEPT is no number', async () => {
    const nowhere = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    expect(await backUp({ DATABASE_URL: nowhere, BACKUPS_KEPT: '1' })).toBe(1);
    const DATABASE_URL = await createDatabase();
    for (const BACKUPS_KEPT of ['0', 'all', '-1'])
      expect(await backUp({ DATABASE_URL, BACKUPS_KEPT })).toBe(2);
    expect(readdirSync(backups).toSorted()).toEqual(old.toSorted());
  });

  it('makes a backup, and keeps the newest', async () => {
    expect(await backUp({ DATABASE_URL: await createDatabase(), BACKUPS_KEPT: '2' })).toBe(0);
    const [newest = '', next] = readdirSync(backups).toSorted().toReversed();
    expect(next).toBe('parley-2020-01-03T03-30-00Z.backup.gz');
    expect(statSync(join(backups, newest)).size).toBeGreaterThan(0);
    expect(readdirSync(backups)).toHaveLength(2);
  });
});

it('the role that docker/postgres-init.sql makes is no superuser, and all that the program needs', async () => {
  const admin = new URL(process.env.TEST_POSTGRES_ADMIN_URL ?? 'none:');
  admin.pathname = '/postgres';
  const name = `app_${randomUUID().replaceAll('-', '')}`;
  const statements = textOf('docker/postgres-init.sql')
    .replaceAll(/^(--|\\).*$/gm, '')
    .replaceAll(/\bparley\b/g, name)
    .replace(":'password'", "'pass-word'")
    .split(';')
    .filter((statement) => statement.trim() !== '');
  expect(statements).toHaveLength(3);
  const client = new Client({ connectionString: admin.href });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  const { rows } = await client.query(
    `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1`,
    [name],
  );
  await client.end();
  expect(Object.values(rows[0] as object)).toEqual([false, false, false, false, false]);

  const url = new URL(admin.href);
  Object.assign(url, { username: name, password: 'pass-word', pathname: `/${name}` });
  await migrate(url.href, { exampleUsers: true, allowNewerDatabase: false });
  const parley = await Parley.start({}, url.href);
  const { room, a } = await parley.newRoom();
  expect(await parley.send(room.id, a.id, 'hello')).toMatchObject({ text: 'hello', seq: 1 });
  await parley.stop();
});

it('the proxy spreads over all servers, binds nobody to one, and keeps the figures inside', () => {
  const caddyfile = textOf('docker/Caddyfile');
  expect(caddyfile).toMatch(/^\tencode zstd gzip$/m);
  const [, upstreams = ''] = /reverse_proxy \{\$SERVERS:([^}]+)\}/.exec(caddyfile) ?? [];
  expect(upstreams.split(' ')).toEqual(servers.map((name) => `${name}:8000`));
  expect(caddyfile).toMatch(/lb_policy least_conn/);
  expect(caddyfile).toMatch(/@inside path \/metrics /);
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

/** As compose gives it to the container: `${NAME:-default}` when NAME is not set; secrets are in our folder. */
function withDefaults(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replace('/run/secrets', made),
    ]),
  );
}

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

async function readiness({ origin }: ServerProcess): Promise<unknown> {
  const { status } = (await (await fetch(`${origin}/health/ready`)).json()) as { status: unknown };
  return status;
}
