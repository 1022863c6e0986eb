import type { MessagePage } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { WebSocket } from 'ws';
import { freePort, newFolder } from '../launch/parley.js';
import { rawHttp } from '../support/raw-http.js';
import { Uploader } from '../support/uploads.js';
import { expectAllWell } from './harness/checker.js';
import { Crowd } from './harness/crowd.js';
import { makePairs } from './harness/database.js';
import { OwnProxy } from './harness/own-proxy.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { timed, until } from './harness/wait.js';

jest.setTimeout(120_000);

// What docker-compose.yml starts, as processes: PostgreSQL, Redis, two servers, and Caddy with our Caddyfile in front.
const stack = new Stack();
let url: string;
let servers: [ServerProcess, ServerProcess];
let proxy: OwnProxy;

beforeAll(async () => {
  url = await stack.database();
  const redis = await stack.redis();
  const settings = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    TRUSTED_PROXIES: 'loopback',
    // Removed with the folders of the proxy.
    STORAGE_DIR: newFolder(),
  };
  servers = [await stack.server(settings), await stack.server(settings)];
  proxy = stack.keep(await OwnProxy.before(servers.map(({ port }) => port)), (own) => own.stop());
  await until(
    'the proxy knows that they are alive',
    async () => (await fetch(`${proxy.origin}/health/ready`)).ok,
  );
});
afterAll(() => stack.end());

/** An answer as it comes over the wire; certificates of the proxy's own are believed. */
function raw(
  address: string,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; size: number; text: string }> {
  return new Promise((settle, reject) => {
    const get = address.startsWith('https:') ? https.get : http.get;
    get(address, { headers, agent: false, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        settle({
          status: response.statusCode,
          headers: response.headers,
          size: body.length,
          text: body.toString(),
        });
      });
    }).on('error', reject);
  });
}

/** Sends JSON; certificates of the proxy's own are believed. */
function post(
  address: string,
  body: string,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
  return new Promise((settle, reject) => {
    const request = address.startsWith('https:') ? https.request : http.request;
    const headers = { 'Content-Type': 'application/json', Origin: new URL(address).origin };
    request(address, { method: 'POST', headers, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', () => settle({ status: response.statusCode, headers: response.headers }));
    })
      .on('error', reject)
      .end(body);
  });
}

