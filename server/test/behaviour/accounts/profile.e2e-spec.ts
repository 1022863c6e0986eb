import type { Room, User } from '@parley/shared';
import { accountTools, type Person } from '../../support/accounts.js';
import type { Parley } from '../../support/parley.js';
import { bearer, openSession } from '../../support/sessions.js';
import { setUpTwoServers } from '../../support/two-servers.js';

const servers = setUpTwoServers({ REGISTRATION: 'open' });
const { newPerson, roomOf, statusOf, open } = accountTools(() => servers.near);

const patch = (person: Person, body: unknown) =>
  servers.near.call<User>('PATCH', '/api/me/', { body, headers: bearer(person.token) });
const post = (person: Person, room: Room, text: string) =>
  statusOf('POST', `/api/rooms/${room.id}/messages/`, person.token, { text });
const nameOf = (room: Room, { user }: Person) => room.users.find(({ id }) => id === user.id)?.display_name;
const list = async (server: Parley, { token }: Person) =>
  (await server.call<Room[]>('GET', '/api/rooms/', { headers: bearer(token) })).body;

describe('the profile of a user', () => {
  it('has another name at once for the members of the chats, on every server, and for nobody else', async () => {
    const [a, b, stranger] = [await newPerson(), await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'hello');
    const empty = await roomOf(a, stranger);
    // Cached on both servers.
    for (const server of [servers.near, servers.far])
      expect(nameOf((await list(server, b))[0]!, a)).toBe(a.user.username);

    const sockets = [await open(a.token), await open(b.token)];
    const far = await servers.far.socket('/ws/', {
      headers: bearer(await openSession(servers.near.databaseUrl, b.user.username)),
    });
    const [ofRoom, ofStranger] = [await open(b.token, `/ws/chat/${room.id}/`), await open(stranger.token)];
    const answer = await patch(a, { display_name: '  Älice Ω ' });
    expect([answer.status, answer.body.display_name]).toEqual([200, 'Älice Ω']);

    for (const socket of [...sockets, far]) {
      const frame = await socket.next('room', ({ room: { id } }) => id === room.id);
      expect(nameOf(frame.room, a)).toBe('Älice Ω');
      // Missed frames are found by the revision.
      const caughtUp = await socket.ask({ type: 'sync', rooms: { [room.id]: frame.room.rev - 1 } });
      const mine =
        'rooms' in caughtUp ? caughtUp.rooms.find((changes) => changes.room.id === room.id) : undefined;
      expect(mine).toMatchObject({ room: { rev: frame.room.rev }, reset: false });
    }
    for (const server of [servers.near, servers.far])
      expect(nameOf((await list(server, b))[0]!, a)).toBe('Älice Ω');
    await servers.far.call('POST', `/api/rooms/${room.id}/messages/`, {
      body: { text: 'x' },
      headers: bearer(b.token),
    });
    const { message } = await sockets[0]!.next('message', ({ message: { text } }) => text === 'x');
    expect(message.receiver.display_name).toBe('Älice Ω');
    for (const silent of [ofRoom, ofStranger]) {
      await silent.settled();
      expect(silent.all('room')).toEqual([]);
    }
    expect((await list(servers.near, a)).find(({ id }) => id === empty.id)).toMatchObject({ rev: 0 });
  });

  it('stays as it is when nothing changes, and publishes nothing then', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'hello');
    const socket = await open(b.token);
    expect((await patch(a, {})).body).toMatchObject({ display_name: a.user.display_name });
    expect((await patch(a, { display_name: a.user.display_name })).status).toBe(200);
    await socket.settled();
    expect(socket.all('room')).toEqual([]);
  });

  it('takes no other name than at registration, and no other field', async () => {
    const a = await newPerson();
    const refused = ['', '  ', '\u200b', 'a\nb', '\u202egnp', 'x'.repeat(65), '\ud800', 7, ['x'], { a: 1 }];
    for (const display_name of refused) {
      const { status, body } = await servers.near.call('PATCH', '/api/me/', {
        body: { display_name },
        headers: bearer(a.token),
      });
      expect([display_name, status, body.errors?.[0]?.field]).toEqual([display_name, 400, 'display_name']);
    }
    for (const field of ['username', 'id', 'online', 'deleted']) {
      expect([field, await statusOf('PATCH', '/api/me/', a.token, { [field]: 'x' })]).toEqual([field, 400]);
    }
    expect(await statusOf('PATCH', '/api/me/', null, { display_name: 'x' })).toBe(401);
  });
});
