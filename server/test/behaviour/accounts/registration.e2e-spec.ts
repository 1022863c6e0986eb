import type { AuthInfo, Problem, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { hashOfToken, newToken } from '../../../src/auth/session-token.js';
import { Parley } from '../../support/parley.js';
import { bearer, openSession, tokenIn } from '../../support/sessions.js';

const PASSWORD = 'quiet violet harbour';

let open: Parley;
let byInvite: Parley;
let closed: Parley;
beforeAll(async () => {
  const settings = { AUTH_MODE: 'accounts', RATE_LIMIT: 'off' };
  open = await Parley.start({ ...settings, REGISTRATION: 'open' });
  byInvite = await Parley.start(settings, open.databaseUrl);
  closed = await Parley.start({ ...settings, REGISTRATION: 'closed' }, open.databaseUrl);
});
afterAll(async () => {
  for (const parley of [closed, byInvite, open]) await parley.stop();
});

const newName = () => `n${randomUUID().slice(0, 13)}`;

const register = <Body = Problem>(parley: Parley, fields: Record<string, unknown> = {}) =>
  parley.post<Body>('/api/auth/register/', { username: newName(), password: PASSWORD, ...fields });

const policy = async (parley: Parley) => (await parley.get<AuthInfo>('/api/auth/')).body.registration;

/** The status, and the fields that are wrong. */
async function outcome(parley: Parley, fields: Record<string, unknown>): Promise<unknown[]> {
  const { status, body } = await register(parley, fields);
  return [status, ...(body.errors ?? []).map(({ field }) => field)];
}

async function newInvite(uses = 1, validFor = '1 day', isSetUp = false): Promise<string> {
  const code = newToken();
  await open.sql(
    'INSERT INTO invites (code_hash, max_uses, expires_at, is_set_up) VALUES ($1, $2, now() + $3::interval, $4)',
    [hashOfToken(code), uses, validFor, isSetUp],
  );
  return code;
}

describe('a registration', () => {
  it('makes a user, who is logged in', async () => {
    const username = newName();
    const answer = await register<User>(open, { username, display_name: '  Frida 🌻 ' });
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        id: expect.any(Number) as number,
        username,
        display_name: 'Frida 🌻',
        online: false,
        last_seen: null,
      },
    ]);
    const { body } = await open.call<AuthInfo>('GET', '/api/auth/', { headers: bearer(tokenIn(answer)) });
    expect(body.user).toEqual(answer.body);
  });

  it('is possible for everyone, with an invite, or for nobody, as the server says', async () => {
    expect([await policy(open), await policy(byInvite), await policy(closed)]).toEqual([
      'open',
      'invite',
      'closed',
    ]);
    expect(await outcome(open, {})).toEqual([201]);
    expect(await outcome(byInvite, {})).toEqual([403, 'invite']);
    expect(await outcome(byInvite, { invite: newToken() })).toEqual([403, 'invite']);
    expect(await outcome(byInvite, { invite: await newInvite() })).toEqual([201]);
    expect(await outcome(closed, {})).toEqual([403]);
    expect(await outcome(closed, { invite: await newInvite() })).toEqual([403, 'invite']);
  });

  it('counts the uses of an invite, also when they come at once, and only those that succeed', async () => {
    const invite = await newInvite(2);
    expect(await outcome(byInvite, { invite, username: 'alice' })).toEqual([409, 'username']);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => outcome(byInvite, { invite })));
    expect(outcomes.map(([status]) => status).toSorted()).toEqual([201, 201, 403, 403, 403, 403]);
    expect(await outcome(byInvite, { invite: await newInvite(1, '-1 second') })).toEqual([403, 'invite']);
  });

  it('with the set-up invite is for the first account only', async () => {
    const fresh = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'closed', RATE_LIMIT: 'off' });
    try {
      await fresh.sql('DELETE FROM sessions; DELETE FROM accounts');
      const code = newToken();
      const sql = `INSERT INTO invites (code_hash, max_uses, expires_at, is_set_up) VALUES ($1, 5, now() + interval '1 day', true)`;
      await fresh.sql(sql, [hashOfToken(code)]);
      expect(await outcome(fresh, { invite: code })).toEqual([201]);
      expect(await outcome(fresh, { invite: code })).toEqual([403, 'invite']);
    } finally {
      await fresh.stop();
    }
  });

  it('is limited to so many in an hour from one address', async () => {
    const limited = await Parley.start(
      { AUTH_MODE: 'accounts', REGISTRATION: 'open', REGISTRATIONS_PER_HOUR: '3' },
      open.databaseUrl,
    );
    try {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) {
        const { status, headers } = await limited.call('POST', '/api/auth/register/', {
          body: { username: newName(), password: PASSWORD },
          headers: { 'X-Forwarded-For': `192.0.2.${i}` },
        });
        statuses.push(status);
        if (status === 429) expect(Number(headers.get('Retry-After'))).toBeGreaterThan(3_500);
      }
      expect(statuses).toEqual([201, 201, 201, 429, 429]);
    } finally {
      await limited.stop();
    }
  });
});

