import type { Problem } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { rawHttp } from '../../support/raw-http.js';
import { hashOfRows } from '../../support/rows.js';

/** Pages that may not call a server with the default settings, however much they look like one that may. */
const FOREIGN = [
  'https://evil.example',
  'null',
  '',
  'http://localhost:5173.evil.example',
  'http://localhost:51730',
  'http://localhost:517',
  'http://evil-localhost:5173',
  'http://localhost:5173@evil.example',
  'http://localhost:5173/',
  'http://localhost:5173/x',
  'http://localhost',
  'https://localhost:5173',
  'HTTP://LOCALHOST:5173',
  'localhost:5173',
  'http://[::1]:5173',
  'http://127.0.0.1:5173 http://evil.example',
  'http://localhost:5173, http://evil.example',
  'file://',
  '*',
];

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

describe('B2: a page of a foreign origin', () => {
  it.each(FOREIGN)('may call nothing over HTTP: "%s"', async (origin) => {
    const headers = { Origin: origin };
    for (const path of [
      '/api/users/',
      '/api/docs',
      '/api/openapi.json',
      '/health/live',
      '/',
      '/api/nothing',
    ]) {
      const answer = await parley.call<Problem>('GET', path, { headers });
      expect({ path, status: answer.status }).toEqual({ path, status: 403 });
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    }
  });

  it.each(FOREIGN)('may not even ask (preflight), and changes nothing: "%s"', async (origin) => {
    const before = await hashOfRows(parley);
    const preflight = await parley.call('OPTIONS', '/api/users/', {
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
      },
    });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
    const post = await parley.call('POST', '/api/users/', {
      headers: { Origin: origin },
      body: { username: 'mallory' },
    });
    expect(post.status).toBe(403);
    expect(await hashOfRows(parley)).toBe(before);
  });

  it.each(FOREIGN)('opens no socket: 403 before the handshake: "%s"', async (origin) => {
    for (const path of ['/ws/?active_user=1', '/ws/chat/1/']) {
      await expect(parley.socket(path, { headers: { Origin: origin } })).rejects.toThrow('403');
    }
  });

  it('hides behind no second header', async () => {
    const lines = [
      'Host: localhost:5173',
      'Origin: http://localhost:5173',
      'Origin: https://evil.example',
      'Connection: close',
    ];
    const { status } = await rawHttp(
      parley.origin,
      `GET /api/users/ HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`,
    );
    expect(status).toBe(403);
  });

  it.each(['ftp://', 'https://x@', 'http://x:y@', 'ws://', 'chrome-extension://'])(
    'is not our own for having our name in it: %s…',
    async (prefix) => {
      const { host } = new URL(parley.origin);
      const { status } = await parley.call('GET', '/api/users/', { headers: { Origin: prefix + host } });
      expect(status).toBe(403);
      await expect(
        parley.socket('/ws/?active_user=1', { headers: { Origin: prefix + host } }),
      ).rejects.toThrow('403');
    },
  );

  it('is not our own with a path', async () => {
    const { status } = await parley.call('GET', '/api/users/', { headers: { Origin: `${parley.origin}/` } });
    expect(status).toBe(403);
  });
});

/** What a request and a handshake of the server's own page over TLS are answered. */
const verdicts = async (server: Parley, protocol?: string) => {
  const headers = {
    Origin: server.origin.replace('http:', 'https:'),
    ...(protocol === undefined ? {} : { 'X-Forwarded-Proto': protocol }),
  };
  const { status } = await server.call('GET', '/api/users/', { headers });
  const socket = await server.socket('/ws/?active_user=1', { headers }).then(
    () => 101,
    (error: Error) => Number(/\d{3}/.exec(error.message)?.[0]),
  );
  return [status, socket];
};

describe('B2: allowed are', () => {
  it.each(['http://localhost:5173', 'http://127.0.0.1:5173'])(
    'the development addresses: %s',
    async (origin) => {
      expect((await parley.call('GET', '/api/users/', { headers: { Origin: origin } })).status).toBe(200);
      await (await parley.socket('/ws/?active_user=1', { headers: { Origin: origin } })).next('hello');
    },
  );

  it('our own page', async () => {
    const headers = { Origin: parley.origin };
    expect((await parley.call('GET', '/api/users/', { headers })).status).toBe(200);
    await (await parley.socket('/ws/?active_user=1', { headers })).next('hello');
  });

  it('our own page over TLS only when a trusted proxy says so, the last of them', async () => {
    const behindProxy = await Parley.start({ TRUSTED_PROXIES: 'loopback' });
    try {
      expect(await verdicts(parley)).toEqual([403, 403]);
      expect(await verdicts(parley, 'https')).toEqual([403, 403]);
      expect(await verdicts(behindProxy)).toEqual([403, 403]);
      expect(await verdicts(behindProxy, 'http')).toEqual([403, 403]);
      expect(await verdicts(behindProxy, 'https, http')).toEqual([403, 403]);
      expect(await verdicts(behindProxy, 'https')).toEqual([200, 101]);
      expect(await verdicts(behindProxy, 'http, https')).toEqual([200, 101]);
      const overHttp = { Origin: behindProxy.origin, 'X-Forwarded-Proto': 'https' };
      expect((await behindProxy.call('GET', '/api/users/', { headers: overHttp })).status).toBe(403);
    } finally {
      await behindProxy.stop();
    }
  });

  it.each(['cross-site', 'same-site'])(
    'no changes that another site makes, also when its name was taken away: Sec-Fetch-Site: %s',
    async (site) => {
      const headers = { 'Sec-Fetch-Site': site };
      const before = await hashOfRows(parley);
      const post = await parley.call<Problem>('POST', '/api/users/', {
        headers,
        body: { username: 'mallory' },
      });
      expect([post.status, await hashOfRows(parley)]).toEqual([403, before]);
      await expect(parley.socket('/ws/?active_user=1', { headers })).rejects.toThrow('403');
      // A link on another page.
      expect((await parley.call('GET', '/', { headers })).status).toBe(200);
    },
  );

  it('requests without an origin: they are not from pages, and there is no cookie to abuse', async () => {
    expect((await parley.call('GET', '/api/users/')).status).toBe(200);
    await (await parley.socket('/ws/?active_user=1')).next('hello');
  });

  it('exactly those that ALLOWED_ORIGINS lists, in the place of the development addresses', async () => {
    const own = await Parley.start({ ALLOWED_ORIGINS: 'https://chat.example.com, https://app.example.com' });
    try {
      const statusOf = async (origin: string) =>
        (await own.call('GET', '/api/users/', { headers: { Origin: origin } })).status;
      expect(await statusOf('https://chat.example.com')).toBe(200);
      expect(await statusOf('https://app.example.com')).toBe(200);
      for (const origin of [
        'http://localhost:5173',
        'http://chat.example.com',
        'https://chat.example.com.evil.com',
        'https://evil.chat.example.com',
        'https://chat.example.com:8443',
        'https://chat-example.com',
      ]) {
        expect([origin, await statusOf(origin)]).toEqual([origin, 403]);
        await expect(own.socket('/ws/?active_user=1', { headers: { Origin: origin } })).rejects.toThrow(
          '403',
        );
      }
    } finally {
      await own.stop();
    }
  });
});
