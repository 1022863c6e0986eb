import {
  CLIENT_FRAME_SCOPES,
  MAX_ACCESS_TOKENS,
  type AccessTokenInfo,
  type CreatedAccessToken,
  type Problem,
} from '@parley/shared';
import { Client } from 'pg';
import { Parley } from '../../support/parley.js';
import { accountTools, PASSWORD } from '../../support/accounts.js';
import { hashOfRows } from '../../support/rows.js';
import { bearer, openSession, tokenIn } from '../../support/sessions.js';

const SETTINGS = { AUTH_MODE: 'accounts', REGISTRATION: 'open' };

let parley: Parley;
/** The same database, with the limits on. */
let limited: Parley;
beforeAll(async () => {
  parley = await Parley.start({ ...SETTINGS, RATE_LIMIT: 'off' });
  limited = await Parley.start(SETTINGS, parley.databaseUrl);
});
afterAll(async () => {
  await limited.stop();
  await parley.stop();
});

const { newPerson, registered, accessToken, roomOf, statusOf, open, handshake } = accountTools(() => parley);

const create = (token: string, body: unknown, server = parley) =>
  server.call<CreatedAccessToken & Problem>('POST', '/api/auth/tokens/', { body, headers: bearer(token) });

const listOf = async (token: string) =>
  (await parley.call<AccessTokenInfo[]>('GET', '/api/auth/tokens/', { headers: bearer(token) })).body;

describe('an access token', () => {
  it('is sent once, stored as a hash, and listed with where it was used last', async () => {
    const { user, token: session } = await newPerson();
    const { token, ...made } = await accessToken({ token: session }, ['read'], { name: '  Wall display ' });
    expect(made).toEqual({
      id: expect.any(Number) as number,
      name: 'Wall display',
      scopes: ['read'],
      created_at: expect.any(String) as string,
      expires_at: null,
      last_used_at: null,
      device: null,
      ip: null,
    });
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await listOf(session)).toEqual([made]);
    const [row] = await parley.sql<{ row: string }>(
      'SELECT t::text AS row FROM access_tokens t WHERE user_id = $1',
      [user.id],
    );
    expect(row?.row).not.toContain(token);

    const headers = { ...bearer(token), 'User-Agent': 'display/1.0 (Linux)' };
    const { body } = await parley.call('GET', '/api/auth/', { headers });
    expect(body).toMatchObject({ user: { id: user.id } });
    const deadline = Date.now() + 2_000;
    while ((await listOf(session))[0]?.last_used_at === null && Date.now() < deadline);
    const [used] = await listOf(session);
    expect(used).toMatchObject({ device: 'display on Linux', ip: '127.0.0.1' });
    expect(Date.now() - Date.parse(used?.last_used_at ?? '')).toBeLessThan(10_000);
  });

  it('proves its user by Authorization only, never as a cookie of its own', async () => {
    const { token } = await accessToken(await newPerson());
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
    expect(await handshake(`/ws/?token=${token}`, [])).toBe(401);
    expect(await statusOf('GET', `/api/rooms/?access_token=${token}`, null)).toBe(401);
  });

  it.each<[unknown, string]>([
    [{ scopes: ['read'] }, 'name'],
    [{ name: '', scopes: ['read'] }, 'name'],
    [{ name: ' \u200b ', scopes: ['read'] }, 'name'],
    [{ name: 'a\u202eb', scopes: ['read'] }, 'name'],
    [{ name: 'x'.repeat(65), scopes: ['read'] }, 'name'],
    [{ name: 'x' }, 'scopes'],
    [{ name: 'x', scopes: 'read' }, 'scopes'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['write'] }, 'scopes'],
    [{ name: 'x', scopes: ['read', 'admin'] }, 'scopes'],
    [{ name: 'x', scopes: ['read', 'read'] }, 'scopes'],
    [{ name: 'x', scopes: ['read'], expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ name: 'x', scopes: ['read'], expires_at: '2999-02-30T00:00:00Z' }, 'expires_at'],
    [{ name: 'x', scopes: ['read'], expires_at: '2999-01-01T00:00:00+01:00' }, 'expires_at'],
    [{ name: 'x', scopes: ['read'], expires_at: 1 }, 'expires_at'],
    [{ name: 'x', scopes: ['read'], user_id: 1 }, 'user_id'],
  ])('is not created from %j: the problem names %s', async (body, field) => {
    const { token } = await newPerson();
    const answer = await create(token, body);
    expect([answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    expect(await listOf(token)).toEqual([]);
  });

  it('of another user is answered like one that does not exist', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const { id, token } = await accessToken(a);
    const [foreign, missing] = [id, 999_999_999].map((which) =>
      parley.call('DELETE', `/api/auth/tokens/${which}/`, { headers: bearer(b.token) }),
    );
    expect([(await foreign!).status, (await foreign!).body]).toEqual([404, (await missing!).body]);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
    // Nor is a session deleted by this way, or a token by that of sessions.
    const [session] = await parley.sql<{ id: number }>('SELECT id FROM sessions WHERE user_id = $1', [
      a.user.id,
    ]);
    expect(await statusOf('DELETE', `/api/auth/tokens/${session?.id}/`, a.token)).toBe(404);
    expect(await statusOf('DELETE', `/api/auth/sessions/${id}/`, a.token)).toBe(404);
    expect(await listOf(b.token)).toEqual([]);
  });

  it('is one of at most twenty, also when many are created at once', async () => {
    const { token } = await newPerson();
    const body = { name: 'x', scopes: ['read'] };
    const statuses = (await Promise.all(Array.from({ length: 40 }, () => create(token, body)))).map(
      ({ status }) => status,
    );
    expect(new Set(statuses)).toEqual(new Set([201, 409]));
    const kept = await listOf(token);
    expect(kept.length).toBe(statuses.filter((status) => status === 201).length);
    while ((await listOf(token)).length < MAX_ACCESS_TOKENS) await accessToken({ token });
    expect((await create(token, body)).body.code).toBe('conflict');
    expect(await statusOf('DELETE', `/api/auth/tokens/${kept[0]?.id}/`, token)).toBe(204);
    expect((await create(token, body)).status).toBe(201);
  });

  it('cannot be created in a row without end', async () => {
    const { token } = await newPerson();
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      statuses.push((await create(token, { name: 'x', scopes: ['read'] }, limited)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(201), 429, 429]);
  });
});

