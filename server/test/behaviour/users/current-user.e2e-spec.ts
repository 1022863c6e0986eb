import type { Message, Room, User, UserId } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTH_STRATEGIES, type AuthStrategy } from '../../../src/auth/authenticator.js';
import { ChatError } from '../../../src/errors/chat-error.js';
import { Parley } from '../../support/parley.js';

/** A strategy that looks the user up, as sessions and tokens will: here the credentials are the user's id. */
function lookUp(header: 'cookie' | 'authorization', pattern: RegExp): AuthStrategy {
  return {
    async authenticate({ headers }) {
      const id = pattern.exec(headers[header] ?? '')?.[1];
      if (id === undefined) return null;
      await sleep(5);
      if (id === '0') throw new ChatError('unauthorized', 'The session has ended.');
      return { userId: Number(id) as UserId, session: null };
    },
  };
}

const REQUIRED: AuthStrategy = {
  authenticate: () => {
    throw new ChatError('unauthorized', 'Log in first.');
  },
};

const cookieOf = ({ id }: User) => ({ Cookie: `parley_session=${id}` });

describe('the current user', () => {
  let parley: Parley;
  let room: Room;
  let a: User;
  let b: User;
  let stranger: User;
  let message: Message;

  beforeAll(async () => {
    parley = await Parley.start();
    ({ room, a, b } = await parley.newRoom());
    stranger = await parley.newUser();
    message = await parley.send(room.id, a.id, 'for b only');
    const strategies = parley.app.get<AuthStrategy[]>(AUTH_STRATEGIES);
    strategies.splice(
      0,
      strategies.length,
      lookUp('cookie', /parley_session=(\d+)/),
      lookUp('authorization', /^Bearer (\d+)$/),
      REQUIRED,
    );
  });
  afterAll(() => parley.stop());

  async function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
    const response = await fetch(parley.origin + path, { method, headers });
    await response.arrayBuffer();
    return response.status;
  }

  it('is that of the first strategy that finds credentials, for a request', async () => {
    const messages = `/api/rooms/${room.id}/messages/`;
    for (const [headers, status] of [
      [cookieOf(a), 200],
      [{ Authorization: `Bearer ${b.id}` }, 200],
      [cookieOf(stranger), 404],
      [{ Authorization: `Bearer ${stranger.id}` }, 404],
      [{ ...cookieOf(stranger), Authorization: `Bearer ${a.id}` }, 404],
      [{ Cookie: 'parley_session=0', Authorization: `Bearer ${a.id}` }, 401],
      [{}, 401],
    ] as const) {
      expect([headers, await statusOf('GET', messages, headers)]).toEqual([headers, status]);
    }
  });

  it('is nobody when a call that legacy clients make without a user has no credentials', async () => {
    const read = `/api/messages/${message.id}/read/`;
    expect(await statusOf('POST', read, {})).toBe(401);
    expect(await statusOf('GET', `/api/rooms/${room.id}/messages/?active_user=${a.id}`, {})).toBe(401);
    expect(await statusOf('POST', read, cookieOf(stranger))).toBe(404);
    expect(await statusOf('POST', read, cookieOf(b))).toBe(200);
  });

  it('is not needed by calls without one', async () => {
    expect(await statusOf('GET', '/api/users/', { Cookie: 'parley_session=0' })).toBe(200);
    expect(await statusOf('GET', '/health/live', {})).toBe(200);
  });

  it('is that of the credentials for a socket', async () => {
    const socket = await parley.socket('/ws/', { headers: cookieOf(a) });
    expect(await socket.next('hello')).toMatchObject({ user: { id: a.id } });
    const ofRoom = await parley.socket(`/ws/chat/${room.id}/`, { headers: cookieOf(stranger) });
    expect(await ofRoom.closed).toMatchObject({ code: 4403 });
    const ofNobody = await parley.socket('/ws/');
    expect(await ofNobody.closed).toMatchObject({ code: 4401 });
  });
});
