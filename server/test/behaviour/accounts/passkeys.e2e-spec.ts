import {
  MAX_PASSKEYS,
  type LoginMethods,
  type Passkey,
  type PasskeyCredential,
  type User,
} from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Admin } from '../../../src/admin/admin.js';
import { Database } from '../../../src/database/database.js';
import { hashOfToken, newToken } from '../../../src/auth/session-token.js';
import { accountTools, newName, PASSWORD, type Person } from '../../support/accounts.js';
import { Authenticator, type Lies, type Options } from '../../support/authenticator.js';
import { Parley, type Answer } from '../../support/parley.js';
import { bearer, tokenIn } from '../../support/sessions.js';

const PAGE = 'http://localhost:5173';
const OTHER_PAGE = 'https://chat.example.com';
const SETTINGS = {
  AUTH_MODE: 'accounts',
  REGISTRATION: 'open',
  RATE_LIMIT: 'off',
  ALLOWED_ORIGINS: `${PAGE},${OTHER_PAGE}`,
};

let parley: Parley;
let second: Parley;
beforeAll(async () => {
  parley = await Parley.start(SETTINGS);
  second = await Parley.start(SETTINGS, parley.databaseUrl);
});
afterAll(async () => {
  await second.stop();
  await parley.stop();
});
const { registered } = accountTools(() => parley);

interface At {
  token?: string;
  page?: string;
  server?: Parley;
}

function post<Body>(path: string, body: unknown, { token, page = PAGE, server = parley }: At = {}) {
  return server.call<Body>('POST', `/api/auth/passkeys/${path}`, {
    ...(body === undefined ? {} : { body }),
    headers: { Origin: page, ...(token === undefined ? {} : bearer(token)) },
  });
}

async function begin(path: string, at: At = {}, body?: unknown): Promise<Options> {
  const { status, body: options } = await post<Options>(`${path}options/`, body, at);
  expect(status).toBe(200);
  return options;
}

/** Adds a passkey to an account. */
async function addTo(
  { token }: Person,
  page = PAGE,
): Promise<{ authenticator: Authenticator; passkey: Passkey }> {
  const authenticator = new Authenticator(page);
  const credential = authenticator.create(await begin('', { token, page }));
  const { status, body } = await post<Passkey>('', { credential }, { token, page });
  expect(status).toBe(201);
  return { authenticator, passkey: body };
}

async function registerWith(authenticator: Authenticator, fields: object = {}, at: At = {}) {
  const options = await begin('register/', at, { username: newName(), ...fields });
  return post<User>('register/', { credential: authenticator.create(options) }, at);
}

async function logInWith(authenticator: Authenticator, lies: Lies = {}, at: At = {}): Promise<Answer<User>> {
  const options = await begin('login/', at);
  return post<User>('login/', { credential: authenticator.get(options, lies) }, at);
}

const methods = async ({ token }: { token: string }) =>
  (await parley.call<LoginMethods>('GET', '/api/auth/passkeys/', { headers: bearer(token) })).body;

const remove = async ({ token }: { token: string }, id: number) =>
  (await parley.call('DELETE', `/api/auth/passkeys/${id}/`, { headers: bearer(token) })).status;

const forgetProof = ({ user }: Person) =>
  parley.sql(`UPDATE sessions SET proved_at = now() - interval '11 minutes' WHERE user_id = $1`, [user.id]);