describe('an access token without write', () => {
  it('reads by every call, and changes nothing by any', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await roomOf(b, a);
    const { body: message } = await parley.call<{ id: number }>('POST', `/api/rooms/${room.id}/messages/`, {
      body: { text: 'hello' },
      headers: bearer(b.token),
    });
    const { token } = await accessToken(a, ['read']);
    for (const path of ['rooms', `rooms/${room.id}`, `rooms/${room.id}/messages`, 'users', 'version']) {
      expect([path, await statusOf('GET', `/api/${path}/`, token)]).toEqual([path, 200]);
    }
    const before = await hashOfRows(parley);
    for (const [path, body] of [
      [`/api/rooms/${room.id}/messages/`, { text: 'no' }],
      [`/api/messages/${message.id}/read/`, undefined],
      ['/api/rooms/create/', { user_id: b.user.id }],
      ['/api/nothing/', undefined],
    ] as const) {
      const answer = await parley.call('POST', path, { body, headers: bearer(token) });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden']);
      expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer error="insufficient_scope"');
    }
    expect(await hashOfRows(parley)).toBe(before);
    const { token: writing } = await accessToken(a);
    expect(await statusOf('POST', `/api/messages/${message.id}/read/`, writing)).toBe(200);
    expect(await statusOf('POST', `/api/rooms/${room.id}/messages/`, writing, { text: 'yes' })).toBe(201);
  });

  it('receives on both sockets, and sends no frame that changes something', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await roomOf(b, a);
    const theirs = await open(b.token);
    const { body: message } = await parley.call<{ id: number }>('POST', `/api/rooms/${room.id}/messages/`, {
      body: { text: 'first' },
      headers: bearer(b.token),
    });
    const { token } = await accessToken(a, ['read']);
    const ofMessage: Record<string, object> = {
      edit: { message_id: message.id, text: 'no' },
      delete: { message_id: message.id },
      react: { message_id: message.id, emoji: '👍', on: true },
    };
    const ofRoom: Record<string, object> = {
      message: { text: 'no' },
      read: { seq: 1 },
      delivered: { seq: 1 },
      sync: { rooms: {} },
    };
    for (const [path, room_id] of [
      ['/ws/', { room_id: room.id }],
      [`/ws/chat/${room.id}/`, {}],
    ] as const) {
      const socket = await open(token, path);
      await theirs.settled();
      const [rows, frames] = [await hashOfRows(parley), theirs.frames.length];
      for (const [type, scope] of Object.entries(CLIENT_FRAME_SCOPES)) {
        if (scope === 'read') continue;
        const fields = ofMessage[type] ?? { ...room_id, ...ofRoom[type] };
        const answer = await socket.ask({ type, ...fields });
        expect([type, answer]).toEqual([
          type,
          {
            type: 'error',
            code: 'forbidden',
            ref: expect.anything() as unknown,
            message: 'The personal access token lacks the scope write.',
          },
        ]);
      }
      expect(await hashOfRows(parley)).toBe(rows);
      await theirs.settled();
      // `settled` itself makes one error.
      expect(theirs.frames.slice(frames).map(({ type }) => type)).toEqual(['error']);
      expect(await socket.ask({ type: 'ping' })).toMatchObject({ type: 'ack' });
      if (path === '/ws/')
        expect(await socket.ask({ type: 'sync', rooms: {} })).toMatchObject({ type: 'ack' });
      await theirs.ask({ type: 'message', room_id: room.id, text: 'second' });
      expect(await socket.next('message')).toMatchObject({ message: { text: 'second' } });
    }
    const writing = await open((await accessToken(a)).token);
    expect(await writing.ask({ type: 'message', room_id: room.id, text: 'yes' })).toMatchObject({
      type: 'ack',
    });
  });
});

