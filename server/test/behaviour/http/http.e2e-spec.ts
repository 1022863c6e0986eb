import type { Problem } from '@parley/shared';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Parley } from '../../support/parley.js';
import { rawHttp } from '../../support/raw-http.js';
import { routesOf } from '../../support/routes.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent' });
});
afterAll(() => parley.stop());

/** A request written out, `Host` and all. */
const request = (line: string, headers: string[] = [], body = '') =>
  `${line} HTTP/1.1\r\nHost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n${body}`;
const JSON_TYPE = 'Content-Type: application/json';

const get = (target: string) => rawHttp(parley.origin, request(`GET ${target}`, ['Connection: close']));
/** A body of exactly so many bytes. */
const padded = (bytes: number) => `{"username":"${'x'.repeat(bytes - 15)}"}`;

/** Sends a body with so many commas beside those of its texts. @returns the field that its refusal names. */
async function fieldOfMany(commas: number): Promise<string | undefined> {
  const { status, body } = await parley.call<Problem>('POST', '/api/users/', {
    body: `{"x":"${','.repeat(2_000)}","y":[${'1,'.repeat(commas - 2)}1],"username":"commas"}`,
    headers: { 'Content-Type': 'application/json' },
  });
  expect(status).toBe(400);
  return body.errors?.[0]?.field;
}

const LEGACY_PAGE = 'http://localhost:5173';
const allowOf = (headers: string) =>
  /^allow: (.*)$/im.exec(headers)?.[1]?.trim().split(', ').toSorted().join(', ');

async function stillServes(): Promise<void> {
  expect((await parley.get('/health/ready')).status).toBe(200);
}

describe('C10: what is no good HTTP', () => {
  const chunked = ['Transfer-Encoding: chunked', JSON_TYPE];

  it.each<[string, string, number]>([
    ['noise', '\0\x01\x02\r\n\r\n', 400],
    ['another protocol', 'SSH-2.0-OpenSSH_9.0\r\n\r\n', 400],
    ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['an unknown method', request('HACK /api/users/'), 400],
    ['a space in a header’s name', request('GET /api/users/', ['A b: c']), 400],
    ['a folded header', request('GET /api/users/', ['A: b', ' c']), 400],
    ['a NUL in a header', request('GET /api/users/', ['A: b\0c']), 400],
    [
      'two lengths',
      request('POST /api/users/', [JSON_TYPE, 'Content-Length: 2', 'Content-Length: 20'], '{}'),
      400,
    ],
    ['a negative length', request('POST /api/users/', [JSON_TYPE, 'Content-Length: -1'], '{}'), 400],
    [
      'a length and chunks (smuggling)',
      request('POST /api/users/', [...chunked, 'Content-Length: 3'], '0\r\n\r\n'),
      400,
    ],
    [
      'a doubtful encoding (smuggling)',
      request('POST /api/users/', ['Transfer-Encoding: xchunked', JSON_TYPE], '0\r\n\r\n'),
      400,
    ],
    ['a chunk without a length', request('POST /api/users/', chunked, 'zz\r\nx\r\n0\r\n\r\n'), 400],
    ['a header of 100 KB', request('GET /api/users/', [`A: ${'x'.repeat(100_000)}`]), 431],
    [
      '10,000 headers',
      request(
        'GET /api/users/',
        Array.from({ length: 10_000 }, (_, i) => `A${i}: b`),
      ),
      431,
    ],
    ['an address of 100 KB', request(`GET /api/users/?search=${'x'.repeat(100_000)}`), 431],
  ])('is answered with a problem, and the connection closed: %s', async (_, bytes, status) => {
    const answer = await rawHttp(parley.origin, Buffer.from(bytes, 'latin1'));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatch(/^connection: close$/im);
    expect(answer.headers).toMatch(/^content-type: application\/problem\+json/im);
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: expect.any(String) as string,
      status,
      detail: expect.stringMatching(/\.$/) as string,
      code: status === 400 ? 'bad_request' : 'too_large',
    });
    await stillServes();
  });

  it('is answered with 408 when it takes too long to arrive', async () => {
    const server = parley.app.getHttpServer();
    // As Node does it once `requestTimeout` has passed.
    server.once('connection', (socket: Socket) => {
      server.emit(
        'clientError',
        Object.assign(new Error('slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
        socket,
      );
    });
    const { status, body } = await rawHttp(parley.origin, 'GET /api/users/ HTT');
    expect([status, JSON.parse(body)]).toMatchObject([408, { status: 408, title: 'Request Timeout' }]);
    expect(server.requestTimeout).toBe(30_000);
  });

  it('is refused without a Host', async () => {
    expect((await rawHttp(parley.origin, 'GET /api/users/ HTTP/1.1\r\n\r\n')).status).toBe(400);
  });

  it('does not answer twice to what was smuggled behind a request', async () => {
    const smuggled = request('GET /api/users/');
    const bytes = request('POST /api/users/', [JSON_TYPE, `Content-Length: ${smuggled.length}`], smuggled);
    const { status, body } = await rawHttp(parley.origin, bytes);
    expect([status, body.match(/HTTP\/1.1/g)]).toEqual([400, null]);
  });
});

