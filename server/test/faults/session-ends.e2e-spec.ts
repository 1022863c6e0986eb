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

async function device(username: string): Promise<Device> {
  const token = await openSession(url, username);
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
  const [first, second] = [await device(username), await device(username)];
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
    const disabled = await device(username);
    let start = 0;
    await runAdmin({ DATABASE_URL: url }, ['user:disable', username], () => (start = performance.now()));
    await expectClosed(disabled, start, 1_000);
    const response = await call(servers[0], 'GET', '/api/rooms/', disabled.token);
    expect(response.status).toBe(401);

    const ended = await device(newName());
    await runAdmin({ DATABASE_URL: url }, ['session:end', '--all'], () => (start = performance.now()));
    await expectClosed(ended, start, 1_000);
  });

  it('are closed by the next check when nothing reports the end', async () => {
    const ended = await device(newName());
    await sql('DELETE FROM sessions');
    await expectClosed(ended, performance.now(), 30_000);
  });

  it('get no event any more', async () => {
    const [reader, writer] = [newName(), newName()];
    const [kept, ended] = [await device(reader), await device(reader)];
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
    } finally {
      await redis.restart();
    }
  });
});
