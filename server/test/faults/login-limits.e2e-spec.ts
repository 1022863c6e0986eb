import { Redis } from 'ioredis';
import { bearer, openSession } from '../support/sessions.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { timed, until } from './harness/wait.js';

jest.setTimeout(120_000);

const PASSWORD = 'quiet violet harbour';

const stack = new Stack();
let url: string;
let redis: OwnRedis;
/** Behind a proxy that names the client's IP. */
let proxied: [ServerProcess, ServerProcess];
/** Without one: the header is the client's own. */
let open: [ServerProcess, ServerProcess];

beforeAll(async () => {
  redis = await stack.redis();
  url = await stack.database();
  const settings = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    AUTH_MODE: 'accounts',
    REGISTRATION: 'open',
    RATE_LIMIT: 'on',
    REGISTRATIONS_PER_HOUR: '6',
    NEW_CHATS_PER_HOUR: '12',
    CREATIONS_BURST: '16',
  };
  const behind = { ...settings, TRUSTED_PROXIES: 'loopback' };
  proxied = [await stack.server(behind), await stack.server(behind)];
  open = [await stack.server(settings), await stack.server(settings)];
});
afterAll(() => stack.end());

let users = 0;
const newName = () => `limited-${++users}`;
/** Addresses for documentation (RFC 3849): each network is the client of one attempt. */
let networks = 0;
const newIp = () => `2001:db8:${(++networks).toString(16)}::1`;

