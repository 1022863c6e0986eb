import type { AuthInfo, Identity, LinkStarted, Problem, User } from '@parley/shared';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { hashOfToken, newToken } from '../../../src/auth/session-token.js';
import { newName, PASSWORD } from '../../support/accounts.js';
import { IdentityProvider, PlainBrowser } from '../../support/oidc.js';
import { Parley } from '../../support/parley.js';
import { bearer } from '../../support/sessions.js';

let provider: IdentityProvider;
let parley: Parley;
let second: Parley;
const settings = () => ({
  AUTH_MODE: 'accounts',
  REGISTRATION: 'open',
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'fatal',
  ...provider.settings,
});
beforeAll(async () => {
  provider = await IdentityProvider.start();
  parley = await Parley.start(settings());
  const other = { OIDC_OTHER_ISSUER: provider.issuer.replace('localhost', '127.0.0.1') };
  second = await Parley.start(
    { ...settings(), ...provider.settingsAs('corp', 'other'), ...other, TRUSTED_PROXIES: 'loopback' },
    parley.databaseUrl,
  );
});
afterAll(async () => {
  await second.stop();
  await parley.stop();
  await provider.stop();
});

const START = '/api/auth/oidc/corp/';
const isCallback = (url: string) => url.includes('/callback/');

/** Logs in at the provider. @returns the URL of the callback, which is not opened yet. */
function callbackFor(browser: PlainBrowser, login: string, server = parley): Promise<string> {
  return browser.follow(server.origin + START, login, isCallback);
}

/** Opens a callback. @returns where it leads, without the origin. */
async function outcome(browser: PlainBrowser, url: string): Promise<string> {
  const response = await browser.open(url);
  expect(response.status).toBe(302);
  return response.headers.get('Location') ?? '';
}