describe('an address that is none', () => {
  it.each([
    '/api/rooms/%zz/messages/',
    '/api/messages/%/read/',
    '/%c0%af',
    '/api/users%',
    '/%ff',
    '/api/rooms/%00/',
    '/../../etc/passwd',
    '/api/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '//evil.example/api/users/',
    '/api/rooms/1/messages/1',
    '/api',
    '/API/USERS/',
    '/api/users//',
    `/api/rooms/${'1'.repeat(500)}/`,
  ])('is answered with a problem: %s', async (target) => {
    const { status, headers, body } = await rawHttp(
      parley.origin,
      request(`GET ${target}`, ['Connection: close']),
    );
    expect([400, 404, 414]).toContain(status);
    expect(headers).toMatch(/^content-type: application\/problem\+json/im);
    expect(JSON.parse(body)).toMatchObject({ status });
    expect(body).not.toMatch(/etc|package|evil|%|node_modules/);
  });

  it('says so in the absolute form too, and serves that form where it is right', async () => {
    expect((await get('http://localhost/api/users/')).status).toBe(200);
    expect((await get('http://localhost/nothing')).status).toBe(404);
  });
});

describe('a method that an address does not know', () => {
  it.each([
    ['PUT', '/api/users/', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/api/users?limit=1', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/api/rooms/1/', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/api/rooms/1/messages/', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/api/rooms/1/', 'GET, HEAD, OPTIONS'],
    // Also a room whose id is `create`, which there is none of.
    ['DELETE', '/api/rooms/create/', 'GET, HEAD, OPTIONS, POST'],
    ['GET', '/api/messages/1/read/', 'OPTIONS, POST'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
    ['POST', '/favicon.svg', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/docs/swagger-ui.css', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/api/users/', 'GET, HEAD, OPTIONS, POST'],
    ['PROPFIND', '/api/users/', 'GET, HEAD, OPTIONS, POST'],
  ])('is refused with those that it knows: %s %s', async (method, path, allowed) => {
    const answer = await rawHttp(
      parley.origin,
      request(`${method} ${path}`, ['Content-Length: 0', 'Connection: close', `Origin: ${LEGACY_PAGE}`]),
    );
    expect(answer.status).toBe(405);
    expect(answer.headers).toMatch(/^content-type: application\/problem\+json/im);
    expect(answer.headers).toMatch(/^access-control-allow-origin: /im);
    expect(allowOf(answer.headers)).toBe(allowed);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 405, code: 'method_not_allowed' });
  });

  it.each([
    ['/api/users/', 204, 'GET, HEAD, OPTIONS, POST'],
    ['/api/rooms/1/', 204, 'GET, HEAD, OPTIONS'],
    ['/nothing', 404, undefined],
  ])('can be asked for: OPTIONS %s is %d', async (path, status, allowed) => {
    const answer = await rawHttp(parley.origin, request(`OPTIONS ${path}`, ['Connection: close']));
    expect([answer.status, allowOf(answer.headers)]).toEqual([status, allowed]);
  });

  it('is not among those that a preflight is answered with', async () => {
    const { status, headers } = await parley.call('OPTIONS', '/api/rooms/1/messages/', {
      headers: {
        Origin: LEGACY_PAGE,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
      },
    });
    expect([status, headers.get('Access-Control-Allow-Methods')]).toEqual([
      204,
      'GET, HEAD, POST, PUT, PATCH, DELETE',
    ]);
    expect(headers.get('Access-Control-Allow-Headers')).toBe('content-type');
    const inUse = routesOf(parley.app).map((route) => route.split(' ')[0]!);
    expect([...new Set(inUse)].toSorted()).toEqual([
      'DELETE',
      'GET',
      'HEAD',
      'OPTIONS',
      'PATCH',
      'POST',
      'PUT',
    ]);
  });

  it('HEAD is GET without its body', async () => {
    const { status, body } = await parley.call<string>('HEAD', '/api/users/');
    expect([status, body]).toEqual([200, '']);
  });
});

