import type { Room } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { accountTools, PASSWORD } from '../../support/accounts.js';
import { bearer, openSession, tokenIn } from '../../support/sessions.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const { newPerson, registered, roomOf, statusOf, open, handshake } = accountTools(() => parley);

describe('a socket', () => {
  it('is answered before the 101: 401 without a session, 403 as another user or without an Origin', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const proof = `Authorization: Bearer ${a.token}`;
    const cookie = `Cookie: parley_session=${a.token}`;
    for (const path of ['/ws/', `/ws/chat/${room.id}/`]) {
      expect(await handshake(path, [])).toBe(401);
      expect(await handshake(`${path}?active_user=${a.user.id}`, [])).toBe(401);
      expect(await handshake(path, ['Authorization: Bearer x'])).toBe(401);
      expect(await handshake(`${path}?active_user=${b.user.id}`, [proof])).toBe(403);
      expect(await handshake(path, [cookie])).toBe(403);
      expect(await handshake(path, [cookie, 'Origin: https://evil.example'])).toBe(403);
      expect(await handshake(path, [cookie, 'Origin: null'])).toBe(403);
      expect(await handshake(path, [cookie, `Origin: ${parley.origin}`])).toBe(101);
      expect(await handshake(`${path}?active_user=${a.user.id}`, [proof])).toBe(101);
    }
    // Never a token in a URL.
    expect(await handshake(`/ws/?token=${a.token}&access_token=${a.token}`, [])).toBe(401);
  });

  it('of a room of others is closed like that of a room that does not exist', async () => {
    const [a, b, stranger] = [await newPerson(), await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const foreign = await open(stranger.token, `/ws/chat/${room.id}/`);
    const missing = await open(stranger.token, '/ws/chat/999999999/');
    expect(await foreign.closed).toEqual(await missing.closed);
    expect(await missing.closed).toMatchObject({ code: 4404 });
  });

  it('takes frames of its own user only', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const ofRoom = await open(a.token, `/ws/chat/${room.id}/`);
    const ofUser = await open(a.token);
    for (const [socket, room_id] of [
      [ofRoom, {}],
      [ofUser, { room_id: room.id }],
    ] as const) {
      const say = (more: object) => socket.ask({ type: 'message', text: 'hello', ...room_id, ...more });
      expect(await say({})).toMatchObject({ type: 'ack', message: { sender: { id: a.user.id } } });
      expect(await say({ sender_id: a.user.id })).toMatchObject({ type: 'ack' });
      expect(await say({ sender_id: b.user.id })).toMatchObject({ type: 'error', code: 'forbidden' });
    }
    // The read of a legacy client that names nobody is that of the receiver. Here it is that of the user of the session.
    const theirs = await open(b.token, `/ws/chat/${room.id}/`);
    const sent = await ofRoom.ask({ type: 'message', text: 'read me' });
    const { id } = (sent as { message: { id: number } }).message;
    await ofRoom.ask({ type: 'read', message_id: id });
    const unread = async () =>
      (await parley.call<Room>('GET', `/api/rooms/${room.id}/`, { headers: bearer(b.token) })).body
        .unread_count;
    expect(await unread()).toBeGreaterThan(0);
    await theirs.ask({ type: 'read', message_id: id });
    expect(await unread()).toBe(0);
  });
});

/** Ends the sessions and takes the time until each socket is closed. */
async function closedAfter(sockets: TestSocket[], end: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await end();
  for (const socket of sockets) expect(await socket.closed).toMatchObject({ code: 4401 });
  expect(performance.now() - start).toBeLessThan(1_000);
}

describe('the sockets of a session that ends', () => {
  it('are closed with 4401 within a second, and get no event after that', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const kept = await openSession(parley.databaseUrl, a.user.username);
    const sockets = [await open(a.token), await open(a.token, `/ws/chat/${room.id}/`)];
    const own = await open(kept);
    await closedAfter(sockets, () => statusOf('POST', '/api/auth/logout/', a.token));
    const frames = sockets.map((socket) => socket.frames.length);
    await roomOf(b, a);
    const sender = await open(b.token);
    await sender.ask({ type: 'message', room_id: room.id, text: 'too late' });
    await own.next('message');
    expect(sockets.map((socket) => socket.frames.length)).toEqual(frames);
  });

  it('are closed when the session is revoked, and those of others are not', async () => {
    const { user, token } = await newPerson();
    const other = await openSession(parley.databaseUrl, user.username);
    const [mine, theirs] = [await open(token), await open(other)];
    await closedAfter([theirs], () => statusOf('DELETE', '/api/auth/sessions/', token));
    await mine.settled();
  });

  it('are closed when the password changes, but for those of the session that changed it', async () => {
    const { user, token } = await registered();
    const other = await openSession(parley.databaseUrl, user.username);
    const [mine, theirs] = [await open(token), await open(other)];
    let changed: Awaited<ReturnType<typeof parley.call>> | undefined;
    await closedAfter([theirs], async () => {
      const body = { current_password: PASSWORD, new_password: 'another quiet harbour' };
      changed = await parley.call('POST', '/api/auth/password/', { body, headers: bearer(token) });
    });
    expect(changed?.status).toBe(204);
    await mine.settled();
    // The token is a new one too.
    expect(await statusOf('GET', '/api/rooms/', token)).toBe(401);
    expect(await statusOf('GET', '/api/rooms/', tokenIn(changed!))).toBe(200);
    expect(await statusOf('GET', '/api/rooms/', other)).toBe(401);
  });

  it('are closed at the moment when it expires', async () => {
    const { user, token } = await newPerson();
    // Two seconds are left.
    await parley.sql(
      `UPDATE sessions SET created_at = now() - interval '180 days' + interval '2 s' WHERE user_id = $1`,
      [user.id],
    );
    const start = performance.now();
    const socket = await open(token);
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(performance.now() - start).toBeGreaterThan(1_000);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('are not opened any more when the session ends during the handshake', async () => {
    const { token } = await newPerson();
    const results = await Promise.all([
      ...Array.from({ length: 20 }, () =>
        parley.socket('/ws/', { headers: bearer(token) }).then(
          (socket) => socket.closed.then(({ code }) => code),
          () => 401,
        ),
      ),
      statusOf('POST', '/api/auth/logout/', token),
    ]);
    expect(results.pop()).toBe(204);
    expect(results.filter((code) => code !== 401 && code !== 4401)).toEqual([]);
  });
});
