import type { Problem, Room, User } from '@parley/shared';
import { networkOf } from '../../../src/limits/network.js';
import { Parley } from '../../support/parley.js';

/** As shipped: the harness raises these for the other suites. */
const DEFAULTS = { CREATIONS_PER_SECOND: '', CREATIONS_BURST: '' };

/** What a bucket may have given out by now, at most. */
const given = (burst: number, perSecond: number, since: number) =>
  burst + Math.ceil(((performance.now() - since) / 1_000) * perSecond);

const countOf = (answers: { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

let parley: Parley;
beforeEach(async () => {
  parley = await Parley.start({ ...DEFAULTS, TRUSTED_PROXIES: 'loopback' });
});
afterEach(() => parley.stop());

const from = (ip: string) => ({ 'X-Forwarded-For': ip });
const all = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

/** Calls until a bucket is empty: on a slow machine it fills again meanwhile. */
async function refusalOf<T extends { status: number }>(call: () => Promise<T>): Promise<T> {
  for (let round = 0; round < 20; round++) {
    const refused = (await all(400, call)).find(({ status }) => status === 429);
    if (refused) return refused;
  }
  throw new Error('8,000 calls were let through.');
}

/** Users that were there before: making them over HTTP is what is limited. */
const insertUsers = (count: number) =>
  parley.sql<{ id: number }>(
    `INSERT INTO users (username, display_name) SELECT 'old' || n, 'old' FROM generate_series(1, $1) n RETURNING id`,
    [count],
  );

const createUser = (i: number, ip: string) =>
  parley.call<User & Problem>('POST', '/api/users/', {
    body: { username: `new-${i}` },
    headers: from(ip),
  });
const createRoom = (i: number, asking = 1) =>
  parley.call('POST', '/api/rooms/create/', {
    body: { user_id: asking + 1, active_user_id: asking },
    headers: from(`192.0.2.${i}`),
  });
const listRooms = (user: number, i: number) =>
  parley.call('GET', `/api/rooms/?active_user=${user}`, { headers: from(`192.0.2.${i % 200}`) });

describe('new users', () => {
  it('of one address are limited, and the refusal says when to try again', async () => {
    const since = performance.now();
    const answers = await all(400, (i) => createUser(i, '192.0.2.1'));
    expect(countOf(answers, 201)).toBeLessThanOrEqual(given(120, 4, since));
    expect(countOf(answers, 201)).toBeGreaterThanOrEqual(120);
    expect(countOf(answers, 201) + countOf(answers, 429)).toBe(400);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('RateLimit-Policy')).toBe('"creations";q=120;w=30');
    expect(refused.headers.get('RateLimit')).toMatch(/^"creations";r=0;t=\d+$/);

    // Other calls of that address go on, and so do new users of another.
    expect((await parley.call('GET', '/api/users/', { headers: from('192.0.2.1') })).status).toBe(200);
    expect((await createUser(1_000, '192.0.2.2')).status).toBe(201);
  });
});

describe('new rooms', () => {
  it('of many strangers cannot be pushed onto a user by the thousand', async () => {
    const strangers = await insertUsers(500);
    const victim = await parley.userSocket(1);
    const since = performance.now();
    const answers = await all(500, (i) =>
      parley.call('POST', '/api/rooms/create/', {
        body: { user_id: 1, active_user_id: strangers[i]!.id },
        headers: from('192.0.2.1'),
      }),
    );
    expect(countOf(answers, 201)).toBeLessThanOrEqual(given(120, 4, since));
    expect(countOf(answers, 429)).toBeGreaterThan(300);
    const { body: rooms } = await parley.get<Room[]>('/api/rooms/?active_user=1');
    // On a slow machine a room can be stored and its answer still be 503; asked again, the call finds it.
    expect(rooms.length).toBeGreaterThanOrEqual(countOf(answers, 201));
    expect(rooms.length).toBeLessThanOrEqual(given(120, 4, since));
    expect(victim.frames.filter(({ type }) => type === 'room').length).toBeLessThanOrEqual(rooms.length);
  });

  it('of one user are limited over all addresses, also when the pair has its room', async () => {
    const since = performance.now();
    const answers = await all(100, (i) => createRoom(i));
    expect(countOf(answers, 201) + countOf(answers, 200)).toBeLessThanOrEqual(given(30, 1, since));
    expect((await createRoom(1, 3)).status).toBe(201);
  });
});

describe('calls', () => {
  it('of one user are limited over all addresses; other users go on', async () => {
    const since = performance.now();
    const answers = await all(600, (i) => listRooms(1, i));
    expect(countOf(answers, 200)).toBeLessThanOrEqual(given(300, 30, since));
    expect(countOf(answers, 200)).toBeGreaterThanOrEqual(300);
    const other = await listRooms(2, 1);
    expect([other.status, other.headers.get('RateLimit-Policy')]).toEqual([200, '"requests";q=300;w=10']);
  });

  it('of one address are limited, whatever they ask for, but for probes; an IPv6 address has all of its /64', async () => {
    // A tenth of the defaults and less: 3,000 calls would take long.
    const limited = await Parley.start({
      REQUESTS_PER_SECOND: '1',
      REQUESTS_BURST: '20',
      TRUSTED_PROXIES: 'loopback',
    });
    try {
      const since = performance.now();
      const ask = (i: number, path = ['/api/users/?limit=1', '/', '/api/nothing'][i % 3]!) =>
        limited.call('GET', path, { headers: from(`2001:db8:1:2:${(i % 1_000) + 1}::1`) });
      const answers = await all(500, (i) => ask(i));
      const passed = answers.length - countOf(answers, 429);
      expect(passed).toBeLessThanOrEqual(given(200, 10, since));
      expect(passed).toBeGreaterThanOrEqual(200);
      for (const probe of ['/health/live', '/health/ready', '/metrics'])
        expect((await ask(1, probe)).status).toBe(200);
      const neighbour = await limited.call('GET', '/api/users/', { headers: from('2001:db8:1:3::1') });
      expect(neighbour.status).toBe(200);
    } finally {
      await limited.stop();
    }
  });

  it('that send have the limit of messages alone', async () => {
    const room = (await parley.post<Room>('/api/rooms/create/', { user_id: 2, active_user_id: 1 })).body;
    await refusalOf(() => parley.get('/api/rooms/?active_user=1'));
    const sent = await parley.post(`/api/rooms/${room.id}/messages/`, { active_user_id: 1, text: 'x' });
    expect([sent.status, sent.headers.get('RateLimit-Policy')]).toEqual([201, '"messages";q=60;w=3']);
  });

  it('of a page of another origin can read why they are refused', async () => {
    const headers = { Origin: 'http://localhost:5173' };
    const refused = await refusalOf(() => parley.call('GET', '/api/rooms/?active_user=1', { headers }));
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBe(headers.Origin);
  });
});

it('RATE_LIMIT=off lifts them all', async () => {
  const unlimited = await Parley.start({ ...DEFAULTS, RATE_LIMIT: 'off' });
  try {
    const answers = await all(500, (i) => unlimited.post('/api/users/', { username: `u-${i}` }));
    expect(countOf(answers, 201)).toBe(500);
  } finally {
    await unlimited.stop();
  }
});

it('networkOf is the IPv4 address, or the /64 of an IPv6 address however it is written', () => {
  const cases = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ] as const;
  expect(cases.map(([ip]) => [ip, networkOf(ip)])).toEqual(cases);
});