describe('a body', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    'x',
  ])('of type %s is refused with 415: no page can send JSON without asking first', async (type) => {
    const body = JSON.stringify({ username: 'sneaky' });
    const { status, body: problem } = await parley.call<Problem>('POST', '/api/users/', {
      body,
      headers: { 'Content-Type': type },
    });
    expect([status, problem.title]).toEqual([415, 'Unsupported Media Type']);
    expect((await parley.get('/api/users/?search=sneaky')).body).toEqual([]);
  });

  it.each([
    ['half an object', '{"username":'],
    ['30 KB of [', '['.repeat(30_000)],
    ['lists 15,000 deep', `{"username":${'['.repeat(15_000)}${']'.repeat(15_000)}}`],
    ['a list', '[{"username":"x"}]'],
    ['null', 'null'],
    ['a number', '7'],
    ['text', '"username"'],
    ['a __proto__', '{"username":"xyz","__proto__":{"polluted":true}}'],
    ['a prototype of its constructor', '{"username":"xyz","constructor":{"prototype":{"polluted":true}}}'],
    ['1e309', '{"username":1e309}'],
    ['nothing', ''],
  ])('C5: of JSON that is wrong is 400: %s', async (_, body) => {
    const { status } = await parley.call('POST', '/api/users/', {
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(status).toBe(400);
    expect({}).not.toHaveProperty('polluted');
  });

  it('may have 1,000 commas beside those of its texts, and no more', async () => {
    expect(await fieldOfMany(1_000)).toBe('x');
    expect(await fieldOfMany(1_001)).toBeUndefined();
  });

  it('may be 32 KiB, no more', async () => {
    const post = (body: string) =>
      parley.call('POST', '/api/users/', { body, headers: { 'Content-Type': 'application/json' } });
    expect((await post(padded(32 * 1024))).status).toBe(400);
    expect((await post(padded(32 * 1024 + 1))).status).toBe(413);
    const announced = await rawHttp(
      parley.origin,
      request('POST /api/users/', [JSON_TYPE, 'Content-Length: 999999999999'], '{'),
    );
    expect(announced.status).toBe(413);
  });

  it('D10: that is compressed is not unpacked, and so is no JSON', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const bomb = gzipSync(`{"username":"${'x'.repeat(1_000_000)}"}`);
    const response = await fetch(`${parley.origin}/api/users/`, { method: 'POST', headers, body: bomb });
    expect(response.status).toBe(400);
  });

  it('whose text is too long to store even when every character is escaped is still read', async () => {
    const { room, a } = await parley.newRoom();
    const escaped = '\\ud83d\\ude00'.repeat(4_000);
    const { status } = await parley.call('POST', `/api/rooms/${room.id}/messages/?active_user=${a.id}`, {
      body: `{"text":"${escaped}"}`,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(status).toBe(201);
    const tooLong = await parley.call('POST', `/api/rooms/${room.id}/messages/?active_user=${a.id}`, {
      body: `{"text":"${'x'.repeat(52 * 1024)}"}`,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(tooLong.status).toBe(413);
  });
});

describe('B9: who does not say what they want', () => {
  it.each([
    ['nothing at all', ''],
    ['half a handshake', 'GET /ws/?active_user=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n'],
  ])(
    'is cut off after 10 s: %s',
    async (_, bytes) => {
      const { hostname, port } = new URL(parley.origin);
      const openedAt = Date.now();
      const ages = Array.from(
        { length: 100 },
        () =>
          new Promise<number>((resolve, reject) => {
            const socket = connect(Number(port), hostname, () => socket.write(bytes));
            socket.once('error', reject);
            socket.once('close', () => resolve(Date.now() - openedAt));
            socket.resume();
          }),
      );
      await stillServes();
      const sorted = (await Promise.all(ages)).toSorted((a, b) => a - b);
      expect(sorted[0]).toBeGreaterThan(9_000);
      expect(sorted.at(-1)).toBeLessThan(13_000);
    },
    20_000,
  );
});
