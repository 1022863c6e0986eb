import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { ServerProcess } from '../faults/harness/processes.js';
import { runAdmin } from '../support/admin.js';
import { createDatabase } from '../support/database.js';
import { bearer, cookieFrom, tokenIn } from '../support/sessions.js';
import { endRuns, freePort, newFolder, removeFolders, startParley } from './parley.js';

const READY = /Parley is ready: (http\S+)/;
const LINK = /http:\/\/localhost:\d+\/register#invite=([\w-]{43})/g;
const PASSWORD = 'quiet-violet-harbour-7f3a';
const NEXT_PASSWORD = 'other-violet-harbour-91c4';

jest.setTimeout(120_000);

const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill('SIGTERM');
  await endRuns();
});
afterAll(removeFolders);

const post = (origin: string, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function serve(settings: Record<string, string>): Promise<ServerProcess> {
  const server = await ServerProcess.start({ AUTH_MODE: 'accounts', LOG_LEVEL: 'info', ...settings });
  servers.push(server);
  return server;
}

/** A database without any user. */
async function databaseWithoutUsers(): Promise<string> {
  const url = await createDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('DELETE FROM users').finally(() => client.end());
  return url;
}

const linksIn = (output: string) => [...output.matchAll(LINK)].map(([, code = '']) => code);

describe('the first start in accounts mode', () => {
  it('prints a link with which the first user registers, once, and warns without TLS', async () => {
    const [port, dataDir] = [await freePort(), join(newFolder(), 'data')];
    const settings = { AUTH_MODE: 'accounts', PORT: String(port), DATA_DIR: dataDir };
    const origin = `http://127.0.0.1:${port}`;
    const first = startParley(settings);
    await first.says(READY);
    await first.says(/without TLS/);
    const [code] = linksIn(first.output());
    expect(linksIn(first.output())).toHaveLength(1);
    const admin = (...args: string[]) => runAdmin({ DATA_DIR: dataDir, AUTH_MODE: 'accounts' }, args);
    expect(JSON.parse((await admin('user:list', '--json')).output)).toEqual([]);

    process.kill(first.pid, 'SIGTERM');
    await first.ended;
    const second = startParley({ ...settings, HOST: '127.0.0.1' });
    await second.says(READY);
    expect(linksIn(second.output())).toEqual([]);
    expect(second.output()).not.toMatch(/without TLS/);

    const body = { username: 'frida', password: PASSWORD };
    expect((await post(origin, '/api/auth/register/', body)).status).toBe(403);
    expect((await post(origin, '/api/auth/register/', { ...body, invite: code })).status).toBe(201);
    const again = { username: 'gustav', password: PASSWORD, invite: code };
    expect((await post(origin, '/api/auth/register/', again)).status).toBe(403);

    // The commands work beside the running server, and without it.
    const running = await admin('user:list', '--json');
    process.kill(second.pid, 'SIGTERM');
    await second.ended;
    const stopped = await admin('user:list', '--json');
    for (const { code: exit, output } of [running, stopped]) {
      expect(exit).toBe(0);
      expect(JSON.parse(output.slice(output.indexOf('[')))).toMatchObject([
        { username: 'frida', sessions: 1 },
      ]);
    }
  });

  it('of two servers at once prints one link, and none when there are accounts', async () => {
    const url = await databaseWithoutUsers();
    const both = await Promise.all([serve({ DATABASE_URL: url }), serve({ DATABASE_URL: url })]);
    const output = () => both.map((server) => server.output).join('');
    await fetch(both[0].origin);
    const deadline = Date.now() + 5_000;
    while (linksIn(output()).length === 0 && Date.now() < deadline)
      await new Promise((go) => setTimeout(go, 20));
    await new Promise((go) => setTimeout(go, 300));
    expect(linksIn(output())).toHaveLength(1);
    await runAdmin({ DATABASE_URL: url }, ['user:create', 'frida']);
    const third = await serve({ DATABASE_URL: url });
    await new Promise((go) => setTimeout(go, 300));
    expect(linksIn(third.output)).toEqual([]);
  });
});

describe('npm run admin', () => {
  let url: string;
  beforeAll(async () => {
    url = await databaseWithoutUsers();
  });
  const admin = (...args: string[]) => runAdmin({ DATABASE_URL: url }, args);
  const json = async (...args: string[]) => {
    const { code, output } = await admin(...args, '--json');
    expect([args[0], code, output]).toEqual([args[0], 0, expect.stringMatching(/^[[{]/) as string]);
    return JSON.parse(output) as Record<string, unknown> & Record<string, unknown>[];
  };

  it('makes, lists, resets, disables and enables users', async () => {
    const { origin } = await serve({ DATABASE_URL: url });
    const made = await json('user:create', 'frida', '--display-name', 'Frida K.');
    const logIn = async (password: unknown) =>
      (await post(origin, '/api/auth/login/', { username: 'frida', password })).status;
    expect(await logIn(made.password)).toBe(200);
    expect(await json('session:list', 'FRIDA')).toMatchObject([{ username: 'frida', ip: '127.0.0.1' }]);

    const reset = await json('user:reset', 'frida');
    expect(reset).toMatchObject({ username: 'frida', ended_sessions: 1 });
    expect([await logIn(made.password), await logIn(reset.password)]).toEqual([401, 200]);

    expect(await json('user:disable', 'frida')).toMatchObject({ disabled: true, ended_sessions: 1 });
    expect(await logIn(reset.password)).toBe(401);
    expect(await json('user:enable', 'frida')).toMatchObject({ disabled: false });
    expect(await logIn(reset.password)).toBe(200);
    expect(await json('user:list')).toMatchObject([
      { username: 'frida', display_name: 'Frida K.', sessions: 1 },
    ]);
    const { output } = await admin('user:list');
    expect(output).toMatch(/^id +username +display_name[^\n]*\n\d+ +frida +Frida K\./);
  });

  it('makes invites that work as often as they say', async () => {
    const { origin } = await serve({ DATABASE_URL: url });
    const { code, url: link } = await json('invite:create', '--uses', '2', '--days', '3');
    expect(link).toMatch(new RegExp(`/register#invite=${String(code)}$`));
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const body = { username: `invited-${randomUUID().slice(0, 8)}`, password: PASSWORD, invite: code };
      statuses.push((await post(origin, '/api/auth/register/', body)).status);
    }
    expect(statuses).toEqual([201, 201, 403]);
    expect((await json('invite:list')).at(-1)).toMatchObject({ uses: 2, max_uses: 2, usable: false });
  });

  it('lists and ends access tokens, which also end with a new password and with a disabled user', async () => {
    const { origin } = await serve({ DATABASE_URL: url });
    const { password } = await json('user:create', 'hilda');
    const token = tokenIn(await post(origin, '/api/auth/login/', { username: 'hilda', password }));
    const body = { name: 'A bot', scopes: ['read'] };
    const create = async () =>
      (await (await post(origin, '/api/auth/tokens/', body, bearer(token))).json()) as {
        id: number;
        token: string;
      };
    const [first, second] = [await create(), await create()];
    const statusOf = async (bot: { token: string }) =>
      (await fetch(`${origin}/api/rooms/`, { headers: bearer(bot.token) })).status;
    expect(await json('token:list', 'HILDA')).toMatchObject([
      { id: second.id, username: 'hilda', name: 'A bot', scopes: ['read'] },
      { id: first.id },
    ]);
    expect((await admin('token:list')).output).not.toContain(first.token);
    expect(await json('token:end', String(first.id))).toEqual({ ended_tokens: 1 });
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
    expect(await json('token:end', '--user', 'hilda')).toEqual({ ended_tokens: 1 });
    expect(await statusOf(second)).toBe(401);
    await create();
    expect(await json('user:reset', 'hilda')).toMatchObject({ ended_sessions: 1, ended_tokens: 1 });
    expect(await json('user:disable', 'hilda')).toMatchObject({ ended_sessions: 0, ended_tokens: 0 });
  });

  it('says what is wrong in one line, with an exit code for each kind', async () => {
    await json('user:create', 'gustav');
    for (const [args, code, sentence] of [
      [['--help'], 0, /user:create NAME/],
      [['--version'], 0, /^parley \d/],
      [[], 2, /Give a COMMAND/],
      [['user:destroy'], 2, /not a command/],
      [['user:list', '--yaml'], 2, /--yaml/],
      [['user:create'], 2, /Give one NAME/],
      [['invite:create', '--uses', '0'], 2, /--uses must be/],
      [['session:end'], 2, /--user NAME or --all/],
      [['token:end', '1', '--all'], 2, /--user NAME or --all/],
      [['user:create', 'no good'], 1, /A username has/],
      [['user:create', 'GUSTAV'], 1, /is taken/],
      [['user:reset', 'nobody'], 3, /There is no user nobody/],
      [['session:end', '999999'], 3, /There is no session 999999/],
      [['token:end', '999999'], 3, /There is no access token 999999/],
    ] as const) {
      const result = await admin(...args);
      expect([args, result.code]).toEqual([args, code]);
      expect(result.output).toMatch(sentence);
      if (code !== 0) expect(result.output.trim().split('\n')).toHaveLength(1);
    }
    const away = await runAdmin({ DATABASE_URL: 'postgres://u:secret-pass@127.0.0.1:1/x' }, ['user:list']);
    expect([away.code, away.output.includes('secret-pass')]).toEqual([1, false]);
  });
});

describe('the log in accounts mode, at its most talkative,', () => {
  it('has no password, no token, no cookie and no invite', async () => {
    const url = await databaseWithoutUsers();
    await runAdmin({ DATABASE_URL: url }, ['user:create', 'first']);
    const server = await serve({ DATABASE_URL: url, LOG_LEVEL: 'trace' });
    const { origin } = server;
    const { output } = await runAdmin({ DATABASE_URL: url }, ['invite:create', '--json']);
    const { code } = JSON.parse(output) as { code: string };
    const secrets = [PASSWORD, NEXT_PASSWORD, code];

    const registered = await post(origin, '/api/auth/register/', {
      username: 'frida',
      password: PASSWORD,
      invite: code,
    });
    expect(registered.status).toBe(201);
    const token = tokenIn(registered);
    const wrong = await post(origin, '/api/auth/login/', { username: PASSWORD, password: NEXT_PASSWORD });
    expect(wrong.status).toBe(401);
    await post(origin, '/api/auth/login/', { username: 'frida', password: NEXT_PASSWORD });
    await post(origin, '/api/auth/login/', { username: 'frida', password: `${PASSWORD}\0` });
    await post(origin, `/api/auth/login/?password=${PASSWORD}`, { username: 'frida' });
    const headers = cookieFrom(token, origin);
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws/`, { headers });
    await once(socket, 'open');
    const change = { current_password: PASSWORD, new_password: NEXT_PASSWORD };
    const changed = await post(origin, '/api/auth/password/', change, bearer(token));
    expect(changed.status).toBe(204);
    secrets.push(token, tokenIn(changed));
    const bot = await post(
      origin,
      '/api/auth/tokens/',
      { name: 'A bot', scopes: ['read'] },
      bearer(tokenIn(changed)),
    );
    const { token: access } = (await bot.json()) as { token: string };
    await fetch(`${origin}/api/rooms/`, { headers: bearer(access) });
    await post(origin, '/api/rooms/create/', { user_id: 1 }, bearer(access));
    secrets.push(access);
    await post(origin, '/api/auth/logout/', {}, bearer(tokenIn(changed)));
    if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close');
    await server.kill('SIGTERM');

    expect(server.output).toMatch(/A login was refused/);
    expect(secrets.filter((secret) => server.output.includes(secret))).toEqual([]);
    expect(server.output).not.toMatch(/argon2id|parley_session/);
  });
});
