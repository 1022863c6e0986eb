import type { Problem, User } from '@parley/shared';
import { hash } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { Parley } from '../../support/parley.js';
import { bearer, openSession, tokenIn } from '../../support/sessions.js';

const PASSWORD = 'quiet violet harbour';
const SETTINGS = { AUTH_MODE: 'accounts', REGISTRATION: 'open' };

let parley: Parley;
/** The same database, with the limits on. */
let limited: Parley;
beforeAll(async () => {
  parley = await Parley.start({ ...SETTINGS, RATE_LIMIT: 'off' });
  limited = await Parley.start({ ...SETTINGS, TRUSTED_PROXIES: '10.0.0.0/8' }, parley.databaseUrl);
});
afterAll(async () => {
  await limited.stop();
  await parley.stop();
});

const newName = () => `n${randomUUID().slice(0, 13)}`;

async function registered(password = PASSWORD): Promise<User> {
  const { status, body } = await parley.post<User>('/api/auth/register/', { username: newName(), password });
  expect(status).toBe(201);
  return body;
}

const logIn = <Body = Problem>(username: string, password: string, server = parley, headers = {}) =>
  server.call<Body>('POST', '/api/auth/login/', { body: { username, password }, headers });

const from = (ip: string) => ({ 'X-Forwarded-For': ip });

const change = (token: string, current_password: string, new_password: string, server = parley) =>
  server.call('POST', '/api/auth/password/', {
    body: { current_password, new_password },
    headers: bearer(token),
  });

describe('a login', () => {
  it('answers the user and a session, whatever the case of the username', async () => {
    const user = await registered();
    const answer = await logIn<User>(user.username.toUpperCase(), PASSWORD);
    expect([answer.status, answer.body]).toEqual([200, user]);
    const { body } = await parley.call('GET', '/api/auth/', { headers: bearer(tokenIn(answer)) });
    expect(body).toMatchObject({ user: { id: user.id } });
  });

  it('is refused alike for an unknown user, a wrong password, a user without an account and a disabled one', async () => {
    const [user, disabled] = [await registered(), await registered()];
    await parley.sql('UPDATE accounts SET disabled_at = now() WHERE user_id = $1', [disabled.id]);
    const answers = [
      await logIn(user.username, 'wrong password'),
      await logIn(newName(), PASSWORD),
      await logIn('alice', PASSWORD),
      await logIn(disabled.username, PASSWORD),
      await logIn("x' OR 1=1 --", PASSWORD),
      await logIn('a\0b', PASSWORD),
      await logIn(user.username, 'x'),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, body]).toEqual([401, answers[0]!.body]);
      expect(headers.get('Set-Cookie')).toBeNull();
    }
  });

  it('treats a body that is no credentials as wrong, never as an operator', async () => {
    const { username } = await registered();
    for (const body of [
      { username, password: { $ne: 1 } },
      { username: [username], password: PASSWORD },
      { username },
    ]) {
      expect((await parley.post('/api/auth/login/', body)).status).toBe(400);
    }
  });

  it('accepts the same characters in another form of Unicode', async () => {
    const { username } = await registered('für die Übung');
    expect((await logIn(username, 'für die Übung'.normalize('NFD'))).status).toBe(200);
  });

  it('replaces a hash that was made with other parameters', async () => {
    const { id, username } = await registered();
    const old = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await parley.sql('UPDATE accounts SET password_hash = $2 WHERE user_id = $1', [id, old]);
    expect((await logIn(username, PASSWORD)).status).toBe(200);
    const [row] = await parley.sql<{ password_hash: string }>(
      'SELECT password_hash FROM accounts WHERE user_id = $1',
      [id],
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await logIn(username, PASSWORD)).status).toBe(200);
  });
});

describe('attempts to log in', () => {
  it('are limited per address, and a forged X-Forwarded-For has no effect', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) {
      const forged = { 'X-Forwarded-For': `192.0.2.${i}` };
      const answer = await logIn(newName(), 'wrong password', limited, forged);
      statuses.push(answer.status);
      if (answer.status === 429) expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    }
    expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(-5).every((status) => status === 429)).toBe(true);
  });

  it('are limited per username, known or not, without ending sessions or locking the owner out', async () => {
    const proxied = await Parley.start({ ...SETTINGS, TRUSTED_PROXIES: 'loopback' }, parley.databaseUrl);
    try {
      const { username } = await registered();
      const first = await logIn(username, PASSWORD, proxied, from('198.51.100.7'));
      const token = tokenIn(first);
      for (const name of [username, newName()]) {
        const statuses: number[] = [];
        for (let i = 0; i < 15; i++) {
          statuses.push((await logIn(name, 'wrong password', proxied, from(`203.0.113.${i}`))).status);
        }
        expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
      }
      // Not even the right password helps from there; where the user has a session, it does.
      expect((await logIn(username, PASSWORD, proxied, from('203.0.113.99'))).status).toBe(429);
      expect((await logIn(username, PASSWORD, proxied, from('198.51.100.7'))).status).toBe(200);
      expect((await proxied.call('GET', '/api/rooms/', { headers: bearer(token) })).status).toBe(200);
    } finally {
      await proxied.stop();
    }
  });

  it('that succeed are not counted for the username', async () => {
    const proxied = await Parley.start({ ...SETTINGS, TRUSTED_PROXIES: 'loopback' }, parley.databaseUrl);
    try {
      const { username } = await registered();
      for (let i = 0; i < 12; i++) {
        const headers = { 'X-Forwarded-For': `203.0.113.${i}` };
        expect((await logIn(username, PASSWORD, proxied, headers)).status).toBe(200);
      }
    } finally {
      await proxied.stop();
    }
  });
});

describe('a change of the password', () => {
  it('needs the current one, and obeys the same rules as a registration', async () => {
    const { username } = await registered();
    const token = tokenIn(await logIn(username, PASSWORD));
    const field = async (current: string, next: string) => {
      const { status, body } = await change(token, current, next);
      return [status, body.errors?.map((error) => error.field)];
    };
    expect(await field('wrong password', 'another quiet harbour')).toEqual([403, ['current_password']]);
    expect(await field(PASSWORD, 'Password1')).toEqual([400, ['new_password']]);
    expect(await field(PASSWORD, username.toUpperCase())).toEqual([400, ['new_password']]);
    expect(await field(PASSWORD, 'short')).toEqual([400, ['new_password']]);
    expect((await change(token, PASSWORD, 'another quiet harbour')).status).toBe(204);
    expect((await logIn(username, PASSWORD)).status).toBe(401);
    expect((await logIn(username, 'another quiet harbour')).status).toBe(200);
  });

  it('is limited per user', async () => {
    const token = await openSession(parley.databaseUrl, newName());
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      statuses.push((await change(token, 'wrong password', 'another quiet harbour', limited)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(403), 429, 429]);
  });

  it('leaves no session of a login with the password before that was under way', async () => {
    const { id, username } = await registered();
    const token = tokenIn(await logIn(username, PASSWORD));
    const logins = Array.from({ length: 12 }, () => logIn(username, PASSWORD));
    const [changed] = await Promise.all([change(token, PASSWORD, 'another quiet harbour'), ...logins]);
    expect(changed.status).toBe(204);
    const rows = await parley.sql('SELECT id FROM sessions WHERE user_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });
});