async function register(browser: PlainBrowser, fields: object, server = parley) {
  const response = await browser.open(`${server.origin}/api/auth/oidc/register/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: server.origin },
    body: JSON.stringify(fields),
  });
  return { status: response.status, body: (await response.json()) as User };
}

const userOf = async (browser: PlainBrowser, server = parley) =>
  ((await (await browser.open(`${server.origin}/api/auth/`)).json()) as AuthInfo).user;

/** A user who has registered with the provider. */
async function registered(login: string): Promise<User> {
  const browser = new PlainBrowser();
  expect(await outcome(browser, await callbackFor(browser, login))).toMatch(/^\/register#/);
  const { status, body } = await register(browser, { username: login });
  expect(status).toBe(201);
  return body;
}

describe('a login with a provider', () => {
  it('is offered by its name', async () => {
    const { body } = await parley.get<AuthInfo>('/api/auth/');
    expect(body.providers).toEqual([{ id: 'corp', name: 'Corp' }]);
  });

  it('asks a new person for a username, and knows the person by issuer and subject from then on', async () => {
    const login = newName();
    const browser = new PlainBrowser();
    const location = await outcome(browser, await callbackFor(browser, login));
    const suggested = new URLSearchParams(location.replace(/^.*#/, ''));
    expect(Object.fromEntries(suggested)).toEqual({
      provider: 'corp',
      username: login,
      name: `${login} of Example`,
    });
    expect(await userOf(browser)).toBeNull();
    const username = newName();
    const { status, body } = await register(browser, { username, display_name: 'Frida' });
    expect([status, body]).toMatchObject([201, { username, display_name: 'Frida' }]);
    expect((await userOf(browser))?.id).toBe(body.id);
    // Once: the registration is used up.
    expect((await register(browser, { username: newName() })).status).toBe(401);
    const again = new PlainBrowser();
    expect(await outcome(again, await callbackFor(again, login, second))).toBe('/');
    expect((await userOf(again, second))?.id).toBe(body.id);
    const token = again.cookie(second.origin, 'parley_session') ?? '';
    const { body: methods } = await parley.call('GET', '/api/auth/passkeys/', { headers: bearer(token) });
    expect(methods).toEqual({ passkeys: [], has_password: false, has_provider: true });
  });

  it('begins on one server and ends on another', async () => {
    const login = newName();
    await registered(login);
    const browser = new PlainBrowser();
    const { host, pathname, search } = new URL(await callbackFor(browser, login));
    // Both servers have one name, as behind a proxy.
    const headers = { Host: host, Cookie: `parley_oidc=${browser.cookie(parley.origin, 'parley_oidc')}` };
    const [answer] = (await once(get(second.origin + pathname + search, { headers }), 'response')) as [
      IncomingMessage,
    ];
    answer.resume();
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/']);
    expect(answer.headers['set-cookie']?.join()).toContain('parley_session=');
  });

  it('never takes over a user with the same name', async () => {
    const login = newName();
    const { body: victim } = await parley.post<User>('/api/auth/register/', {
      username: login,
      password: PASSWORD,
    });
    const browser = new PlainBrowser();
    expect(await outcome(browser, await callbackFor(browser, login))).toMatch(/^\/register#/);
    expect((await register(browser, { username: login.toUpperCase() })).status).toBe(409);
    expect((await register(browser, { username: `.${login}` })).status).toBe(400);
    const { status, body } = await register(browser, { username: newName() });
    expect([status, body.id === victim.id]).toEqual([201, false]);
  });

  it('is refused in a browser that has not begun it, twice, and with another state (login CSRF)', async () => {
    const login = newName();
    await registered(login);
    const attacker = new PlainBrowser();
    const callback = await callbackFor(attacker, login);
    const victim = new PlainBrowser();
    expect(await outcome(victim, callback)).toBe('/#sign-in=expired');
    await victim.open(parley.origin + START);
    expect(await outcome(victim, callback)).toBe('/#sign-in=expired');
    expect(await userOf(victim)).toBeNull();
    expect(await outcome(attacker, callback)).toBe('/');
    expect(await outcome(attacker, callback)).toBe('/#sign-in=expired');
  });

  it('is refused with a code of somebody else, without PKCE, and with a wrong issuer', async () => {
    const login = newName();
    await registered(login);
    const theirs = new PlainBrowser();
    const stolen = new URL(await callbackFor(theirs, login)).searchParams.get('code') ?? '';
    const thief = new PlainBrowser();
    const own = new URL(await callbackFor(thief, newName()));
    own.searchParams.set('code', stolen);
    expect(await outcome(thief, own.href)).toBe('/#sign-in=failed');
    expect(await userOf(thief)).toBeNull();
    const confused = new PlainBrowser();
    const other = new URL(await callbackFor(confused, login));
    other.searchParams.set('iss', 'https://evil.example');
    expect(await outcome(confused, other.href)).toBe('/#sign-in=failed');
  });

  it('is refused with an ID token that somebody has changed on the way', async () => {
    const login = newName();
    await registered(login);
    const browser = new PlainBrowser();
    expect(await outcome(browser, await callbackFor(browser, `forged-${login}`))).toBe('/#sign-in=failed');
    expect(await userOf(browser)).toBeNull();
  });

  it('does not begin with a provider whose metadata are of another issuer', async () => {
    const begun = await new PlainBrowser().open(`${second.origin}/api/auth/oidc/other/`);
    expect(begun.headers.get('Location')).toBe('/#sign-in=failed');
  });

  it('is refused at the callback of another provider than it began with (mix-up)', async () => {
    const login = newName();
    await registered(login);
    const browser = new PlainBrowser();
    const callback = await callbackFor(browser, login, second);
    expect(await outcome(browser, callback.replace('/oidc/corp/', '/oidc/other/'))).toBe('/#sign-in=expired');
    expect(await userOf(browser, second)).toBeNull();
  });

  it('comes back with a reason when the user declines or the provider fails', async () => {
    const browser = new PlainBrowser();
    const begun = await browser.open(parley.origin + START);
    const state = new URL(begun.headers.get('Location') ?? '').searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error: 'access_denied', state, iss: provider.issuer });
    expect(await outcome(browser, `${parley.origin}${START}callback/?${query}`)).toBe('/#sign-in=denied');
    const again = await browser.open(parley.origin + START);
    const next = new URL(again.headers.get('Location') ?? '').searchParams.get('state') ?? '';
    const failed = new URLSearchParams({ error: 'server_error', state: next, iss: provider.issuer });
    expect(await outcome(browser, `${parley.origin}${START}callback/?${failed}`)).toBe('/#sign-in=failed');
    expect((await parley.get('/api/auth/oidc/nobody/')).status).toBe(404);
  });

  it('is refused to a disabled user', async () => {
    const login = newName();
    const { id } = await registered(login);
    await parley.sql('UPDATE accounts SET disabled_at = now() WHERE user_id = $1', [id]);
    const browser = new PlainBrowser();
    expect(await outcome(browser, await callbackFor(browser, login))).toBe('/#sign-in=refused');
    expect(await userOf(browser)).toBeNull();
  });

  it('keeps its state in a cookie that is short-lived, and for this browser alone', async () => {
    const response = await new PlainBrowser().open(parley.origin + START);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^parley_oidc=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const headers = { 'X-Forwarded-Proto': 'https' };
    const overTls = await new PlainBrowser().open(second.origin + START, { headers });
    expect(overTls.headers.get('Set-Cookie')).toMatch(
      /^__Host-parley_oidc=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const url = new URL(response.headers.get('Location') ?? '');
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('nonce')).toMatch(/^[\w-]{20,}$/);
    expect(url.searchParams.get('redirect_uri')).toBe(`${parley.origin}${START}callback/`);
  });
});

const identitiesOf = async (browser: PlainBrowser) =>
  (await (await browser.open(`${parley.origin}/api/auth/identities/`)).json()) as Identity[];
const send = (browser: PlainBrowser, method: string, path: string, body?: object) =>
  browser.open(`${parley.origin}/api/auth/${path}`, {
    method,
    headers: { Origin: parley.origin, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

const unlink = async (browser: PlainBrowser, { id }: Identity) =>
  (await send(browser, 'DELETE', `identities/${id}/`)).status;

/** Somebody with a password, whose browser is logged in. */
async function withPassword(): Promise<{ browser: PlainBrowser; user: User }> {
  const browser = new PlainBrowser();
  const body = { username: newName(), password: PASSWORD };
  const answer = await send(browser, 'POST', 'register/', body);
  return { browser, user: (await answer.json()) as User };
}

/** Goes to the provider to link an identity. @returns the URL of the callback, which is not opened yet. */
async function linkCallback(browser: PlainBrowser, login: string): Promise<string> {
  const answer = await send(browser, 'POST', 'identities/', { provider: 'corp' });
  expect(answer.status).toBe(200);
  return browser.follow(((await answer.json()) as LinkStarted).url, login, isCallback);
}

describe('an account', () => {
  it('is linked to an identity, logs in by it, and lets it go as long as another way is left', async () => {
    const { browser, user } = await withPassword();
    const login = newName();
    expect(await identitiesOf(browser)).toEqual([]);
    expect(await outcome(browser, await linkCallback(browser, login))).toBe('/#link=done&provider=corp');
    const [identity] = await identitiesOf(browser);
    expect(identity).toMatchObject({ provider: 'corp', name: 'Corp' });
    const again = new PlainBrowser();
    expect(await outcome(again, await callbackFor(again, login))).toBe('/');
    expect((await userOf(again))?.id).toBe(user.id);
    // The same once more is no second one.
    expect(await outcome(browser, await linkCallback(browser, login))).toBe('/#link=done&provider=corp');
    expect(await identitiesOf(browser)).toEqual([identity]);
    expect(await unlink(browser, identity!)).toBe(204);
    expect(await unlink(browser, identity!)).toBe(404);
    const last = new PlainBrowser();
    expect(await outcome(last, await callbackFor(last, login))).toMatch(/^\/register#/);
  });

  it('that has identities alone keeps the last, also when two are removed at once', async () => {
    const browser = new PlainBrowser();
    const login = newName();
    await outcome(browser, await callbackFor(browser, login));
    expect((await register(browser, { username: login })).status).toBe(201);
    const [first] = await identitiesOf(browser);
    expect(await unlink(browser, first!)).toBe(409);
    // Otherwise the provider would know who it is.
    browser.forget(provider.issuer);
    expect(await outcome(browser, await linkCallback(browser, newName()))).toContain('link=done');
    const both = await identitiesOf(browser);
    const statuses = await Promise.all(both.map((identity) => unlink(browser, identity)));
    expect(statuses.toSorted()).toEqual([204, 409]);
    expect(await identitiesOf(browser)).toHaveLength(1);
  });

  it('is linked to no identity of another user, nor to more than ten', async () => {
    const [{ browser }, login] = [await withPassword(), newName()];
    const owner = await registered(login);
    expect(await outcome(browser, await linkCallback(browser, login))).toBe('/#link=taken&provider=corp');
    const again = new PlainBrowser();
    await outcome(again, await callbackFor(again, login));
    expect((await userOf(again))?.id).toBe(owner.id);
    const user = await userOf(browser);
    await parley.sql(
      `INSERT INTO identities (user_id, issuer, subject) SELECT $1, 'https://gone.example', $2 || n FROM generate_series(1, 10) n`,
      [user?.id, login],
    );
    expect((await send(browser, 'POST', 'identities/', { provider: 'corp' })).status).toBe(409);
    expect((await identitiesOf(browser))[0]).toMatchObject({ provider: null, name: 'gone.example' });
  });

  it('is linked in the session that began it, after a fresh proof, and in no other', async () => {
    const [{ browser: hers, user }, { browser: attacker }] = [await withPassword(), await withPassword()];
    // A cookie of the attacker in her browser, and a code of the attacker's identity.
    const planted = await linkCallback(attacker, newName());
    hers.setCookie(parley.origin, 'parley_oidc', attacker.cookie(parley.origin, 'parley_oidc') ?? '');
    expect(await outcome(hers, planted)).toBe('/#link=expired&provider=corp');
    expect(await identitiesOf(hers)).toEqual([]);
    // Nor by a login of the attacker's, with the mark of a link that the attacker makes up.
    const begun = await callbackFor(attacker, newName());
    const attempt = attacker.cookie(parley.origin, 'parley_oidc') ?? '';
    const forged = { ...(JSON.parse(Buffer.from(attempt, 'base64url').toString()) as object), link: '' };
    hers.setCookie(parley.origin, 'parley_oidc', Buffer.from(JSON.stringify(forged)).toString('base64url'));
    expect(await outcome(hers, begun)).toBe('/#link=expired&provider=corp');

    await parley.sql(`UPDATE sessions SET proved_at = now() - interval '11 minutes' WHERE user_id = $1`, [
      user.id,
    ]);
    const late = await send(hers, 'POST', 'identities/', { provider: 'corp' });
    expect([late.status, ((await late.json()) as Problem).code]).toEqual([403, 'proof_required']);
    expect((await send(hers, 'POST', 'proof/', { password: PASSWORD })).status).toBe(204);
    expect((await send(hers, 'POST', 'identities/', { provider: 'nobody' })).status).toBe(404);
    const callback = await linkCallback(hers, newName());
    expect((await send(hers, 'POST', 'logout/')).status).toBe(204);
    expect(await outcome(hers, callback)).toBe('/#link=expired&provider=corp');
  });
});

describe('a registration with a provider', () => {
  it('needs the invite that the server asks for, which counts once', async () => {
    const byInvite = await Parley.start({ ...settings(), REGISTRATION: 'invite' }, parley.databaseUrl);
    try {
      const code = newToken();
      await parley.sql(
        `INSERT INTO invites (code_hash, max_uses, expires_at) VALUES ($1, 1, now() + interval '1 day')`,
        [hashOfToken(code)],
      );
      const browser = new PlainBrowser();
      await outcome(browser, await callbackFor(browser, newName(), byInvite));
      const attempt = async (fields: object) =>
        (await register(browser, { username: newName(), ...fields }, byInvite)).status;
      expect([await attempt({}), await attempt({ invite: newToken() })]).toEqual([403, 403]);
      expect([await attempt({ invite: code }), await attempt({ invite: code })]).toEqual([201, 401]);
      const [invite] = await parley.sql<{ uses: number }>('SELECT uses FROM invites WHERE code_hash = $1', [
        hashOfToken(code),
      ]);
      expect(invite?.uses).toBe(1);
    } finally {
      await byInvite.stop();
    }
  });

  it('expires', async () => {
    const browser = new PlainBrowser();
    await outcome(browser, await callbackFor(browser, newName()));
    await parley.sql(`UPDATE identity_registrations SET expires_at = now() - interval '1 second'`);
    expect((await register(browser, { username: newName() })).status).toBe(401);
  });
});
