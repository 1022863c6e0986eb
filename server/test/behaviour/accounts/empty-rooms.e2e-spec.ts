import type { Message, Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Parley } from '../../support/parley.js';
import { bearer, openSession } from '../../support/sessions.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

interface Person {
  user: User;
  headers: Record<string, string>;
}

async function newPerson(): Promise<Person> {
  const headers = bearer(await openSession(parley.databaseUrl, `n${randomUUID().slice(0, 13)}`));
  const { body } = await parley.call<{ user: User }>('GET', '/api/auth/', { headers });
  return { user: body.user, headers };
}

async function socketOf({ headers }: Person): Promise<TestSocket> {
  const socket = await parley.socket('/ws/', { headers });
  await socket.next('hello');
  return socket;
}

const openRoom = ({ headers }: Person, other: Person) =>
  parley.call<Room>('POST', '/api/rooms/create/', { body: { user_id: other.user.id }, headers });

const listOf = async ({ headers }: Person) =>
  (await parley.call<Room[]>('GET', '/api/rooms/', { headers })).body;

describe('a room without messages', () => {
  it('is there for the user who opened it, and not for the other, until the first message', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const [ofA, ofB] = [await socketOf(a), await socketOf(b)];
    const { status, body: room } = await openRoom(a, b);
    expect(status).toBe(201);
    expect(await ofA.next('room')).toMatchObject({ room: { id: room.id } });
    expect((await openRoom(a, b)).status).toBe(200);
    expect([(await listOf(a)).length, await listOf(b)]).toEqual([1, []]);
    expect(await ofA.ask({ type: 'sync', rooms: { [room.id]: room.rev } })).toMatchObject({
      rooms: [],
      unknown: [],
    });
    expect(await ofB.ask({ type: 'sync', rooms: {} })).toMatchObject({ rooms: [] });
    await ofB.settled();
    expect(ofB.all('room')).toEqual([]);

    await parley.call<Message>('POST', `/api/rooms/${room.id}/messages/`, {
      body: { text: 'hello' },
      headers: a.headers,
    });
    expect(await ofB.next('message')).toMatchObject({ message: { room_id: room.id }, unread_count: 1 });
    expect(await ofB.ask({ type: 'sync', rooms: {} })).toMatchObject({ rooms: [{ room: { id: room.id } }] });
    expect(await listOf(b)).toMatchObject([{ id: room.id, unread_count: 1 }]);
  });

  it('is a new one for each of two users who open it', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const first = await openRoom(a, b);
    const second = await openRoom(b, a);
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    expect((await openRoom(b, a)).status).toBe(200);
    expect(await listOf(b)).toMatchObject([{ id: first.body.id }]);
  });

  it('gives no presence, in no call and no frame', async () => {
    const [a, b, c] = [await newPerson(), await newPerson(), await newPerson()];
    const ofA = await socketOf(a);
    const { body: room } = await openRoom(a, b);
    await openRoom(b, a);
    await socketOf(b);
    const presenceIn = ({ users }: Room) => users.find(({ id }) => id === b.user.id);
    const hidden = { online: false, last_seen: null };
    expect(presenceIn(room)).toMatchObject(hidden);
    expect(presenceIn((await listOf(a))[0]!)).toMatchObject(hidden);
    const found = await parley.call<User[]>('GET', `/api/users/?search=${b.user.username}`, {
      headers: a.headers,
    });
    expect(found.body).toEqual([{ ...b.user, ...hidden }]);
    // Both b and c have come online; a has a chat with c only.
    const { body: chat } = await openRoom(a, c);
    const text = { body: { text: 'hello' }, headers: a.headers };
    await parley.call('POST', `/api/rooms/${chat.id}/messages/`, text);
    await parley.call('POST', `/api/rooms/${chat.id}/accept/`, { headers: c.headers });
    await socketOf(c);
    await ofA.next('presence', ({ user_id }) => user_id === c.user.id);
    await sleep(100);
    expect(ofA.all('presence').filter(({ user_id }) => user_id === b.user.id)).toEqual([]);

    await parley.call('POST', `/api/rooms/${room.id}/messages/`, text);
    const shown = await listOf(a);
    expect(presenceIn(shown.find(({ id }) => id === room.id)!)).toMatchObject({ online: true });
  });
});
