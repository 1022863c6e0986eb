import type { Message, MessagePage, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { memberOf, privacyTools, signsOf, userIn } from '../../support/privacy.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off', PRESENCE_GRACE_SECONDS: '0' });
});
afterAll(() => parley.stop());

const { as, newPerson, roomOf, open, listed, roomAs, send, newRequest, newChat } = privacyTools(() => parley);

const OFFLINE = { online: false, last_seen: null };

describe('a request', () => {
  it('is the first message of somebody new, for its receiver only', async () => {
    const { a, b, room } = await newRequest();
    expect(await listed(b, room.id)).toMatchObject({ request: true, unread_count: 1 });
    expect(await roomAs(b, room.id)).toMatchObject({ request: true });
    const socket = await open(b.token);
    expect(await socket.ask({ type: 'sync', rooms: {} })).toMatchObject({
      rooms: [{ room: { request: true } }],
    });
    expect(await listed(a, room.id)).not.toHaveProperty('request');
  });

  it('sends nothing back until it is accepted: no receipt, no typing, no presence', async () => {
    const { a, b, room } = await newRequest();
    const ofA = await open(a.token);
    const [ofB, device] = [await open(b.token), await open(b.token)];
    const before = await roomAs(a, room.id);
    for (const type of ['delivered', 'read']) {
      expect(await ofB.ask({ type, room_id: room.id, seq: 1 })).toMatchObject({ type: 'ack', seq: 1 });
    }
    expect(await ofB.ask({ type: 'typing', room_id: room.id })).toMatchObject({ type: 'ack' });
    // The receiver's own devices are in step, by frames without a gap and by the room.
    const [delivered, read] = [await device.next('delivered'), await device.next('read')];
    expect([delivered.rev, read.rev, read.unread_count]).toEqual([2, 3, 0]);
    expect(await roomAs(b, room.id)).toMatchObject({ rev: 3, unread_count: 0 });

    await ofA.settled();
    expect(signsOf(ofA, b.user.id)).toEqual([]);
    expect(await roomAs(a, room.id)).toEqual(before);
    expect(userIn(before, b)).toMatchObject(OFFLINE);
    expect(memberOf(before, b)).toMatchObject({ read_seq: 0, delivered_seq: 0 });
    const { body: page } = await as<MessagePage>(a, 'GET', `/api/rooms/${room.id}/messages/`);
    expect(page.results).toMatchObject([{ is_read: false, is_delivered: false, receiver: OFFLINE }]);
    const { body: found } = await as<User[]>(a, 'GET', `/api/users/?search=${b.user.username}`);
    expect(found).toMatchObject([OFFLINE]);
    const ack = await ofA.ask({ type: 'message', room_id: room.id, text: 'second' });
    expect(ack).toMatchObject({ rev: before.rev + 1, message: { receiver: OFFLINE } });
    expect(await ofA.ask({ type: 'sync', rooms: { [room.id]: before.rev + 1 } })).toMatchObject({
      rooms: [],
    });
  });

  it('lets no typing of its sender through, also not before the first message', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    const room = await roomOf(a, b);
    expect(await ofA.ask({ type: 'typing', room_id: room.id })).toMatchObject({ type: 'ack' });
    await ofB.settled();
    expect(signsOf(ofB, a.user.id)).toEqual([]);
  });

  it('shows the watermarks and the presence of its receiver when it is accepted', async () => {
    const { a, b, room } = await newRequest();
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    const device = await open(b.token);
    await ofB.ask({ type: 'read', room_id: room.id, seq: 1 });
    const { status, body } = await as<Room>(b, 'POST', `/api/rooms/${room.id}/accept/`);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('request');
    expect(await device.next('room')).toMatchObject({ room: { id: room.id, rev: body.rev } });
    expect(await ofA.next('presence')).toEqual({
      type: 'presence',
      user_id: b.user.id,
      online: true,
      last_seen: null,
    });
    const { room: shown } = await ofA.next('room');
    expect(memberOf(shown, b)).toMatchObject({ read_seq: 1, delivered_seq: 1 });
    expect(userIn(shown, b)).toMatchObject({ online: true });
    expect(shown.rev).toBe(2);
    // Both clients find it by the revision, too.
    expect(await ofA.ask({ type: 'sync', rooms: { [room.id]: 1 } })).toMatchObject({
      rooms: [{ room: shown }],
    });
    await ofB.ask({ type: 'typing', room_id: room.id });
    expect(await ofA.next('typing')).toMatchObject({ user_id: b.user.id });
    // Again changes nothing.
    expect((await as<Room>(b, 'POST', `/api/rooms/${room.id}/accept/`)).body).toEqual(body);
  });

  it('is accepted by an answer', async () => {
    const { a, b, room } = await newRequest();
    const ofA = await open(a.token);
    const ofB = await open(b.token);
    const id = 'bb0d0d4c-6a3e-4c7f-9f4a-0d6f5a5b6c7d';
    const answer = { type: 'message', room_id: room.id, text: 'hello', client_id: id };
    const [first, second] = await Promise.all([ofB.ask(answer), ofB.ask(answer)]);
    expect(first).toMatchObject({ type: 'ack', message: { seq: 2 } });
    expect(second).toMatchObject({ type: 'ack', message: { seq: 2 } });
    expect(await ofA.next('message')).toMatchObject({ message: { text: 'hello' } });
    expect(await roomAs(b, room.id)).not.toHaveProperty('request');
    expect(userIn(await roomAs(a, room.id), b)).toMatchObject({ online: true });
  });

  it('leaves the list and is silent when it is declined, and its sender sees no difference', async () => {
    const { a, b, room } = await newRequest();
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    const before = await roomAs(a, room.id);
    expect((await as(b, 'POST', `/api/rooms/${room.id}/decline/`)).status).toBe(204);
    expect(await listed(b, room.id)).toBeUndefined();
    await ofB.next('resync');
    const have = { [room.id]: before.rev };
    expect(await ofB.ask({ type: 'sync', rooms: have })).toMatchObject({ rooms: [], unknown: [room.id] });
    expect(await roomAs(a, room.id)).toEqual(before);

    expect(await ofA.ask({ type: 'message', room_id: room.id, text: 'hello?' })).toMatchObject({
      type: 'ack',
      rev: before.rev + 1,
      message: { seq: 2, is_delivered: false },
    });
    await ofB.settled();
    expect(ofB.all('message')).toEqual([]);
    const { body: found } = await as<User[]>(b, 'GET', `/api/users/?search=${a.user.username.slice(1)}`);
    expect(found).toEqual([]);
    expect((await as(b, 'POST', `/api/rooms/${room.id}/decline/`)).status).toBe(204);
  });

  it('comes back with all its messages when its receiver opens it after declining', async () => {
    const { a, b, room } = await newRequest();
    await as(b, 'POST', `/api/rooms/${room.id}/decline/`);
    await send(a, room.id, 'second');
    const { status, body } = await as<Room>(b, 'POST', '/api/rooms/create/', { user_id: a.user.id });
    expect([status, body.id, body.request, body.last_seq, body.unread_count]).toEqual([
      200,
      room.id,
      true,
      2,
      2,
    ]);
    expect(await listed(b, room.id)).toEqual(body);
  });

  it('cannot be declined once it is accepted, nor by its sender', async () => {
    const { a, b, room } = await newChat();
    for (const person of [a, b]) {
      const { status, body } = await as(person, 'POST', `/api/rooms/${room.id}/decline/`);
      expect([status, body]).toMatchObject([409, { code: 'conflict' }]);
    }
    expect(await listed(b, room.id)).toBeDefined();
  });

  it('is no request of a user who has opened the room as well', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await roomOf(b, a);
    await send(a, room.id, 'hello');
    expect(await listed(b, room.id)).not.toHaveProperty('request');
    await send(b, room.id, 'hello');
    expect(await listed(a, room.id)).not.toHaveProperty('request');
  });

  it('does not exist for its receiver before the first message', async () => {
    const [a, b, stranger] = [await newPerson(), await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const calls = [
      ['GET', ''],
      ['GET', 'messages/'],
      ['GET', 'settings/'],
      ['POST', 'accept/'],
      ['POST', 'decline/'],
    ] as const;
    for (const [method, path] of calls) {
      const [of, missing, foreign] = await Promise.all([
        as(b, method, `/api/rooms/${room.id}/${path}`),
        as(b, method, `/api/rooms/999999999/${path}`),
        as(stranger, method, `/api/rooms/${room.id}/${path}`),
      ]);
      expect([of.status, foreign.status]).toEqual([404, 404]);
      expect([of.body, foreign.body]).toEqual([missing.body, missing.body]);
    }
    await send(a, room.id, 'now');
    expect((await as<Message>(b, 'GET', `/api/rooms/${room.id}/`)).status).toBe(200);
  });
});

