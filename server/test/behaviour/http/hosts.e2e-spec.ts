import type { MessagePage, Problem } from '@parley/shared';
import { hostName } from '../../../src/auth/site.js';
import { Parley } from '../../support/parley.js';
import { rawHttp } from '../../support/raw-http.js';
import { hashOfRows } from '../../support/rows.js';

/** Hosts that a server with the default settings does not answer to. `%` stands for its port. */
const FOREIGN = [
  'attacker.example:%',
  'attacker.example',
  '7f000001.c0a80001.rbndr.us:%',
  '169.254.169.254',
  '10.1.2.3:%',
  '0.0.0.0:%',
  '[::2]:%',
  '[fe80::1]',
  'localhost.attacker.example:%',
  'attacker-localhost',
  '127.0.0.1.attacker.example',
  '127.0.0.1:%:80',
  '127.0.0.1:x',
  '127.0.0.1:99999',
  'localhost@attacker.example',
  'attacker.example@localhost',
  'attacker.example/x?y=localhost',
  'attacker.example\\localhost',
  'localhost#attacker.example',
  'localhost/',
  'localhost,attacker.example',
  'localhost attacker.example',
  'localhost..',
  '.localhost',
  '.',
  ':%',
  '*',
  '[127.0.0.1]',
  '[::1',
  '::1',
  '%6cocalhost',
  '',
];

/** Hosts that every server answers to: no name that somebody else could own. */
const LOOPBACK = [
  'localhost',
  'localhost:%',
  'localhost:5173',
  'LocalHost:%',
  'localhost.:%',
  '127.0.0.1',
  '127.0.0.1:%',
  '127.8.9.10:80',
  '[::1]:%',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]:%',
];

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

interface Wanted {
  method?: string;
  target?: string;
  headers?: string[];
  server?: Parley;
}

const withPort = (host: string, server: Parley) => host.replace(/%(?!6c)/, new URL(server.origin).port);

/** A request as bytes: no client of HTTP sends all of these. */
function ask(
  host: string,
  { method = 'GET', target = '/api/users/', headers = [], server = parley }: Wanted = {},
) {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${withPort(host, server)}`,
    ...headers,
    'Connection: close',
  ];
  return rawHttp(server.origin, `${lines.join('\r\n')}\r\n\r\n`);
}

const UPGRADE = {
  target: '/ws/?active_user=1',
  headers: [
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ],
};

describe('a foreign Host', () => {
  it.each(FOREIGN)('is answered with 421 and a problem, whatever it asks for: "%s"', async (host) => {
    const before = await hashOfRows(parley);
    const own = [`Origin: http://${withPort(host, parley)}`];
    const answers = await Promise.all([
      ask(host),
      ask(host, { headers: own }),
      ask(host, { target: '/' }),
      ask(host, { target: '/api/docs' }),
      ask(host, { target: '/api/nothing' }),
      ask(host, { target: '/api/rooms/1/messages/?active_user=1' }),
      ask(host, { method: 'OPTIONS', headers: [...own, 'Access-Control-Request-Method: POST'] }),
      ask(host, { method: 'POST', headers: [...own, 'Content-Type: application/json', 'Content-Length: 0'] }),
      ask(host, UPGRADE),
      ask(host, { ...UPGRADE, headers: [...UPGRADE.headers, ...own] }),
      ask(host, { ...UPGRADE, target: '/ws/chat/1/' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 421));
    for (const { headers, body } of answers) {
      expect(headers).toMatch(/^content-type: application\/problem\+json/im);
      expect(JSON.parse(body)).toMatchObject({
        status: 421,
        title: 'Misdirected Request',
        code: 'misdirected',
      });
      expect((JSON.parse(body) as Problem).detail).toContain('ALLOWED_HOSTS');
      expect(body).not.toContain('attacker');
    }
    expect(await hashOfRows(parley)).toBe(before);
  });

  it('may not stand beside a good one', async () => {
    const { host } = new URL(parley.origin);
    for (const pair of [
      [host, 'attacker.example'],
      ['attacker.example', host],
      [host, host],
    ] as const) {
      const [first, second] = pair;
      expect((await ask(first, { headers: [`Host: ${second}`] })).status).toBe(421);
      expect(
        (await ask(first, { ...UPGRADE, headers: [`Host: ${second}`, ...UPGRADE.headers] })).status,
      ).toBe(421);
    }
  });

  it('may not stand in the target of the request', async () => {
    const { host } = new URL(parley.origin);
    for (const foreign of ['attacker.example', 'attacker.example:80', 'x@attacker.example']) {
      expect((await ask(host, { target: `http://${foreign}/api/users/` })).status).toBe(421);
      expect((await ask(host, { ...UPGRADE, target: `ws://${foreign}/ws/?active_user=1` })).status).toBe(421);
    }
    expect((await ask('attacker.example', { target: `http://${host}/api/users/` })).status).toBe(421);
  });

  it('may not be left out', async () => {
    const old = await rawHttp(parley.origin, 'GET /api/users/ HTTP/1.0\r\n\r\n');
    expect([old.status, (JSON.parse(old.body) as Problem).status]).toEqual([421, 421]);
    const socket = `GET /ws/?active_user=1 HTTP/1.1\r\n${UPGRADE.headers.join('\r\n')}\r\n\r\n`;
    expect((await rawHttp(parley.origin, socket)).status).toBe(421);
  });

  it('is not made good by what a client says of a proxy', async () => {
    const behindProxy = await Parley.start({ TRUSTED_PROXIES: 'loopback' });
    try {
      const forwarded = ['X-Forwarded-Host: localhost', 'Forwarded: host=localhost'];
      for (const server of [parley, behindProxy]) {
        expect((await ask('attacker.example', { server, headers: forwarded })).status).toBe(421);
      }
    } finally {
      await behindProxy.stop();
    }
  });
});