/** What the Caddyfile says to do for TLS, but with a certificate that Caddy signs itself. */
function withTls(caddyfile: string, site: string): string {
  const block = /^# chat\.example\.com \{\n(?:# .*\n)*# \}$/m;
  const [commented = ''] = block.exec(caddyfile) ?? [];
  const uncommented = commented
    .replaceAll(/^# /gm, '')
    .replace('chat.example.com {', `${site} {\n\tbind 127.0.0.1\n\ttls internal`);
  return caddyfile
    .replace(commented, uncommented)
    .replace('\tauto_https off\n', '\tauto_https disable_redirects\n\tskip_install_trust\n');
}

/** A proxy with TLS at this port too, and with its certificate: Caddy signs that after it has begun to listen. */
async function startTlsProxy(port: number, behind: readonly { port: number }[]): Promise<OwnProxy> {
  const site = `https://localhost:${port}`;
  const tls = stack.keep(
    await OwnProxy.before(
      behind.map((server) => server.port),
      (caddyfile) => withTls(caddyfile, site),
    ),
    (own) => own.stop(),
  );
  await until('the proxy has its certificate', () =>
    raw(`${site}/`, {}).then(
      () => true,
      () => false,
    ),
  );
  return tls;
}

/** Nobody chooses a server: all come through the proxy. The heartbeat is too slow to help out. */
async function gather(count: number): Promise<Crowd> {
  return stack.crowd(await Crowd.gather(url, count, [proxy.origin], { heartbeatMs: 120_000 }));
}

/** User sockets on each server. */
function sockets(): Promise<number[]> {
  return Promise.all(
    servers.map(async ({ origin }) => {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return Number(/parley_sockets_open\{kind="user"\} (\d+)/.exec(text)?.[1]);
    }),
  );
}

it('Two servers behind the proxy: sockets are spread over both, and everyone has one log', async () => {
  const crowd = await gather(20);
  for (const open of await sockets()) expect(open).toBeGreaterThanOrEqual(10);
  crowd.talk(5);
  await crowd.untilAcked(500, 30_000);
  await crowd.hush();
  await expectAllWell(url, crowd.clients);
  expect(crowd.observed('gap')).toBe(0);
  crowd.disperse();
});

it('The proxy passes on a request that asks for HTTP/2 (curl --http2), and it is answered', async () => {
  const headers = `Host: ${new URL(proxy.origin).host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__`;
  const answer = await rawHttp(proxy.origin, `GET /api/users/ HTTP/1.1\r\n${headers}\r\n\r\n`);
  expect(answer.status).toBe(200);
});

it('Two servers behind the proxy: no request is bound to a server, and one client_id is one message', async () => {
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  const clientId = randomUUID();
  const body = JSON.stringify({ text: 'once', client_id: clientId, active_user_id: pair.a });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const answer = await fetch(`${proxy.origin}/api/rooms/${pair.roomId}/messages/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      return { status: answer.status, id: ((await answer.json()) as { id: number }).id };
    }),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  const counts = await Promise.all(
    servers.map(async ({ origin }) => {
      const text = await (await fetch(`${origin}/metrics`)).text();
      const route = '/api/rooms/:room_id/messages';
      return Number(
        new RegExp(`parley_http_request_seconds_count{method="POST",route="${route}"} (\\d+)`).exec(
          text,
        )?.[1],
      );
    }),
  );
  for (const count of counts) expect(count).toBeGreaterThan(0);
});

it('The proxy shows the product, and keeps the figures inside', async () => {
  const [page, figures] = await Promise.all(['/', '/metrics'].map((path) => fetch(`${proxy.origin}${path}`)));
  expect([page?.status, page?.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/html'),
  ]);
  expect(figures?.status).toBe(404);
});

it('The proxy compresses the page, and refuses bodies that no server would take', async () => {
  for (const encoding of ['gzip', 'zstd']) {
    const { headers, size } = await raw(`${proxy.origin}/`, { 'Accept-Encoding': encoding });
    expect(headers['content-encoding']).toBe(encoding);
    expect(size).toBeLessThan((await raw(`${proxy.origin}/`, {})).size);
  }
  // A server would refuse by the announced length, perhaps before the proxy has read so much: it gets no chance.
  for (const server of servers) server.signal('SIGSTOP');
  const large = await fetch(`${proxy.origin}/api/users/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'x'.repeat(300_000) }),
  }).finally(() => {
    for (const server of servers) server.signal('SIGCONT');
  });
  // Caddy 2.6 says 502, newer ones 413. The servers' own refusal is JSON.
  expect([413, 502]).toContain(large.status);
  expect(large.headers.get('Content-Type')).toBeNull();
});

it('The proxy lets an upload through that is longer than any other body', async () => {
  const one = stack.keep(await OwnProxy.before([servers[0].port]), (own) => own.stop());
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  await new Uploader(one, pair.a).upload('long.bin', new Uint8Array(1_000_000).fill(7));
});

