import type { Room, SessionInfo, User } from '@parley/shared';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountTools, newName, PASSWORD } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { bearer, cookieFrom, openSession, tokenIn } from '../../support/sessions.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const { newPerson, registered, roomOf, statusOf, handshake } = accountTools(() => parley);

describe('a call of the API', () => {
  it('is answered 401 without a session, unless it is public', async () => {
    const token = await openSession(parley.databaseUrl, newName());
    const { body: document } = await parley.call<{
      paths: Record<string, Record<string, { security?: unknown[] }>>;
    }>('GET', '/api/openapi.json', { headers: bearer(token) });
    const answers: string[] = [];
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (!path.startsWith('/api/')) continue;
        const url = path.replace(/\{\w+\}/g, '1');
        const name = `${method.toUpperCase()} ${path}`;
        if (security?.length === 0) answers.push(name);
        else expect([name, await statusOf(method.toUpperCase(), url, null)]).toEqual([name, 401]);
      }
    }
    expect(answers).toEqual([
      'POST /api/auth/register/',
      'POST /api/auth/login/',
      'POST /api/auth/passkeys/login/options/',
      'POST /api/auth/passkeys/login/',
      'POST /api/auth/passkeys/register/options/',
      'POST /api/auth/passkeys/register/',
      'GET /api/auth/oidc/{provider}/',
      'GET /api/auth/oidc/{provider}/callback/',
      'POST /api/auth/oidc/register/',
      'GET /api/auth/',
      'GET /api/start/',
    ]);
    for (const path of [
      '/api/docs',
      '/api/openapi.json',
      '/api/openapi.yaml',
      '/api/asyncapi.json',
      '/api/nothing/',
    ]) {
      expect([path, await statusOf('GET', path, null)]).toEqual([path, 401]);
      expect([path, await statusOf('GET', path, token)]).toEqual([
        path,
        path === '/api/nothing/' ? 404 : 200,
      ]);
    }
    const { headers } = await parley.get('/api/rooms/');
    expect(headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('is answered 401 to whatever is no session', async () => {
    const { token } = await newPerson();
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const Authorization of [`Bearer ${wrong}`, `Basic ${token}`, 'Bearer', `Bearer ${token} x`, token]) {
      const { status } = await parley.call('GET', '/api/rooms/', { headers: { Authorization } });
      expect([Authorization, status]).toEqual([Authorization, 401]);
    }
    // A header that is given decides, whatever the cookie is.
    const headers = { ...cookieFrom(token, parley.origin), ...bearer(wrong) };
    expect((await parley.call('GET', '/api/rooms/', { headers })).status).toBe(401);
  });

  it('has the user of the session, of its cookie or as a bearer token', async () => {
    const { user, token } = await newPerson();
    for (const headers of [bearer(token), cookieFrom(token, parley.origin)]) {
      const { status, body } = await parley.call('GET', '/api/auth/', { headers });
      expect([status, body]).toMatchObject([
        200,
        { mode: 'accounts', registration: 'open', user: { id: user.id } },
      ]);
      expect((await parley.call('GET', '/api/rooms/', { headers })).status).toBe(200);
    }
    expect((await parley.get('/api/auth/')).body).toMatchObject({ user: null });
  });

  it('may name the user of the session, and no other: not even one that does not exist', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    for (const [named, status] of [
      [a.user.id, 200],
      [b.user.id, 403],
      [999_999_999, 403],
    ] as const) {
      expect(await statusOf('GET', `/api/rooms/?active_user=${named}`, a.token)).toBe(status);
      expect(await statusOf('GET', `/api/rooms/${room.id}/?active_user=${named}`, a.token)).toBe(status);
      expect(await statusOf('GET', `/api/rooms/${room.id}/messages/?active_user=${named}`, a.token)).toBe(
        status,
      );
      const body = { text: 'hello', active_user_id: named };
      const sent = await statusOf('POST', `/api/rooms/${room.id}/messages/`, a.token, body);
      expect(sent).toBe(status === 200 ? 201 : 403);
      const created = { user_id: b.user.id, active_user_id: named };
      expect(await statusOf('POST', '/api/rooms/create/', a.token, created)).toBe(status);
    }
    const [{ count }] = (await parley.sql<{ count: string }>(
      'SELECT count(*) FROM messages WHERE room_id = $1',
      [room.id],
    )) as [{ count: string }];
    expect(Number(count)).toBe(1);
  });

  it('that names nobody acts as the user of the session, never as a member of the room', async () => {
    const [a, b, stranger] = [await newPerson(), await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const { body: message } = await parley.call<{ id: number }>('POST', `/api/rooms/${room.id}/messages/`, {
      body: { text: 'for b only' },
      headers: bearer(a.token),
    });
    expect(await statusOf('GET', `/api/rooms/${room.id}/messages/`, stranger.token)).toBe(404);
    for (const { token } of [stranger, a]) {
      await statusOf('POST', `/api/messages/${message.id}/read/`, token);
      const { body } = await parley.call<Room>('GET', `/api/rooms/${room.id}/`, { headers: bearer(b.token) });
      expect(body.unread_count).toBe(1);
    }
    expect(await statusOf('POST', `/api/messages/${message.id}/read/`, b.token)).toBe(200);
  });

  it('of simulation does not exist', async () => {
    const { token } = await newPerson();
    expect(await statusOf('POST', '/api/users/', token, { username: newName() })).toBe(405);
  });

  it('is refused to pages of other sites, and as a form or plain text', async () => {
    const { token } = await newPerson();
    const cookie = { Cookie: `parley_session=${token}` };
    const paths = ['login', 'register', 'logout', 'password'].map((name) => `/api/auth/${name}/`);
    for (const path of paths) {
      for (const Origin of ['https://evil.example', 'null', `${parley.origin}.evil.example`]) {
        const foreign = await parley.call('POST', path, { body: {}, headers: { ...cookie, Origin } });
        expect([path, Origin, foreign.status]).toEqual([path, Origin, 403]);
      }
      const site = { ...cookie, 'Sec-Fetch-Site': 'cross-site' };
      expect((await parley.call('POST', path, { body: {}, headers: site })).status).toBe(403);
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const headers = { ...cookie, 'Content-Type': type };
        const { status } = await parley.call('POST', path, { body: '{"username":"x"}', headers });
        expect([path, type, status]).toEqual([path, type, 415]);
      }
    }
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
  });
});