describe('a Host of this server', () => {
  it.each(LOOPBACK)('is one of loopback, with any port: "%s"', async (host) => {
    expect((await ask(host)).status).toBe(200);
    expect((await ask(host, UPGRADE)).status).toBe(101);
  });

  it('is HOST, one of ALLOWED_HOSTS, or the host of one of ALLOWED_ORIGINS', async () => {
    const server = await Parley.start({
      HOST: '10.0.0.7',
      ALLOWED_HOSTS: 'Chat.Example.com, server-1, 2001:db8::1, [2001:db8::2], bücher.example',
      ALLOWED_ORIGINS: 'https://app.example.com:8443',
    });
    try {
      const statusOf = async (host: string) => [
        (await ask(host, { server })).status,
        (await ask(host, { ...UPGRADE, server })).status,
      ];
      for (const host of [
        '10.0.0.7:8000',
        'chat.example.com',
        'CHAT.example.com.:443',
        'server-1:8000',
        '[2001:DB8::1]',
        '[2001:db8:0:0::2]:8000',
        'xn--bcher-kva.example',
        'app.example.com',
        'localhost',
      ]) {
        expect([host, await statusOf(host)]).toEqual([host, [200, 101]]);
      }
      for (const host of [
        'x.chat.example.com',
        'example.com',
        'server-10',
        'server-1.attacker.example',
        '10.0.0.8',
      ]) {
        expect([host, await statusOf(host)]).toEqual([host, [421, 421]]);
      }
    } finally {
      await server.stop();
    }
  });

  it('is what the links of a page of history are made of, with https behind a trusted proxy', async () => {
    const server = await Parley.start({ ALLOWED_HOSTS: 'chat.example.com', TRUSTED_PROXIES: 'loopback' });
    try {
      const { room, a } = await server.newRoom();
      await server.send(room.id, a.id, 'one');
      await server.send(room.id, a.id, 'two');
      const next = async (...headers: string[]) => {
        const target = `/api/rooms/${room.id}/messages/?page_size=1`;
        const { body } = await ask('chat.example.com:8443', { server, target, headers });
        return (JSON.parse(body) as MessagePage).next;
      };
      const link = `chat.example.com:8443/api/rooms/${room.id}/messages/?page_size=1&page=2`;
      expect(await next()).toBe(`http://${link}`);
      expect(await next('X-Forwarded-Proto: https')).toBe(`https://${link}`);
      expect(await next('X-Forwarded-Host: attacker.example')).toBe(`http://${link}`);
    } finally {
      await server.stop();
    }
  });
});

describe('probes', () => {
  it('are answered under any Host, so that a load balancer needs no setting', async () => {
    for (const target of ['/health/live', '/health/ready/']) {
      for (const host of ['10.1.2.3:8000', 'server-1:8000', 'attacker.example', '']) {
        expect([target, host, (await ask(host, { target })).status]).toEqual([target, host, 200]);
      }
      const foreign = ['Origin: http://other.example'];
      expect((await ask('attacker.example', { target, headers: foreign })).status).toBe(403);
    }
  });

  it('that scrape /metrics may name any IP address, which no rebound name is', async () => {
    for (const host of ['10.1.2.3:8000', '[2001:db8::1]:8000', '127.0.0.1']) {
      expect((await ask(host, { target: '/metrics' })).status).toBe(200);
    }
    for (const host of ['attacker.example', 'server-1', '10.1.2.3.attacker.example', '']) {
      expect((await ask(host, { target: '/metrics' })).status).toBe(421);
    }
  });

  it('open no way to anything else', async () => {
    for (const target of [
      '/health/live/../../api/users/',
      '/health/live%2f..%2f..%2fapi/users',
      '/health/nothing',
      '//api/users/',
    ]) {
      expect((await ask('attacker.example', { target })).status).toBe(421);
    }
  });
});

it('hostName reads a Host as a browser would write it', () => {
  const cases: [string, string | null][] = [
    ['LOCALHOST:80', 'localhost'],
    ['127.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['[0::0:1]:1', '[::1]'],
    ['a..b', 'a..b'],
    ['a b', null],
    ['user@host', null],
    ['host/path', null],
    ['', null],
  ];
  expect(cases.map(([host]) => [host, hostName(host)])).toEqual(cases);
});
