import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.js';

const ROOT = resolve(__dirname, '../../..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  image: string;
  build?: string;
  command?: string[];
  restart: string;
  read_only?: boolean;
  ports?: string[];
  volumes?: string[];
  networks: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, object>;
}

const { services, networks, volumes } = parse(textOf('docker-compose.yml'), { merge: true }) as Compose;
const dockerfile = textOf('Dockerfile');
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const servers = ours.map(([name]) => name).filter((name) => name.startsWith('server-'));

describe('docker-compose.yml', () => {
  it('has a database, Redis, a migration, two servers and a proxy', () => {
    expect(Object.keys(services).toSorted()).toEqual([
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
      if (name === 'migrate') {
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
      expect(Object.keys(environment).filter((name) => !asked.has(name))).toEqual([]);
      expect(config).toMatchObject({ authMode: 'simulation', host: '0.0.0.0', port: 8000 });
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
    expect(services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  it('names only services, volumes and files that are there', () => {
    for (const { depends_on = {}, volumes: mounts = [] } of Object.values(services)) {
      for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name);
      for (const mount of mounts) {
        const [source = ''] = mount.split(':');
        if (source.startsWith('./')) expect(existsSync(join(ROOT, source))).toBe(true);
        else expect(volumes).toHaveProperty(source);
      }
    }
    const scripts = [...dockerfile.matchAll(/"(server\/dist\/\S+\.js)"/g)].map(([, script]) => script);
    for (const script of [...scripts, services['migrate']?.command?.[1]]) {
      expect(existsSync(join(ROOT, script ?? 'nothing'))).toBe(true);
    }
  });

  it('runs our image without rights: not as root, nothing written', () => {
    const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(final).toMatch(/^USER node$/m);
    for (const [, service] of ours) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
    }
  });
});

it('the proxy spreads over all servers, binds nobody to one, and keeps the figures inside', () => {
  const caddyfile = textOf('docker/Caddyfile');
  const [, upstreams = ''] = /reverse_proxy \{\$SERVERS:([^}]+)\}/.exec(caddyfile) ?? [];
  expect(upstreams.split(' ')).toEqual(servers.map((name) => `${name}:8000`));
  expect(caddyfile).toMatch(/lb_policy least_conn/);
  expect(caddyfile).toMatch(/@inside path \/metrics /);
});

it('the image is made of files that are there and that .dockerignore lets in', () => {
  const allowed = textOf('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );
  expect(copied.length).toBeGreaterThan(5);
  for (const file of copied) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(allowed).toContain(file.split('/')[0]);
  }
});

/** `${NAME:-default}` as compose reads it when NAME is not set. */
function withDefaults(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
}
