import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.js';
import { ROOT, textOf, setUpSecrets } from './docker-files.js';

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
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const servers = ours.map(([name]) => name).filter((name) => name.startsWith('server-'));

const dockerfile = textOf('Dockerfile');

/** What docker/secrets.sh makes. */
const { made } = setUpSecrets();

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

it('the proxy spreads over all servers, binds nobody to one, and keeps the figures inside', () => {
  const caddyfile = textOf('docker/Caddyfile');
  expect(caddyfile).toMatch(/^\tencode zstd gzip$/m);
  const [, upstreams = ''] = /reverse_proxy \{\$SERVERS:([^}]+)\}/.exec(caddyfile) ?? [];
  expect(upstreams.split(' ')).toEqual(servers.map((name) => `${name}:8000`));
  expect(caddyfile).toMatch(/lb_policy least_conn/);
  expect(caddyfile).toMatch(/@inside path \/metrics /);
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