describe('the cookie of a session', () => {
  it('is for this host and for HTTP only, and lasts as long as the session may', async () => {
    const answer = await parley.post('/api/auth/register/', { username: newName(), password: PASSWORD });
    expect(answer.headers.get('Set-Cookie')).toMatch(
      /^parley_session=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const { headers } = await parley.call('POST', '/api/auth/logout/', { headers: bearer(tokenIn(answer)) });
    expect(headers.get('Set-Cookie')).toMatch(
      /^parley_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it('has the prefix __Host- and Secure over TLS, which only a trusted proxy can say', async () => {
    const proxied = await Parley.start(
      { AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off', TRUSTED_PROXIES: 'loopback' },
      parley.databaseUrl,
    );
    const headers = { 'X-Forwarded-Proto': 'https' };
    const register = (server: Parley) =>
      server.call('POST', '/api/auth/register/', {
        body: { username: newName(), password: PASSWORD },
        headers,
      });
    try {
      const answer = await register(proxied);
      expect(answer.headers.get('Set-Cookie')).toMatch(
        /^__Host-parley_session=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      const token = /parley_session=([\w-]+)/.exec(answer.headers.get('Set-Cookie') ?? '')?.[1];
      // Over TLS the plain name, which other sites can set, counts for nothing.
      const read = async (name: string, more: Record<string, string>) =>
        (await proxied.call('GET', '/api/rooms/', { headers: { Cookie: `${name}=${token}`, ...more } }))
          .status;
      expect(await read('__Host-parley_session', headers)).toBe(200);
      expect(await read('parley_session', headers)).toBe(401);
      expect(await read('__Host-parley_session', {})).toBe(401);
      expect((await register(parley)).headers.get('Set-Cookie')).toMatch(/^parley_session=/);
    } finally {
      await proxied.stop();
    }
  });
});

describe('a session', () => {
  it('is stored as a hash of its token', async () => {
    const { token, user } = await registered();
    const rows = await parley.sql<{ token_hash: Buffer }>(
      'SELECT token_hash FROM sessions WHERE user_id = $1',
      [user.id],
    );
    expect(rows).toEqual([{ token_hash: createHash('sha256').update(token).digest() }]);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const [dump] = await parley.sql<{ text: string }>(
      `SELECT (SELECT string_agg(s::text, ' ') FROM sessions s) || (SELECT string_agg(a::text, ' ') FROM accounts a) AS text`,
    );
    expect(dump?.text).not.toContain(token);
    expect(dump?.text).not.toContain(PASSWORD);
  });

  it('is in the list of its user, with its device and its address', async () => {
    const { user, token } = await newPerson();
    const other = await openSession(parley.databaseUrl, user.username);
    const list = async (as: string) =>
      (await parley.call<SessionInfo[]>('GET', '/api/auth/sessions/', { headers: bearer(as) })).body;
    expect((await list(token)).map(({ current }) => current).toSorted()).toEqual([false, true]);
    expect(await list(other)).toEqual(
      expect.arrayContaining([
        {
          id: expect.any(Number) as number,
          device: 'Test',
          ip: '192.0.2.1',
          created_at: expect.any(String) as string,
          last_used_at: expect.any(String) as string,
          current: true,
        },
      ]) as SessionInfo[],
    );
    const { body } = await parley.call<User>('POST', '/api/auth/register/', {
      body: { username: newName(), password: PASSWORD },
      headers: { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
    });
    const [stored] = await parley.sql('SELECT device, ip FROM sessions WHERE user_id = $1', [body.id]);
    expect(stored).toEqual({ device: 'Firefox on Linux', ip: '127.0.0.1' });
  });

  it('can be ended by its user and by nobody else', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const other = await openSession(parley.databaseUrl, a.user.username);
    const { body } = await parley.call<SessionInfo[]>('GET', '/api/auth/sessions/', {
      headers: bearer(a.token),
    });
    const { id } = body.find(({ current }) => !current)!;
    const foreign = await parley.call('DELETE', `/api/auth/sessions/${id}/`, { headers: bearer(b.token) });
    const missing = await parley.call('DELETE', '/api/auth/sessions/999999999/', {
      headers: bearer(b.token),
    });
    expect([foreign.status, foreign.body]).toEqual([404, missing.body]);
    expect(await statusOf('GET', '/api/rooms/', other)).toBe(200);
    expect(await statusOf('DELETE', `/api/auth/sessions/${id}/`, a.token)).toBe(204);
    expect(await statusOf('GET', '/api/rooms/', other)).toBe(401);
    expect(await statusOf('DELETE', `/api/auth/sessions/${id}/`, a.token)).toBe(404);
  });

  it('stays when its user ends all others', async () => {
    const { user, token } = await newPerson();
    const others = await Promise.all([1, 2].map(() => openSession(parley.databaseUrl, user.username)));
    const stranger = await newPerson();
    expect(await statusOf('DELETE', '/api/auth/sessions/', token)).toBe(204);
    for (const other of others) expect(await statusOf('GET', '/api/rooms/', other)).toBe(401);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
    expect(await statusOf('GET', '/api/rooms/', stranger.token)).toBe(200);
  });

  it('ends when its browser logs in again: every login has a new token', async () => {
    const { user, token } = await registered();
    const again = await parley.call('POST', '/api/auth/login/', {
      body: { username: user.username, password: PASSWORD },
      headers: cookieFrom(token, parley.origin),
    });
    expect(again.status).toBe(200);
    expect(tokenIn(again)).not.toBe(token);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(401);
    expect(await statusOf('GET', '/api/rooms/', tokenIn(again))).toBe(200);
  });

  it('is written at most once a minute, however often it is used', async () => {
    const { user, token } = await newPerson();
    const lastUsed = async () => {
      const sql = 'SELECT last_used_at FROM sessions WHERE user_id = $1';
      return (await parley.sql<{ last_used_at: Date }>(sql, [user.id]))[0]!.last_used_at.getTime();
    };
    const before = await lastUsed();
    for (let i = 0; i < 3; i++) await statusOf('GET', '/api/rooms/', token);
    expect(await lastUsed()).toBe(before);
    await parley.sql(`UPDATE sessions SET last_used_at = now() - interval '61 s' WHERE user_id = $1`, [
      user.id,
    ]);
    await statusOf('GET', '/api/rooms/', token);
    const deadline = Date.now() + 2_000;
    while ((await lastUsed()) < before && Date.now() < deadline) await sleep(20);
    expect(await lastUsed()).toBeGreaterThanOrEqual(before);
  });

  it('expires when it is not used, and however much it is used', async () => {
    for (const [column, days] of [
      ['last_used_at', 30],
      ['created_at', 180],
    ] as const) {
      const { user, token } = await newPerson();
      const age = (text: string) =>
        parley.sql(`UPDATE sessions SET ${column} = now() - $2::interval WHERE user_id = $1`, [
          user.id,
          text,
        ]);
      await age(`${days - 1} days 23 hours`);
      expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
      await age(`${days} days 1 second`);
      expect(await statusOf('GET', '/api/rooms/', token)).toBe(401);
      expect(await handshake('/ws/', [`Authorization: Bearer ${token}`])).toBe(401);
    }
  });

  it('of a disabled user is none', async () => {
    const { user, token } = await newPerson();
    await parley.sql('UPDATE accounts SET disabled_at = now() WHERE user_id = $1', [user.id]);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(401);
  });
});