describe('a username', () => {
  it('is refused when it is taken or looks like one that is, whatever its case', async () => {
    const id = randomUUID().slice(0, 4).replaceAll(/[015]/g, 'x');
    expect(await outcome(open, { username: `mirnowl.${id}` })).toEqual([201]);
    for (const double of [
      'MirNowl.',
      'mirnow1.',
      'mirnowI-',
      'mimowl.',
      'mirn0wl',
      'mirnovvl_',
      'm1rnowl.',
      'mir.nowl.',
    ]) {
      expect([double, ...(await outcome(open, { username: double + id }))]).toEqual([
        double,
        409,
        'username',
      ]);
    }
    expect(await outcome(open, { username: `mirnowk.${id}` })).toEqual([201]);
  });

  it('is refused when a user of simulation has it', async () => {
    expect(await outcome(open, { username: 'ALICE' })).toEqual([409, 'username']);
  });

  it('has only letters, digits and three signs', async () => {
    for (const username of [
      '',
      '.x',
      'a b',
      'ünal',
      'аlice',
      'x'.repeat(33),
      'a\0b',
      'a\u200bb',
      null,
      {},
      1,
    ]) {
      expect([username, ...(await outcome(open, { username }))]).toEqual([username, 400, 'username']);
    }
  });
});

describe('a password', () => {
  it('has 8 to 128 characters of any kind', async () => {
    for (const password of [
      '1234567',
      '🌻'.repeat(7),
      'x'.repeat(129),
      '',
      null,
      12345678,
      ['x'.repeat(8)],
    ]) {
      expect([password, ...(await outcome(open, { password }))]).toEqual([password, 400, 'password']);
    }
    for (const password of [
      '        ',
      '🌻'.repeat(8),
      'x'.repeat(128),
      '🌻'.repeat(128),
      'zzzz zzz',
      'a\0bcdefgh',
    ]) {
      expect([password, ...(await outcome(open, { password }))]).toEqual([password, 201]);
    }
  });

  it('is none of the most common ones, and not the username', async () => {
    for (const password of ['password', 'Password1', 'QWERTYUIOP', '12345678', 'iloveyou1']) {
      expect([password, ...(await outcome(open, { password }))]).toEqual([password, 400, 'password']);
    }
    const username = newName();
    expect(await outcome(open, { username, password: username.toUpperCase() })).toEqual([400, 'password']);
  });
});

describe('the display name', () => {
  it('has something to see, and nothing that disturbs the text around it', async () => {
    for (const display_name of ['', '   ', '\u200b', 'a\nb', 'a\u202eb', 'a\0b', 'x'.repeat(65), 1]) {
      expect([display_name, ...(await outcome(open, { display_name }))]).toEqual([
        display_name,
        400,
        'display_name',
      ]);
    }
  });
});

describe('unknown fields of a body', () => {
  it('are refused', async () => {
    expect(await outcome(open, { is_admin: true })).toEqual([400, 'is_admin']);
  });
});

describe('the search for users', () => {
  it('finds the people of my chats by any part, and strangers by the beginning of their username', async () => {
    const id = `q${randomUUID().slice(0, 6)}`;
    const names = [
      'me',
      'friend',
      'empty',
      ...Array.from({ length: 25 }, (_, i) => `s${String(i).padStart(2, '0')}`),
    ];
    const tokens = new Map<string, string>();
    const ids = new Map<string, number>();
    for (const name of names) {
      const token = await openSession(open.databaseUrl, `${id}-${name}`);
      tokens.set(name, token);
      const { body } = await open.call<AuthInfo>('GET', '/api/auth/', { headers: bearer(token) });
      ids.set(name, body.user!.id);
    }
    const headers = bearer(tokens.get('me')!);
    const create = async (name: string) =>
      (
        await open.call<{ id: number }>('POST', '/api/rooms/create/', {
          body: { user_id: ids.get(name) },
          headers,
        })
      ).body.id;
    await open.call('POST', `/api/rooms/${await create('friend')}/messages/`, {
      body: { text: 'hello' },
      headers,
    });
    await create('empty');
    const find = async (search: string, more = '') => {
      const { body } = await open.call<User[]>('GET', `/api/users/?search=${search}${more}`, { headers });
      return body.map(({ username }) => username.replace(`${id}-`, ''));
    };
    expect(await find('')).toEqual(['friend']);
    expect(await find('rie')).toEqual(['friend']);
    expect(await find(id.slice(0, 2))).not.toContain('s00');
    expect(await find(`${id}-s1`)).toEqual(Array.from({ length: 10 }, (_, i) => `s1${i}`));
    expect(await find(`${id.toUpperCase()}-S03`)).toEqual(['s03']);
    expect(await find('-s03')).toEqual([]);
    const found = await find(`${id}-`);
    expect(found).toHaveLength(21);
    expect([found[0], found.includes('me')]).toEqual(['friend', false]);
    expect(await find(`${id}-`, '&limit=5')).toHaveLength(5);
    expect(await find('%25%25%25')).toEqual([]);
    expect(await find('___')).toEqual([]);
    await open.sql('UPDATE accounts SET disabled_at = now() WHERE user_id = $1', [ids.get('s03')]);
    expect(await find(`${id}-s03`)).toEqual([]);
    // Users of simulation have no account.
    expect(await find('alice')).toEqual([]);
  });
});
