import { createHash } from 'node:crypto';
import { Parley } from '../../support/parley.js';
import { rawHttp } from '../../support/raw-http.js';
import { routesOf } from '../../support/routes.js';

const LEGACY_PAGE = 'http://localhost:5173';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent', MESSAGES_PER_SECOND: '1', MESSAGES_BURST: '1' });
});
afterAll(() => parley.stop());

/** What is wrong with the headers of an answer. Nothing: an empty list. */
function faults(headers: Headers, kind: 'data' | 'page' | 'explorer'): string[] {
  const expected: [name: string, value: RegExp][] = [
    ['X-Content-Type-Options', /^nosniff$/],
    ['Referrer-Policy', /^no-referrer$/],
    ['X-Frame-Options', /^DENY$/],
    ['Cross-Origin-Opener-Policy', /^same-origin$/],
    ['Cross-Origin-Resource-Policy', /^same-origin$/],
    ['Permissions-Policy', /\bcamera=\(\).*\bgeolocation=\(\)/],
    ['Permissions-Policy', /\bmicrophone=\(self\)(,|$)/],
    ['Content-Security-Policy', /\bobject-src 'none'/],
    ['Content-Security-Policy', /\bframe-ancestors 'none'/],
    ['Content-Security-Policy', /\bbase-uri 'none'/],
    [
      'Content-Security-Policy',
      {
        data: /\bdefault-src 'none'/,
        page: /\bscript-src 'self'( 'sha256-[\w+/]{43}=')?(;|$)/,
        explorer: /\bscript-src 'self'(;|$)/,
      }[kind],
    ],
    ['Content-Security-Policy', kind === 'data' ? /./ : /\brequire-trusted-types-for 'script'(;|$)/],
    [
      'Content-Security-Policy',
      {
        data: /./,
        page: /\btrusted-types solid service-worker$/,
        explorer: /\btrusted-types default dompurify;/,
      }[kind],
    ],
    ['Content-Security-Policy', /^(?!.*unsafe-(inline|eval))/],
    ['Strict-Transport-Security', /^$/],
    ['Cache-Control', kind === 'data' ? /^no-store$/ : /./],
  ];
  const wrong = expected.filter(([name, value]) => !value.test(headers.get(name) ?? ''));
  const leaks = ['Server', 'X-Powered-By'].filter((name) => headers.has(name));
  return [...wrong.map(([name]) => `${name}: ${headers.get(name)}`), ...leaks];
}

/** Strict-Transport-Security of the answer to a request that came to a proxy by this protocol. */
async function boundBy(server: Parley, path: string, protocol?: string): Promise<string | null> {
  const headers = new Headers(protocol === undefined ? {} : { 'X-Forwarded-Proto': protocol });
  const response = await fetch(server.origin + path, { headers });
  await response.arrayBuffer();
  return response.headers.get('Strict-Transport-Security');
}

/** The HTML at a path, and the sources of scripts that its policy names. */
async function scriptsOf(path: string): Promise<{ html: string; sources: string | undefined }> {
  const response = await fetch(parley.origin + path);
  const policy = response.headers.get('Content-Security-Policy') ?? '';
  return { html: await response.text(), sources: /\bscript-src ([^;]*)/.exec(policy)?.[1] };
}

function headersIn(raw: string): Headers {
  const lines = raw.split('\r\n').slice(1);
  return new Headers(lines.map((line) => line.split(/: ?(.*)/, 2) as [string, string]));
}

function kindOf(path: string): 'data' | 'page' | 'explorer' {
  if (path.startsWith('/api/docs')) return 'explorer';
  return /^\/(api|health|metrics|ws)\b/.test(path) ? 'data' : 'page';
}