describe('an access token with every scope', () => {
  it('manages no token, session, password or account', async () => {
    const person = await newPerson();
    const { id, token } = await accessToken(person);
    const { body: document } = await parley.call<{
      paths: Record<string, Record<string, { security?: unknown[]; 'x-scope'?: string }>>;
    }>('GET', '/api/openapi.json', { headers: bearer(token) });
    const refused: string[] = [];
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security, 'x-scope': scope }] of Object.entries(methods)) {
        const isSessionOnly = scope === 'session';
        const isOfAccount = (method === 'delete' && path === '/api/me/') || path === '/api/me/export/';
        const isOfAuth = path.startsWith('/api/auth/') && security?.length !== 0;
        // A subscription ends with the session of its browser.
        const isOfBrowser = path.startsWith('/api/me/push-subscriptions/');
        expect([path, isSessionOnly]).toEqual([path, isOfAuth || isOfAccount || isOfBrowser]);
        if (!isSessionOnly) continue;
        const url = path.replace(/\{\w+\}/g, String(id));
        const answer = await parley.call(method.toUpperCase(), url, {
          ...(method === 'get' ? {} : { body: {} }),
          headers: bearer(token),
        });
        expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden']);
        refused.push(`${method} ${path}`);
      }
    }
    expect(refused.length).toBeGreaterThan(7);
    expect(await listOf(person.token)).toHaveLength(1);
  });

  it('is not a session that a login replaces', async () => {
    const person = await registered();
    const { token } = await accessToken(person);
    const answer = await parley.call('POST', '/api/auth/login/', {
      body: { username: person.user.username, password: PASSWORD },
      headers: bearer(token),
    });
    expect(answer.status).toBe(200);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
    expect(await statusOf('GET', '/api/auth/sessions/', tokenIn(answer))).toBe(200);
  });
});

/** Ends the token, and takes the time until its sockets are closed. */
async function expectEnds(person: { token: string }, end: (id: number) => Promise<unknown>): Promise<void> {
  const [ended, other] = [await accessToken(person), await accessToken(await newPerson())];
  const [socket, kept] = [await open(ended.token), await open(other.token)];
  const start = performance.now();
  await end(ended.id);
  expect(await socket.closed).toMatchObject({ code: 4401 });
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(await statusOf('GET', '/api/rooms/', ended.token)).toBe(401);
  expect(await handshake('/ws/', [`Authorization: Bearer ${ended.token}`])).toBe(401);
  await kept.settled();
}

