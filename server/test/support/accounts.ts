import type { CreatedAccessToken, Room, TokenScope, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { until } from '../faults/harness/wait.js';
import type { Parley } from './parley.js';
import { rawHttp } from './raw-http.js';
import { bearer, openSession, tokenIn } from './sessions.js';
import type { TestSocket } from './test-socket.js';

/** Of everybody who registers in a test. */
export const PASSWORD = 'quiet violet harbour';

export interface Person {
  user: User;
  token: string;
}

/** A username that nobody has. */
export const newName = () => `n${randomUUID().slice(0, 13)}`;

/** Resolves when no server has anything left to do for a deleted account. */
export function deletionsAreDone(parley: Parley): Promise<void> {
  return until(
    'no account is being deleted',
    async () => (await parley.sql('SELECT FROM account_deletions')).length === 0,
  );
}

/** What people with accounts do at a server. */
export function accountTools(parley: () => Parley) {
  /** A user with a session, and no password. */
  async function newPerson(): Promise<Person> {
    const token = await openSession(parley().databaseUrl, newName());
    const { body } = await parley().call<{ user: User }>('GET', '/api/auth/', { headers: bearer(token) });
    return { user: body.user, token };
  }

  /** A user who has registered. */
  async function registered(): Promise<Person> {
    const answer = await parley().post<User>('/api/auth/register/', {
      username: newName(),
      password: PASSWORD,
    });
    expect(answer.status).toBe(201);
    return { user: answer.body, token: tokenIn(answer) };
  }

  /** A personal access token of a user. */
  async function accessToken(
    { token }: Pick<Person, 'token'>,
    scopes: TokenScope[] = ['read', 'write'],
    more: object = {},
  ): Promise<CreatedAccessToken> {
    const { status, body } = await parley().call<CreatedAccessToken>('POST', '/api/auth/tokens/', {
      body: { name: 'A bot', scopes, ...more },
      headers: bearer(token),
    });
    expect(status).toBe(201);
    return body;
  }

  async function roomOf(a: Person, b: Person): Promise<Room> {
    const { status, body } = await parley().call<Room>('POST', '/api/rooms/create/', {
      body: { user_id: b.user.id },
      headers: bearer(a.token),
    });
    expect(status).toBe(201);
    return body;
  }

  const statusOf = async (method: string, path: string, token: string | null, body?: unknown) =>
    (
      await parley().call(method, path, {
        ...(body ? { body } : {}),
        ...(token ? { headers: bearer(token) } : {}),
      })
    ).status;

  async function open(token: string, path = '/ws/'): Promise<TestSocket> {
    const socket = await parley().socket(path, { headers: bearer(token) });
    if (path === '/ws/') await socket.next('hello');
    return socket;
  }

  /** The status line of a handshake, byte by byte. */
  async function handshake(path: string, headers: string[]): Promise<number> {
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${new URL(parley().origin).host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    ];
    return (await rawHttp(parley().origin, `${lines.join('\r\n')}\r\n\r\n`)).status;
  }

  return { newPerson, registered, accessToken, roomOf, statusOf, open, handshake };
}