describe('the security headers', () => {
  it('are on the answer of every route, for every method, for a page of our own and of another origin', async () => {
    const paths = [...new Set(routesOf(parley.app).map((route) => route.split(' ')[1]!))];
    expect(paths.length).toBeGreaterThan(20);
    const found: string[] = [];
    for (const path of paths) {
      const url =
        parley.origin + path.replace(/^\*/, '/').replace('*', 'swagger-ui.css').replace(/:\w+/g, '1');
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        for (const origin of [null, LEGACY_PAGE, 'https://evil.example']) {
          const headers = {
            ...(origin === null ? {} : { Origin: origin, 'Access-Control-Request-Method': 'POST' }),
            ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
          };
          const response = await fetch(url, { method, headers, redirect: 'manual' });
          await response.arrayBuffer();
          // An answer that belongs to no route (a refusal, a preflight) is data.
          const kinds =
            response.status >= 400 || method === 'OPTIONS'
              ? ([kindOf(path), 'data'] as const)
              : [kindOf(path)];
          const wrong = kinds.map((kind) => faults(response.headers, kind));
          if (wrong.every((list) => list.length > 0))
            found.push(`${method} ${path} ${origin} ${response.status}: ${wrong.join()}`);
        }
      }
    }
    expect(found).toEqual([]);
  });

  it('name each script that is written in the start page by its hash, and nothing more of the other answers', async () => {
    const { html, sources } = await scriptsOf('/rooms/1');
    const written = [...html.matchAll(/<script[^>]*>(.*?)<\/script>/gs)]
      .map(([, script = '']) => script)
      .filter((script) => script !== '')
      .map((script) => createHash('sha256').update(script).digest('base64'));
    expect(written).toHaveLength(1);
    expect(sources).toBe(["'self'", ...written.map((hash) => `'sha256-${hash}'`)].join(' '));
    for (const path of ['/favicon.svg', '/api/docs']) expect((await scriptsOf(path)).sources).toBe("'self'");
  });

  it('are on every kind of refusal', async () => {
    const { room, a } = await parley.newRoom();
    const json = { 'Content-Type': 'application/json' };
    const messages = `/api/rooms/${room.id}/messages/?active_user=${a.id}`;
    const calls: [status: number, method: string, path: string, body?: string, headers?: object][] = [
      [400, 'POST', '/api/users/', '{'],
      [400, 'GET', '/api/users/?limit=0'],
      [400, 'GET', '/api/%zz'],
      [403, 'GET', '/api/users/', undefined, { Origin: 'https://evil.example' }],
      [404, 'GET', '/api/nothing'],
      [404, 'GET', '/assets/nothing.js'],
      [409, 'POST', '/api/users/', '{"username":"alice"}'],
      [413, 'POST', '/api/users/', `{"username":"${'x'.repeat(200_000)}"}`],
      [415, 'POST', '/api/users/', 'x', { 'Content-Type': 'text/plain' }],
      [201, 'POST', messages, '{"text":"one"}'],
      [429, 'POST', messages, '{"text":"two"}'],
    ];
    for (const [status, method, path, body, extra] of calls) {
      const headers = { ...(body === undefined ? {} : json), ...extra };
      const response = await fetch(parley.origin + path, { method, headers, ...(body ? { body } : {}) });
      expect([path, response.status, faults(response.headers, 'data')]).toEqual([path, status, []]);
    }
    await parley.sql('ALTER TABLE users RENAME TO gone');
    const broken = await fetch(`${parley.origin}/api/users/`);
    await parley.sql('ALTER TABLE gone RENAME TO users');
    expect([broken.status, faults(broken.headers, 'data')]).toEqual([500, []]);
  });

  it.each([
    ['a request that is no HTTP', 400, 'SSH-2.0-OpenSSH_9.0\r\n\r\n'],
    [
      'headers that are too large',
      431,
      `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'x'.repeat(100_000)}\r\n\r\n`,
    ],
    ['a handshake to no socket', 404, handshake('/ws/nothing')],
    ['a handshake of a foreign origin', 403, handshake('/ws/?active_user=1', 'Origin: http://evil.example')],
  ])('are on answers that are written to the bare connection: %s', async (_, status, bytes) => {
    const answer = await rawHttp(parley.origin, bytes);
    expect([answer.status, faults(headersIn(answer.headers), 'data')]).toEqual([status, []]);
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it('let the page of an allowed origin read answers, and nobody else', async () => {
    const { headers } = await parley.call('GET', '/api/users/', { headers: { Origin: LEGACY_PAGE } });
    expect(headers.get('Access-Control-Allow-Origin')).toBe(LEGACY_PAGE);
    expect(headers.get('Access-Control-Allow-Credentials')).toBe('true');
  });

  it('bind browsers to TLS when a trusted proxy says that they use it, and at no other time', async () => {
    const proxied = await Parley.start({ TRUSTED_PROXIES: 'loopback' }, parley.databaseUrl);
    try {
      for (const path of ['/', '/api/users/', '/api/nothing']) {
        expect(await boundBy(proxied, path, 'https')).toBe('max-age=63072000');
        expect(await boundBy(proxied, path, 'http, https')).toBe('max-age=63072000');
        for (const protocol of [undefined, 'http', 'https, http', 'HTTPS://'])
          expect(await boundBy(proxied, path, protocol)).toBeNull();
        expect(await boundBy(parley, path, 'https')).toBeNull();
      }
    } finally {
      await proxied.stop();
    }
  });

  it('keep assets for ever, and have the page asked for anew each time', async () => {
    const page = await fetch(parley.origin);
    const html = await page.text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)![1]!;
    const asset = await fetch(parley.origin + script);
    await asset.arrayBuffer();
    expect(page.headers.get('Cache-Control')).toBe('no-cache');
    expect(asset.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  });
});

describe('/index.html', () => {
  it('leads to the page, which has one address', async () => {
    const response = await fetch(`${parley.origin}/index.html?as=bob`, { redirect: 'manual' });
    expect([response.status, response.headers.get('Location')]).toEqual([301, '/?as=bob']);
    const other = await fetch(`${parley.origin}//index.html`, { redirect: 'manual' });
    expect(other.status).toBe(404);
  });
});

function handshake(path: string, ...more: string[]): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...more,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