describe('an access token ends', () => {
  it('when it is deleted', async () => {
    const person = await newPerson();
    const own = await open(person.token);
    await expectEnds(person, (id) => statusOf('DELETE', `/api/auth/tokens/${id}/`, person.token));
    await own.settled();
  });

  it('when the password changes', async () => {
    const person = await registered();
    await expectEnds(person, () =>
      statusOf('POST', '/api/auth/password/', person.token, {
        current_password: PASSWORD,
        new_password: 'another quiet harbour',
      }),
    );
  });

  it('when its user is disabled or has no account any more', async () => {
    for (const sql of [
      'UPDATE accounts SET disabled_at = now() WHERE user_id = $1',
      'DELETE FROM accounts WHERE user_id = $1',
    ]) {
      const person = await newPerson();
      const { token } = await accessToken(person);
      await parley.sql(sql, [person.user.id]);
      expect(await statusOf('GET', '/api/rooms/', token)).toBe(401);
    }
  });

  it('at the moment when it expires, sockets included', async () => {
    const person = await newPerson();
    const expires_at = new Date(Date.now() + 2_000).toISOString();
    const { token } = await accessToken(person, ['read'], { expires_at });
    const socket = await open(token);
    expect(await socket.closed).toMatchObject({ code: 4401 });
    const late = Date.now() - Date.parse(expires_at);
    expect(Math.abs(late)).toBeLessThan(1_000);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(401);
    // It is still listed, so that its user sees why the program stopped.
    expect(await listOf(person.token)).toMatchObject([{ expires_at }]);
  });

  it('but not when the sessions of its user end', async () => {
    const person = await newPerson();
    const { token } = await accessToken(person);
    await openSession(parley.databaseUrl, person.user.username);
    expect(await statusOf('DELETE', '/api/auth/sessions/', person.token)).toBe(204);
    expect(await statusOf('POST', '/api/auth/logout/', person.token)).toBe(204);
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(200);
  });

  it('also when it is created while the password changes on another device', async () => {
    const person = await registered();
    const intruder = await openSession(parley.databaseUrl, person.user.username);
    const body = { current_password: PASSWORD, new_password: 'another quiet harbour' };
    const changed = statusOf('POST', '/api/auth/password/', person.token, body);
    let creations = 0;
    let isChanged = false;
    void changed.then(() => (isChanged = true));
    while (!isChanged) {
      const { status } = await create(intruder, { name: 'x', scopes: ['read', 'write'] });
      creations += Number(status === 201);
    }
    expect(await changed).toBe(204);
    expect(creations).toBeGreaterThan(0);
    const left = await parley.sql('SELECT id FROM access_tokens WHERE user_id = $1', [person.user.id]);
    expect(left).toEqual([]);
  });

  it('also when its creation is committed while the change of the password waits for it', async () => {
    const person = await registered();
    const { id } = person.user;
    const client = new Client({ connectionString: parley.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN');
      // As the creation does.
      await client.query('SELECT FROM accounts WHERE user_id = $1 FOR SHARE', [id]);
      await client.query(
        `INSERT INTO access_tokens (id, token_hash, user_id, name, scopes)
         VALUES (nextval('sessions_id_seq'), '', $1, 'x', '{read}')`,
        [id],
      );
      const body = { current_password: PASSWORD, new_password: 'another quiet harbour' };
      const changed = statusOf('POST', '/api/auth/password/', person.token, body);
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      const deadline = Date.now() + 5_000;
      while ((await client.query(waiting)).rowCount === 0 && Date.now() < deadline);
      await client.query('COMMIT');
      expect(await changed).toBe(204);
    } finally {
      await client.end();
    }
    expect(await parley.sql('SELECT id FROM access_tokens WHERE user_id = $1', [id])).toEqual([]);
  });

  it('when the account is deleted', async () => {
    const person = await registered();
    await expectEnds(person, () => statusOf('DELETE', '/api/me/', person.token, { password: PASSWORD }));
  });
});
