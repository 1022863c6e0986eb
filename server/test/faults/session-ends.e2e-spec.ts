import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { bearer, openSession } from '../support/sessions.js';
import { runAdmin } from '../support/admin.js';
import type { OwnRedis } from './harness/own-redis.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { until } from './harness/wait.js';

jest.setTimeout(120_000);

const stack = new Stack();
let url: string;
let redis: OwnRedis;
let servers: [ServerProcess, ServerProcess];

beforeAll(async () => {
  url = await stack.database();
  redis = await stack.redis();
  const settings = { DATABASE_URL: url, REDIS_URL: redis.url, AUTH_MODE: 'accounts' };
  servers = [await stack.server(settings), await stack.server(settings)];
});
afterAll(() => stack.end());

interface Device {
  readonly token: string;
  /** One socket on each server. */
  readonly sockets: WebSocket[];
  /** When each was closed, and its code. */
  readonly closed: Promise<{ at: number; code: number }>[];
  readonly frames: string[];
}

let names = 0;
const newName = () => `session-user-${++names}`;

const newDevice = async (username: string) => device(await openSession(url, username));

/** A program with an access token, which `session` creates. */
async function program(session: string, more: object = {}): Promise<Device & { id: number }> {
  const body = { name: 'A bot', scopes: ['read'], ...more };
  const { id, token } = (await (
    await call(servers[0], 'POST', '/api/auth/tokens/', session, body)
  ).json()) as { id: number; token: string };
  return { id, ...(await device(token)) };
}

async function device(token: string): Promise<Device> {
  const frames: string[] = [];
  const sockets = servers.map(
    ({ origin }) => new WebSocket(`${origin.replace('http', 'ws')}/ws/`, { headers: bearer(token) }),
  );
  const closed = sockets.map(async (socket) => {
    const [code] = (await once(socket, 'close')) as [number];
    return { at: performance.now(), code };
  });
  for (const socket of sockets) socket.on('message', (data: Buffer) => frames.push(data.toString()));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  return { token, sockets, closed, frames };
}

const call = (server: ServerProcess, method: string, path: string, token: string, body?: object) =>
  fetch(`${server.origin}${path}`, {
    method,
    headers: { ...bearer(token), ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

async function sql(text: string, values: unknown[] = []): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}

/** Expects that all sockets of a device are closed with 4401 in time. */
async function expectClosed({ closed }: Device, since: number, withinMs: number): Promise<void> {
  for (const { at, code } of await Promise.all(closed)) {
    expect(code).toBe(4401);
    expect(at - since).toBeLessThan(withinMs);
  }
}

/** A user with two devices; the second one is ended by `end`, on whichever server. */
async function expectOnlySecondEnds(
  end: (first: Device, second: Device, username: string) => Promise<unknown>,
  withinMs = 1_000,
): Promise<void> {
  const username = newName();
  const [first, second] = [await newDevice(username), await newDevice(username)];
  const start = performance.now();
  await end(first, second, username);
  await expectClosed(second, start, withinMs);
  expect(first.sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  for (const socket of first.sockets) socket.terminate();
}

describe('the sockets of a session, on both of two servers,', () => {
  it('are closed within a second when its user logs out', () =>
    expectOnlySecondEnds((_, second) => call(servers[0], 'POST', '/api/auth/logout/', second.token)));

  it('are closed within a second when another device ends it', () =>
    expectOnlySecondEnds((first) => call(servers[1], 'DELETE', '/api/auth/sessions/', first.token)));

  it('are closed within a second when a command disables the user or ends a session', async () => {
    const username = newName();
    const disabled = await newDevice(username);
    let start = 0;
    await runAdmin({ DATABASE_URL: url }, ['user:disable', username], () => (start = performance.now()));
    await expectClosed(disabled, start, 1_000);
    const response = await call(servers[0], 'GET', '/api/rooms/', disabled.token);
    expect(response.status).toBe(401);

    const ended = await newDevice(newName());
    await runAdmin({ DATABASE_URL: url }, ['session:end', '--all'], () => (start = performance.now()));
    await expectClosed(ended, start, 1_000);
  });

  it('are closed by the next check when nothing reports the end', async () => {
    const ended = await newDevice(newName());
    await sql('DELETE FROM sessions');
    await expectClosed(ended, performance.now(), 30_000);
  });

  it('get no event any more', async () => {
    const [reader, writer] = [newName(), newName()];
    const [kept, ended] = [await newDevice(reader), await newDevice(reader)];
    const author = await openSession(url, writer);
    const { user } = (await (await call(servers[0], 'GET', '/api/auth/', kept.token)).json()) as {
      user: { id: number };
    };
    const created = await call(servers[0], 'POST', '/api/rooms/create/', author, { user_id: user.id });
    const { id } = (await created.json()) as { id: number };
    const send = (text: string) => call(servers[1], 'POST', `/api/rooms/${id}/messages/`, author, { text });
    await send('before');
    await until('both have it', () =>
      [kept, ended].every(({ frames }) => frames.join().split('before').length > 2),
    );
    await call(servers[0], 'POST', '/api/auth/logout/', ended.token);
    await expectClosed(ended, performance.now(), 1_000);
    await send('after');
    await until('the other device has it', () => kept.frames.join().split('after').length > 2);
    await sleep(200);
    expect(ended.frames.join()).not.toContain('after');
    for (const socket of kept.sockets) socket.terminate();
  });

  it('are closed while Redis is down too', async () => {
    await redis.kill();
    try {
      await expectOnlySecondEnds(
        (_, second) => call(servers[0], 'POST', '/api/auth/logout/', second.token),
        // Promised are 30 s; the counter in the database is looked at more often.
        5_000,
      );
      const owner = await newDevice(newName());
      const bot = await program(owner.token);
      const start = performance.now();
      await call(servers[0], 'DELETE', `/api/auth/tokens/${bot.id}/`, owner.token);
      await expectClosed(bot, start, 5_000);
      for (const socket of owner.sockets) socket.terminate();
    } finally {
      await redis.restart();
    }
  });
});

describe('the sockets of an access token, on both of two servers,', () => {
  it('are closed within a second when it is deleted, ended by a command, or expires', async () => {
    const owner = await newDevice(newName());
    const deleted = await program(owner.token);
    let start = performance.now();
    await call(servers[1], 'DELETE', `/api/auth/tokens/${deleted.id}/`, owner.token);
    await expectClosed(deleted, start, 1_000);

    const [ended, other] = [await program(owner.token), await program(owner.token)];
    const settings = { DATABASE_URL: url };
    await runAdmin(settings, ['token:end', String(ended.id)], () => (start = performance.now()));
    await expectClosed(ended, start, 1_000);
    expect(other.sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    for (const { sockets } of [owner, other]) for (const socket of sockets) socket.terminate();

    const expiresAt = Date.now() + 2_000;
    const expiring = await program(owner.token, { expires_at: new Date(expiresAt).toISOString() });
    await expectClosed(expiring, performance.now() + expiresAt - Date.now(), 1_000);
    expect(Date.now() - expiresAt).toBeGreaterThan(-1_000);
  });
});