describe('a passkey', () => {
  it('logs its user in without a username, on any server, and only once for each challenge', async () => {
    const person = await registered();
    const { authenticator, passkey } = await addTo(person);
    expect(passkey).toMatchObject({ host: 'localhost', is_synced: false, last_used_at: null });
    const options = await begin('login/', { server: second });
    expect(options).not.toHaveProperty('allowCredentials');
    const credential = authenticator.get(options);
    const answer = await post<User>('login/', { credential });
    expect([answer.status, answer.body.id]).toEqual([200, person.user.id]);
    expect(tokenIn(answer)).not.toBe(person.token);
    expect((await post('login/', { credential })).status).toBe(401);
    const { passkeys, has_password } = await methods(person);
    expect(passkeys).toEqual([{ ...passkey, last_used_at: expect.any(String) as string }]);
    expect(has_password).toBe(true);
  });

  it('replaces the session of the request', async () => {
    const person = await registered();
    const { authenticator } = await addTo(person);
    const answer = await logInWith(authenticator, {}, { token: person.token });
    expect(answer.status).toBe(200);
    expect((await parley.call('GET', '/api/auth/sessions/', { headers: bearer(person.token) })).status).toBe(
      401,
    );
  });

  it.each<[string, Lies]>([
    ['of a page of another origin', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://localhost:5174' }],
    ['for another site', { rpId: 'evil.example' }],
    ['without verification of the user', { isUserVerified: false }],
    ['with a wrong signature', { isForged: true }],
    ['whose count of uses does not grow', { signCount: 1 }],
    ['with the handle of another user', { userHandle: 'AAAA' }],
    ['for a challenge that nobody asked for', { challenge: newToken() }],
  ])('does not log in with an answer %s', async (_what, lies) => {
    const { authenticator } = await addTo(await registered());
    expect((await logInWith(authenticator)).status).toBe(200);
    expect((await logInWith(authenticator, lies)).status).toBe(401);
  });

  it('does not log in when its challenge has expired, is for something else, or is of another page', async () => {
    const person = await registered();
    const { token } = person;
    const { authenticator } = await addTo(person);
    const late = authenticator.get(await begin('login/'));
    await parley.sql(`UPDATE passkey_challenges SET expires_at = now() - interval '1 second'`);
    expect((await post('login/', { credential: late })).status).toBe(401);
    const proof = authenticator.get(await begin('proof/', { token }));
    expect((await post('login/', { credential: proof })).status).toBe(401);
    const other = authenticator.get(await begin('login/', { page: OTHER_PAGE }), { rpId: 'localhost' });
    expect((await post('login/', { credential: other })).status).toBe(401);
    expect((await post('login/', { credential: other }, { page: OTHER_PAGE })).status).toBe(401);
    const [{ left }] = (await parley.sql<{ left: number }>(
      `SELECT count(*)::int AS left FROM passkey_challenges WHERE expires_at < now()`,
    )) as [{ left: number }];
    expect(left).toBe(0);
  });

  it('does not log in when it is unknown, removed, or its user is disabled', async () => {
    expect((await logInWith(new Authenticator(PAGE))).status).toBe(401);
    const person = await registered();
    const { authenticator, passkey } = await addTo(person);
    await parley.sql('UPDATE accounts SET disabled_at = now() WHERE user_id = $1', [person.user.id]);
    expect((await logInWith(authenticator)).status).toBe(401);
    await parley.sql('UPDATE accounts SET disabled_at = NULL WHERE user_id = $1', [person.user.id]);
    expect(await remove(person, passkey.id)).toBe(204);
    expect((await logInWith(authenticator)).status).toBe(401);
  });

  it('works at the host where it was made, and at no other of the server', async () => {
    const person = await registered();
    const { authenticator, passkey } = await addTo(person, OTHER_PAGE);
    expect(passkey.host).toBe('chat.example.com');
    expect((await logInWith(authenticator, {}, { page: OTHER_PAGE })).status).toBe(200);
    expect((await logInWith(authenticator, { origin: PAGE, rpId: 'localhost' })).status).toBe(401);
  });

  it('is not possible where the page is opened by an IP address', async () => {
    const answer = await post<{ code: string }>('login/options/', undefined, { page: parley.origin });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });

  it('reveals no user id to the authenticator', async () => {
    const person = await registered();
    const first = await begin('', { token: person.token });
    expect(Buffer.from(first.user!.id, 'base64url')).toHaveLength(32);
    expect((await begin('', { token: person.token })).user!.id).toBe(first.user!.id);
    expect((await begin('', { token: (await registered()).token })).user!.id).not.toBe(first.user!.id);
  });
});

describe('adding a passkey', () => {
  it('needs a fresh proof of the password or of another passkey', async () => {
    const person = await registered();
    const { token } = person;
    const { authenticator } = await addTo(person);
    await forgetProof(person);
    const refused = await post<{ code: string }>('options/', undefined, { token });
    expect([refused.status, refused.body.code]).toEqual([403, 'proof_required']);
    const prove = (password: string) =>
      parley.call('POST', '/api/auth/proof/', { body: { password }, headers: bearer(token) });
    expect((await prove('not the password')).status).toBe(403);
    expect((await post('options/', undefined, { token })).status).toBe(403);
    expect((await prove(PASSWORD)).status).toBe(204);
    expect((await post('options/', undefined, { token })).status).toBe(200);
    await forgetProof(person);
    const credential = authenticator.get(await begin('proof/', { token }));
    expect((await post('proof/', { credential }, { token })).status).toBe(204);
    expect((await post('options/', undefined, { token })).status).toBe(200);
  });

  it('takes no proof by the passkey of another user, or for another session', async () => {
    const [person, other] = [await registered(), await registered()];
    const { authenticator } = await addTo(other);
    await forgetProof(person);
    const at = { token: person.token };
    const foreign = authenticator.get(await begin('proof/', at));
    expect((await post('proof/', { credential: foreign }, at)).status).toBe(403);
    const forAddition = authenticator.get(await begin('', { token: other.token }), { rpId: 'localhost' });
    const elsewhere = await post('proof/', { credential: forAddition }, { token: other.token });
    expect(elsewhere.status).toBe(403);
    const ofOther = authenticator.get(await begin('proof/', { token: other.token }));
    expect((await post('proof/', { credential: ofOther }, at)).status).toBe(403);
    expect((await post('options/', undefined, at)).status).toBe(403);
  });

  it('is refused in another session, at another origin, twice, and without verification of the user', async () => {
    const [person, other] = [await registered(), await registered()];
    const at = { token: person.token };
    const authenticator = new Authenticator(PAGE);
    const credential = authenticator.create(await begin('', at));
    expect((await post('', { credential }, { token: other.token })).status).toBe(403);
    expect((await post('', { credential }, { ...at, page: OTHER_PAGE })).status).toBe(403);
    expect((await post('', { credential, name: ' Phone ' }, at)).status).toBe(201);
    expect((await post('', { credential }, at)).status).toBe(403);
    const again = authenticator.create(await begin('', { token: other.token }));
    expect((await post('', { credential: again }, { token: other.token })).status).toBe(409);
    const evil = new Authenticator(PAGE).create(await begin('', at), { origin: 'https://evil.example' });
    expect((await post('', { credential: evil }, at)).status).toBe(403);
    const careless = new Authenticator(PAGE).create(await begin('', at), { isUserVerified: false });
    expect((await post('', { credential: careless }, at)).status).toBe(403);
    expect((await methods(person)).passkeys.map(({ name }) => name)).toEqual(['Phone']);
  });

  it('is possible so many times, also when they come at once', async () => {
    const person = await registered();
    const at = { token: person.token };
    await parley.sql(
      `INSERT INTO passkeys (user_id, credential_id, public_key, sign_count, transports, rp_id, name, is_synced)
       SELECT $1::bigint, sha256(($1::bigint || ':' || n)::bytea), '', 0, '{}', 'localhost', 'Many', false FROM generate_series(1, $2) n`,
      [person.user.id, MAX_PASSKEYS - 2],
    );
    const credentials: PasskeyCredential[] = [];
    for (let i = 0; i < 4; i++) credentials.push(new Authenticator(PAGE).create(await begin('', at)));
    const answers = await Promise.all(
      credentials.map((credential, i) =>
        post('', { credential }, { ...at, server: i % 2 ? second : parley }),
      ),
    );
    const added = answers.filter(({ status }) => status === 201);
    expect([added.length, (await methods(person)).passkeys.length]).toEqual([2, MAX_PASSKEYS]);
    expect((await post('options/', undefined, at)).status).toBe(409);
  });
});

describe('a body', () => {
  it.each([
    ['nothing', {}],
    ['a text', { credential: 'x' }],
    ['a part of it', { credential: { id: 'AA', rawId: 'AA', type: 'public-key', response: {} } }],
    [
      'what is no base64url',
      { credential: { id: 'A A', rawId: 'AA', type: 'public-key', response: { clientDataJSON: 'AA' } } },
    ],
  ])('with %s for a credential is refused, and the field is named', async (_what, body) => {
    const answer = await post<{ errors: { field: string }[] }>('login/', body);
    expect([answer.status, answer.body.errors.map(({ field }) => field)]).toEqual([400, ['credential']]);
  });

  it('with bytes that mean nothing is refused like a wrong passkey', async () => {
    for (const clientDataJSON of [
      'AAAA',
      Buffer.from('[]').toString('base64url'),
      Buffer.from('null').toString('base64url'),
    ]) {
      const credential = { id: 'AA', rawId: 'AA', type: 'public-key', response: { clientDataJSON } };
      expect((await post('login/', { credential })).status).toBe(401);
    }
  });
});

describe('an account without a password', () => {
  it('is made by a passkey alone, and logs in by it', async () => {
    const authenticator = new Authenticator(PAGE);
    const username = newName();
    const answer = await registerWith(authenticator, { username, display_name: 'Frida' });
    expect([answer.status, answer.body]).toMatchObject([201, { username, display_name: 'Frida' }]);
    expect(await methods({ token: tokenIn(answer) })).toMatchObject({ has_password: false, passkeys: [{}] });
    expect((await logInWith(authenticator)).body.id).toBe(answer.body.id);
    const byPassword = await parley.post('/api/auth/login/', { username, password: PASSWORD });
    expect(byPassword.status).toBe(401);
  });

  it('gets a password after a fresh proof, and not before', async () => {
    const authenticator = new Authenticator(PAGE);
    const answer = await registerWith(authenticator);
    const person = { user: answer.body, token: tokenIn(answer) };
    await forgetProof(person);
    const set = (body: object, token = person.token) =>
      parley.call('POST', '/api/auth/password/', { body, headers: bearer(token) });
    expect((await set({ new_password: PASSWORD })).status).toBe(403);
    expect((await set({ new_password: PASSWORD, current_password: PASSWORD })).status).toBe(403);
    const credential = authenticator.get(await begin('proof/', { token: person.token }));
    await post('proof/', { credential }, { token: person.token });
    const changed = await set({ new_password: PASSWORD });
    expect(changed.status).toBe(204);
    expect((await set({ new_password: 'another long one' }, tokenIn(changed))).status).toBe(400);
    const login = await parley.post('/api/auth/login/', {
      username: person.user.username,
      password: PASSWORD,
    });
    expect(login.status).toBe(200);
  });

  it('is deleted with its passkeys, after a fresh proof and not before', async () => {
    const authenticator = new Authenticator(PAGE);
    const answer = await registerWith(authenticator);
    const person = { user: answer.body, token: tokenIn(answer) };
    await forgetProof(person);
    const destroy = (body: object) =>
      parley.call<{ code: string }>('DELETE', '/api/me/', { body, headers: bearer(person.token) });
    expect((await destroy({})).body.code).toBe('proof_required');
    expect((await destroy({ password: PASSWORD })).status).toBe(403);
    const credential = authenticator.get(await begin('proof/', { token: person.token }));
    await post('proof/', { credential }, { token: person.token });
    expect((await destroy({})).status).toBe(204);
    expect((await logInWith(authenticator)).status).toBe(401);
    expect(await parley.sql('SELECT 1 FROM passkeys WHERE user_id = $1', [person.user.id])).toEqual([]);
  });

  it('keeps its last passkey, also when two are removed at once', async () => {
    const answer = await registerWith(new Authenticator(PAGE));
    const person = { user: answer.body, token: tokenIn(answer) };
    const [{ id }] = (await methods(person)).passkeys as [Passkey];
    expect(await remove(person, id)).toBe(409);
    for (let round = 0; round < 3; round++) {
      await addTo(person);
      const ids = (await methods(person)).passkeys.map((passkey) => passkey.id);
      const statuses = await Promise.all(ids.map((each) => remove(person, each)));
      expect(statuses.toSorted()).toEqual([204, 409]);
    }
    expect((await methods(person)).passkeys).toHaveLength(1);
  });

  it('is refused with the name of another user, before and after the passkey is made', async () => {
    const { user } = await registered();
    const taken = await post('register/options/', { username: user.username.toUpperCase() });
    expect(taken.status).toBe(409);
    const username = newName();
    const options = await begin('register/', {}, { username });
    expect((await registerWith(new Authenticator(PAGE), { username })).status).toBe(201);
    const late = await post('register/', { credential: new Authenticator(PAGE).create(options) });
    expect(late.status).toBe(409);
  });

  it('needs the invite that the server asks for, which counts once, and works for the set-up', async () => {
    const byInvite = await Parley.start({ ...SETTINGS, REGISTRATION: 'closed' });
    try {
      const at = { server: byInvite };
      await byInvite.sql('DELETE FROM sessions; DELETE FROM accounts');
      const code = newToken();
      await byInvite.sql(
        `INSERT INTO invites (code_hash, max_uses, expires_at, is_set_up) VALUES ($1, 1, now() + interval '1 day', true)`,
        [hashOfToken(code)],
      );
      const ask = async (invite?: string) =>
        (await post('register/options/', { username: newName(), ...(invite ? { invite } : {}) }, at)).status;
      expect([await ask(), await ask(newToken()), await ask(code)]).toEqual([403, 403, 200]);
      const two = [new Authenticator(PAGE), new Authenticator(PAGE)];
      const credentials: PasskeyCredential[] = [];
      for (const authenticator of two) {
        const options = await begin('register/', at, { username: newName(), invite: code });
        credentials.push(authenticator.create(options));
      }
      const answers = await Promise.all(
        credentials.map((credential) => post('register/', { credential }, at)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403]);
      expect(await ask(code)).toBe(403);
    } finally {
      await byInvite.stop();
    }
  });
});

describe('the name of a passkey', () => {
  it('is what its user makes it, and nobody else', async () => {
    const [owner, other] = [await registered(), await registered()];
    const { passkey } = await addTo(owner);
    const rename = ({ token }: Person, body: object) =>
      parley.call<Passkey>('PATCH', `/api/auth/passkeys/${passkey.id}/`, { body, headers: bearer(token) });
    const renamed = await rename(owner, { name: ' The blue key ' });
    expect([renamed.status, renamed.body]).toEqual([200, { ...passkey, name: 'The blue key' }]);
    expect((await methods(owner)).passkeys).toEqual([{ ...passkey, name: 'The blue key' }]);
    for (const body of [{}, { name: '' }, { name: ' ' }, { name: 'x'.repeat(65) }, { name: 7 }])
      expect([body, (await rename(owner, body)).status]).toEqual([body, 400]);
    expect((await rename(other, { name: 'Mine' })).status).toBe(404);
  });
});

describe('the removal of a passkey', () => {
  it('needs a fresh proof, and the passkey of the user', async () => {
    const [person, other] = [await registered(), await registered()];
    const { passkey } = await addTo(person);
    expect([await remove(other, passkey.id), await remove(person, 2 ** 40)]).toEqual([404, 404]);
    await forgetProof(person);
    expect(await remove(person, passkey.id)).toBe(403);
    expect((await methods(person)).passkeys).toHaveLength(1);
  });

  it('comes with the reset of an account by an administrator', async () => {
    const person = await registered();
    const { authenticator } = await addTo(person);
    await new Admin(parley.app.get(Database)).resetUser(person.user.username, `new ${randomUUID()}`);
    expect((await logInWith(authenticator)).status).toBe(401);
  });
});

describe('the limits of logins', () => {
  it('count attempts with passkeys too', async () => {
    const limited = await Parley.start({ ...SETTINGS, RATE_LIMIT: 'on' }, parley.databaseUrl);
    try {
      const credential = new Authenticator(PAGE).get({ challenge: newToken(), rpId: 'localhost' });
      const statuses: number[] = [];
      for (let i = 0; i < 22; i++) {
        statuses.push((await post('login/', { credential }, { server: limited })).status);
      }
      expect(statuses.slice(0, 20)).toEqual(Array<number>(20).fill(401));
      expect(statuses.slice(20)).toEqual([429, 429]);
    } finally {
      await limited.stop();
    }
  });

  it('let nobody have challenges stored without end', async () => {
    const settings = { ...SETTINGS, RATE_LIMIT: 'on', CREATIONS_PER_SECOND: '1', CREATIONS_BURST: '2' };
    const limited = await Parley.start(settings, parley.databaseUrl);
    try {
      const ask = async () => (await post('login/options/', undefined, { server: limited })).status;
      // Four times the burst of a user.
      for (let i = 0; i < 8; i++) expect(await ask()).toBe(200);
      // At once: the limit gives four more a second, as long as a slow machine takes.
      expect(await Promise.all(Array.from({ length: 40 }, ask))).toContain(429);
    } finally {
      await limited.stop();
    }
  });
});