describe('the search for people', () => {
  it('finds the people of my chats by any part of the name, and others by its beginning, 20 at most', async () => {
    const { a, b } = await newChat();
    const find = async (text: string) =>
      (await as<User[]>(a, 'GET', `/api/users/?search=${text}`)).body.map(({ id }) => id);
    expect(await find(b.user.username.slice(3))).toEqual([b.user.id]);
    const stranger = await newPerson();
    const { username, id } = stranger.user;
    expect(await find(username)).toEqual([id]);
    expect(await find(username.slice(0, 6))).toContain(id);
    expect(await find(username.slice(1))).toEqual([]);
    expect(await find(username.slice(0, 2))).not.toContain(id);
    for (let i = 0; i < 25; i++) await newPerson();
    expect(await find('%')).toEqual([]);
  });

  it('finds the people of my chats without regard to accents, and no stranger by the display name or by marks', async () => {
    const { a, b } = await newChat();
    const stranger = await newPerson();
    for (const person of [b, stranger]) {
      expect((await as(person, 'PATCH', '/api/me/', { display_name: 'Zoë Ångström' })).status).toBe(200);
    }
    const find = async (text: string) =>
      (await as<User[]>(a, 'GET', `/api/users/?search=${encodeURIComponent(text)}`)).body.map(({ id }) => id);
    for (const text of ['zoe', 'ZOE\u0308', 'angstrom', 'é ang'])
      expect(await find(text)).toEqual([b.user.id]);
    // Three characters, of which two are marks: not the beginning of a username.
    const first = stranger.user.username.slice(0, 1);
    expect(await find(`${first}\u0301\u0308`)).not.toContain(stranger.user.id);
    expect(await find('\u0301\u0308\u0327')).toEqual([]);
    expect(await find('')).toEqual([b.user.id]);
  });
});