const post = (server: ServerProcess, path: string, body: object, ip?: string) =>
  fetch(`${server.origin}/api/auth/${path}/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(ip === undefined ? {} : { 'X-Forwarded-For': ip }) },
    body: JSON.stringify(body),
  });

const logIn = async (server: ServerProcess, username: string, password: string, ip?: string) =>
  (await post(server, 'login', { username, password }, ip)).status;

async function register(ip: string): Promise<{ username: string; token: string }> {
  const username = newName();
  const answer = await post(proxied[0], 'register', { username, password: PASSWORD }, ip);
  const [, token = ''] = /parley_session=([^;]+)/.exec(answer.headers.get('Set-Cookie') ?? '') ?? [];
  expect(answer.status).toBe(201);
  return { username, token };
}

interface Person {
  id: number;
  token: string;
}
async function openPerson(): Promise<Person> {
  const token = await openSession(url, newName());
  const answer = await fetch(`${open[0].origin}/api/auth/`, { headers: bearer(token) });
  const { user } = (await answer.json()) as { user: { id: number } };
  return { id: user.id, token };
}
async function openChat({ token }: Person, userId: number, turn: number): Promise<number> {
  const answer = await fetch(`${proxied[turn % 2]!.origin}/api/rooms/create/`, {
    method: 'POST',
    headers: { ...bearer(token), 'Content-Type': 'application/json', 'X-Forwarded-For': newIp() },
    body: JSON.stringify({ user_id: userId }),
  });
  await answer.text();
  return answer.status;
}

/** Wrong passwords for one username, from as many networks, over both servers in turn. @returns how many were tried. */
async function guess(username: string, times: number): Promise<number> {
  let tried = 0;
  for (let i = 0; i < times; i++) {
    const status = await logIn(proxied[i % 2]!, username, `guess ${i}`, newIp());
    if (status === 401) tried++;
    else expect(status).toBe(429);
  }
  return tried;
}

describe('B10: two servers', () => {
  it('try ten of 1,000 guesses for a username, and the owner chats on and logs in meanwhile', async () => {
    const home = newIp();
    const { username, token } = await register(home);
    const { result: tried, ms } = await timed(guess(username, 1_000));
    expect(tried).toBeGreaterThanOrEqual(10);
    // One more token a minute.
    expect(tried).toBeLessThanOrEqual(10 + Math.ceil(ms / 60_000));
    for (const server of proxied) {
      const rooms = await fetch(`${server.origin}/api/rooms/`, { headers: bearer(token) });
      expect(rooms.status).toBe(200);
      expect(await logIn(server, username, PASSWORD, newIp())).toBe(429);
      expect(await logIn(server, username, PASSWORD, home)).toBe(200);
    }
  });

  it('try 20 attempts of one IP, whatever it writes into X-Forwarded-For, and say when to come back', async () => {
    const statuses: number[] = [];
    const { ms } = await timed(
      (async () => {
        for (let i = 0; i < 60; i++) {
          const server = open[i % 2]!;
          const answer = await post(server, 'login', { username: newName(), password: 'wrong' }, newIp());
          statuses.push(answer.status);
          if (answer.status === 429) expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
        }
      })(),
    );
    const tried = statuses.filter((status) => status === 401).length;
    expect(tried).toBeGreaterThanOrEqual(20);
    expect(tried).toBeLessThanOrEqual(20 + Math.ceil(ms / 6_000));
    expect(statuses.filter((status) => status === 429)).toHaveLength(60 - tried);
  });

  it('let one IP register as often as one server does', async () => {
    const ip = newIp();
    const statuses: number[] = [];
    for (let i = 0; i < 9; i++) {
      const body = { username: newName(), password: PASSWORD };
      statuses.push((await post(proxied[i % 2]!, 'register', body, ip)).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 429, 429, 429]);
  });

  it('let a user open chats with so many new people within an hour, and with so many rooms at once', async () => {
    const [ada, bo] = [await openPerson(), await openPerson()];
    const statuses: number[] = [];
    // Ids that are nobody's count too. Those that the user has a chat with do not, but are calls all the same.
    for (let i = 0; i < 6; i++) statuses.push(await openChat(ada, (await openPerson()).id, i));
    for (let i = 0; i < 6; i++) statuses.push(await openChat(ada, 999_999_000 + i, i));
    expect(statuses).toEqual([...Array<number>(6).fill(201), ...Array<number>(6).fill(404)]);
    expect([await openChat(ada, bo.id, 0), await openChat(ada, bo.id, 1)]).toEqual([429, 429]);
    expect(await openChat(bo, ada.id, 0)).toBe(201);
    const { ms, result: answers } = await timed(
      Promise.all(Array.from({ length: 40 }, (_, i) => openChat(bo, ada.id, i))),
    );
    const allowed = answers.filter((status) => status === 200).length;
    // One bucket, which gains a token a second.
    expect(allowed).toBeGreaterThanOrEqual(15);
    expect(allowed).toBeLessThanOrEqual(17 + ms / 1_000);
    expect(answers.filter((status) => status === 429)).toHaveLength(40 - allowed);
  });

  it('let a user search for strangers a hundred times, and for people of its chats always', async () => {
    const { token } = await openPerson();
    const search = async (text: string, turn: number) => {
      const path = `/api/users/?search=${text}`;
      const answer = await fetch(`${proxied[turn % 2]!.origin}${path}`, { headers: bearer(token) });
      return answer.status;
    };
    const statuses: number[] = [];
    const { ms } = await timed(
      (async () => {
        for (let i = 0; i < 120; i++) statuses.push(await search(`abc${i}`, i));
      })(),
    );
    const found = statuses.filter((status) => status === 200).length;
    expect(found).toBeGreaterThanOrEqual(100);
    expect(found).toBeLessThanOrEqual(101 + ms / 12_000);
    expect(statuses.filter((status) => status === 429)).toHaveLength(120 - found);
    // Two characters find no stranger.
    expect(await search('ab', 0)).toBe(200);
  });

  it('keep neither a username nor an address in Redis, and no key without an end', async () => {
    const { username } = await register(newIp());
    await logIn(proxied[0], username, 'wrong', '203.0.113.77');
    const client = new Redis(redis.url);
    const keys = await client.keys('parley:limit:*');
    const ends = await Promise.all(keys.map((key) => client.pttl(key)));
    client.disconnect();
    expect(keys.length).toBeGreaterThan(2);
    expect(keys.filter((key) => !/^parley:limit:[a-z-]+:[\w-]{22}$/.test(key))).toEqual([]);
    expect(ends.filter((ms) => ms === -1 || ms > 3_600_000)).toEqual([]);
  });
});

describe('B10: without Redis', () => {
  it('each server limits by its own memory, when Redis hangs and when it is gone; then both do again', async () => {
    const { username } = await register(newIp());
    const other = await register(newIp());
    redis.hang();
    const { ms, result } = await timed(logIn(proxied[0], other.username, PASSWORD, newIp()));
    expect(result).toBe(200);
    expect(ms).toBeLessThan(3_000);
    redis.resume();
    await redis.kill();
    const tried = await guess(username, 60);
    expect(tried).toBeGreaterThanOrEqual(20);
    expect(tried).toBeLessThanOrEqual(22);
    await redis.restart();
    const client = new Redis(redis.url);
    await until('both servers are back', async () => {
      const list = String(await client.client('LIST'));
      return list.split('name=parley-limits').length > 4;
    });
    client.disconnect();
    // The memory has not forgotten what Redis has.
    expect(await guess(username, 10)).toBeLessThanOrEqual(1);
    expect(await logIn(proxied[1], other.username, PASSWORD, newIp())).toBe(200);
  });
});