it('With the TLS block of the Caddyfile, links in answers say https and sockets open', async () => {
  const port = await freePort();
  const tls = await startTlsProxy(port, servers);
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  const path = `/api/rooms/${pair.roomId}/messages/`;
  for (const text of ['one', 'two']) {
    await fetch(`${tls.origin}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text, active_user_id: pair.a }),
    });
  }
  const query = `?active_user=${pair.a}&page_size=1`;
  const { text, headers } = await raw(`https://localhost:${port}${path}${query}`, {});
  expect((JSON.parse(text) as MessagePage).next).toMatch(new RegExp(`^https://localhost:${port}${path}`));
  expect(headers['strict-transport-security']).toBe('max-age=63072000');
  // A client cannot claim it: the proxy says what it is.
  const plain = await raw(`${tls.origin}${path}${query}`, { 'X-Forwarded-Proto': 'https' });
  expect((JSON.parse(plain.text) as MessagePage).next).toMatch(new RegExp(`^${tls.origin}${path}`));
  expect((await raw(`https://localhost:${port}/metrics`, {})).status).toBe(404);

  const socket = new WebSocket(`wss://localhost:${port}/ws/?active_user=${pair.a}`, {
    rejectUnauthorized: false,
    headers: { Origin: `https://localhost:${port}` },
  });
  const hello = await new Promise<string>((settle, reject) => {
    socket.once('message', (data: Buffer) => settle(data.toString()));
    socket.once('error', reject);
  });
  expect(JSON.parse(hello)).toMatchObject({ type: 'hello' });
  socket.close();
});

it('With accounts the link of the set-up is in the log of one server, and leads to sessions that are safe over TLS', async () => {
  const port = await freePort();
  const settings = {
    DATABASE_URL: await stack.database(),
    // As the image and the Compose file have it.
    AUTH_MODE: 'accounts',
    REGISTRATION: 'invite',
    TRUSTED_PROXIES: 'loopback',
    LOG_LEVEL: 'error',
  };
  const own = await Promise.all([stack.server(settings), stack.server(settings)]);
  const tls = await startTlsProxy(port, own);
  const output = () => own.map((server) => server.output).join('');
  const links = () => [...output().matchAll(/Set up: register the first user at \S+#invite=([\w-]{43}) /g)];
  await until('the link is shown', () => links().length > 0);
  const [[, invite = ''] = []] = links();
  const register = (origin: string) => {
    const body = JSON.stringify({ username: 'first', password: 'quiet violet harbour', invite });
    return post(`${origin}/api/auth/register/`, body);
  };
  const { status, headers } = await register(`https://localhost:${port}`);
  expect(status).toBe(201);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toMatch(
    /^__Host-parley_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(headers['strict-transport-security']).toBe('max-age=63072000');
  expect((await register(tls.origin)).status).toBe(403);
  const [session = ''] = cookie.split(';');
  const origin = `https://localhost:${port}`;
  for (const [Origin, expected] of [
    [origin, 'hello'],
    [`http://localhost:${port}`, 'refused'],
    ['https://localhost', 'refused'],
  ] as const) {
    const socket = new WebSocket(`wss://localhost:${port}/ws/`, {
      rejectUnauthorized: false,
      headers: { Origin, Cookie: session },
    });
    const first = await new Promise<string>((settle) => {
      socket.once('message', (data: Buffer) =>
        settle((JSON.parse(data.toString()) as { type: string }).type),
      );
      socket.once('error', () => settle('refused'));
    });
    expect([Origin, first]).toEqual([Origin, expected]);
    socket.close();
  }
  expect(links()).toHaveLength(1);
});

it('F1: a server behind the proxy is killed: everyone resumes on the other, and nothing is missing', async () => {
  const crowd = await gather(10);
  crowd.talk(5);
  await crowd.untilAcked(100);
  await servers[0].kill();
  const { ms } = await timed(crowd.allBack(20_000));
  expect(ms).toBeLessThan(8_000);
  await crowd.untilAcked(100);
  await servers[0].restart();
  await crowd.untilAcked(100);
  await crowd.hush();
  await expectAllWell(url, crowd.clients);
  crowd.disperse();
});

it('F4: both servers are exchanged one after the other under load: no send is refused, nothing is missing', async () => {
  const crowd = await gather(10);
  crowd.talk(5);
  for (const server of servers) {
    await crowd.untilAcked(100);
    expect(await server.kill('SIGTERM')).toBe(0);
    await server.restart();
    await crowd.allBack(20_000);
  }
  await crowd.untilAcked(100);
  await crowd.hush();
  expect(crowd.observed('closed 1012')).toBeGreaterThanOrEqual(crowd.clients.length);
  expect(crowd.observed('closed 1006')).toBe(0);
  // On the way out a send may lose its connection; then it goes again under the same client_id. None is refused.
  for (const code of ['unavailable', 'internal', 'timeout']) expect(crowd.observed(`send ${code}`)).toBe(0);
  await expectAllWell(url, crowd.clients);
  crowd.disperse();
});
