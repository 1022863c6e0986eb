import type { Message, MessagePage, Room, User } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESTORE_REV_STEP } from '../../../src/database/restore-rev-step.js';
import { OwnRedis } from '../../faults/harness/own-redis.js';
import type { Person } from '../../support/accounts.js';
import { createDatabase } from '../../support/database.js';
import { Parley } from '../../support/parley.js';
import { memberOf, privacyTools, userIn } from '../../support/privacy.js';
import type { TestSocket } from '../../support/test-socket.js';

let redis: OwnRedis;
let near: Parley;
let far: Parley;
beforeAll(async () => {
  redis = await OwnRedis.start();
  const url = await createDatabase();
  const settings = {
    AUTH_MODE: 'accounts',
    RATE_LIMIT: 'off',
    PRESENCE_GRACE_SECONDS: '0',
    TYPING_INTERVAL_SECONDS: '0.01',
    REDIS_URL: redis.url,
  };
  near = await Parley.start(settings, url);
  far = await Parley.start(settings, url);
});
afterAll(async () => {
  await near.stop();
  await far.stop();
  await redis.stop();
});

const tools = privacyTools(() => near);
const { as, newPerson, roomOf, open, listed, roomAs, send, newChat, newRequest, block, unblock } = tools;
const distant = privacyTools(() => far);

const CLIENT_IDS = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

/** What a person sees: every answer, and the frames of each socket from now on. */
class Eyes {
  #from: number[] = [];
  readonly answers: unknown[] = [];

  private constructor(
    readonly person: Person,
    /** On the near server, on the far one, and of the room. */
    readonly sockets: readonly [TestSocket, TestSocket, TestSocket],
  ) {}

  static async open(person: Person, room: Room): Promise<Eyes> {
    const path = `/ws/chat/${room.id}/`;
    const sockets = [
      await open(person.token),
      await distant.open(person.token),
      await open(person.token, path),
    ] as const;
    return new Eyes(person, sockets);
  }

  /** What came before does not count. */
  async begin(): Promise<void> {
    await this.settled();
    this.#from = this.sockets.map(({ frames }) => frames.length);
  }

  async settled(): Promise<void> {
    await sleep(50);
    for (const socket of this.sockets) await socket.settled();
  }

  /**
   * Everything that was seen. Names, ids and times are replaced by what they stand for. Acks count as answers: when a
   * frame of the other server comes before or after them depends on the machine.
   */
  seen(names: ReadonlyMap<number, string>): string {
    const frames = this.sockets.map((socket, i) =>
      socket.frames.slice(this.#from[i]).filter((frame) => !('ref' in frame)),
    );
    return JSON.stringify(
      [this.answers, ...frames],
      (key, value: unknown) => {
        if (typeof value === 'object' && value !== null && 'username' in value) {
          const { id, online, last_seen } = value as User;
          return { user: names.get(id), is: online, seen: last_seen && 'T' };
        }
        if (key === 'user_id' || key === 'sender_id') return names.get(value as number);
        if (key === 'id' || key === 'room_id' || key === 'message_id') return '#';
        if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return 'T';
        if (key === 'unknown') return (value as number[]).length;
        return value;
      },
      1,
    );
  }
}

/** Everything that somebody can do in a chat and ask about it. */
async function useEverything(eyes: Eyes, room: Room, other: Person): Promise<void> {
  const { person, answers } = eyes;
  const [socket, afar, ofRoom] = eyes.sockets;
  const inRoom = { room_id: room.id };
  const say = (text: string, client_id: string) => ({ type: 'message', ...inRoom, text, client_id });
  const base = `/api/rooms/${room.id}`;
  /** On a busy machine what two servers send can arrive in another order than it was sent in. */
  const isEverywhere = (text: string, sender: TestSocket) =>
    Promise.all(
      eyes.sockets
        .filter((one) => one !== sender)
        .map((one) => one.next('message', ({ message }) => message.text === text)),
    );
  answers.push(await socket.ask(say('one', CLIENT_IDS[0]!)));
  await isEverywhere('one', socket);
  answers.push(await afar.ask(say('two', CLIENT_IDS[1]!)));
  await isEverywhere('two', afar);
  answers.push(await socket.ask(say('one', CLIENT_IDS[0]!)));
  answers.push(await ofRoom.ask({ type: 'message', text: 'three', client_id: CLIENT_IDS[2]! }));
  for (const one of [socket, afar]) {
    answers.push(await one.ask({ type: 'typing', ...inRoom }));
    answers.push(await one.ask({ type: 'delivered', ...inRoom, seq: 99 }));
    answers.push(await one.ask({ type: 'read', ...inRoom, seq: 99 }));
    answers.push(await one.ask({ type: 'sync', rooms: {} }));
    answers.push(await one.ask({ type: 'sync', rooms: { [room.id]: 3 } }));
    answers.push(await one.ask(say('again', CLIENT_IDS[0]!)));
  }
  for (const [method, path, body] of [
    ['POST', `${base}/messages/`, { text: 'four' }],
    ['GET', '/api/rooms/'],
    ['GET', `${base}/`],
    ['GET', `${base}/messages/`],
    ['GET', `${base}/messages/?changed_since=0`],
    ['GET', `/api/users/?search=${other.user.username}`],
    ['GET', `/api/users/?search=${other.user.username.slice(2)}`],
    ['POST', '/api/rooms/create/', { user_id: other.user.id }],
    ['GET', `${base}/settings/`],
    ['POST', `${base}/accept/`],
    ['POST', `${base}/decline/`],
    ['GET', '/api/me/blocked/'],
  ] as const) {
    for (const { as: by } of [tools, distant]) {
      const answer = await by(person, method, path, body);
      answers.push([answer.status, answer.body]);
    }
  }
  await eyes.settled();
}

/** Everything that the blocker can do, from two servers, short of lifting the block. */
async function beBusy(b: Person, sockets: readonly TestSocket[], room: Room): Promise<void> {
  const inRoom = { room_id: room.id };
  for (const socket of sockets) {
    await socket.ask({ type: 'typing', ...inRoom });
    await socket.ask({ type: 'delivered', ...inRoom, seq: 99 });
    await socket.ask({ type: 'read', ...inRoom, seq: 99 });
    expect(await socket.ask({ type: 'message', ...inRoom, text: 'no' })).toMatchObject({ code: 'blocked' });
    await socket.ask({ type: 'sync', rooms: {} });
  }
  const device = await distant.open(b.token, `/ws/chat/${room.id}/`);
  await device.ask({ type: 'typing' });
  device.close();
  await as(b, 'PATCH', `/api/rooms/${room.id}/settings/`, { share_read: false, share_presence: false });
  await as(b, 'PATCH', `/api/rooms/${room.id}/settings/`, { share_read: null, share_presence: true });
  await as(b, 'PATCH', '/api/me/', { share_read: false, share_delivered: false, display_name: 'Other' });
  await as(b, 'POST', `/api/rooms/${room.id}/report/`, { reason: 'noise' });
  await as(b, 'POST', `/api/rooms/${room.id}/accept/`);
  expect((await block(b, { user: roomPeer(room, b) } as Person)).status).toBe(204);
}

/** A room but for the users in it, whose names may change. */
const without = ({ users, last_message, ...rest }: Room) => [rest, users.length, last_message?.seq];

const messageIn = (ack: object) => (ack as { message: Message }).message.id;

const roomPeer = ({ users }: Room, { user }: Person) => users.find(({ id }) => id !== user.id)!;

/** A chat in which both have written and read. Then the other goes away, or blocks the first and is busy. */
async function story(goes: 'offline' | 'blocks', hides: object): Promise<string> {
  const { a, b, room } = await newChat();
  const eyes = await Eyes.open(a, room);
  const ofB = [await open(b.token), await distant.open(b.token)];
  if (Object.keys(hides).length > 0) await as(b, 'PATCH', '/api/me/', hides);
  await send(b, room.id, 'second');
  await ofB[0]!.ask({ type: 'read', room_id: room.id, seq: 1 });
  await send(a, room.id, 'third');
  for (const socket of eyes.sockets.slice(0, 2)) {
    await socket.next('message', ({ message }) => message.text === 'third');
  }
  await eyes.begin();
  const isOffline = () =>
    eyes.sockets.every((socket) =>
      socket.all('presence').some(({ user_id, online }) => user_id === b.user.id && !online),
    );
  if (goes === 'blocks') expect((await block(b, a)).status).toBe(204);
  else for (const socket of ofB) socket.terminate();
  // Presence is the one thing that comes.
  for (let i = 0; i < 40 && !isOffline(); i++) await sleep(50);
  await eyes.settled();
  if (goes === 'blocks') await beBusy(b, ofB, room);
  await useEverything(eyes, room, b);
  if (goes === 'blocks') await beBusy(b, ofB, room);
  await eyes.settled();
  return eyes.seen(
    new Map([
      [a.user.id, 'A'],
      [b.user.id, 'B'],
    ]),
  );
}

/** Somebody writes to a stranger for the first time, who is offline, or online and has blocked the other. */
async function firstContact(isBlocked: boolean): Promise<string> {
  const [a, b] = [await newPerson(), await newPerson()];
  const ofB = isBlocked ? await open(b.token) : null;
  if (isBlocked) await block(b, a);
  const room = await roomOf(a, b);
  const eyes = await Eyes.open(a, room);
  await useEverything(eyes, room, b);
  if (ofB) {
    await ofB.settled();
    expect(ofB.frames.map(({ type }) => type)).toEqual(['hello', 'error']);
    expect(await ofB.ask({ type: 'sync', rooms: {} })).toMatchObject({ rooms: [] });
    expect((await as(b, 'GET', `/api/rooms/${room.id}/`)).status).toBe(404);
  }
  const names = new Map([
    [a.user.id, 'A'],
    [b.user.id, 'B'],
  ]);
  return eyes.seen(names);
}

describe('a blocked user', () => {
  it.each([
    ['nothing', {}],
    ['receipts', { share_read: false, share_delivered: false }],
    ['presence', { share_presence: false }],
  ])(
    'sees what it sees of somebody who went offline, byte for byte, who hides %s',
    async (_, hides) => {
      const blocked = await story('blocks', hides);
      expect(blocked).toBe(await story('offline', hides));
      expect(blocked).toContain('"text": "four"');
    },
    30_000,
  );

  it('sees what it sees of a stranger who is offline, when it writes for the first time', async () => {
    expect(await firstContact(true)).toBe(await firstContact(false));
  }, 30_000);

  it('cannot find by the numbers or times of a room that it was blocked before', async () => {
    const [a, b, c] = [await newPerson(), await newPerson(), await newPerson()];
    await block(b, a);
    const [{ id: earlier }] = (await near.sql<{ id: number }>('SELECT max(id)::int AS id FROM rooms')) as [
      { id: number },
    ];
    expect((await as(a, 'GET', `/api/rooms/${earlier}/`)).status).toBe(404);
    const [before, room] = [await roomOf(a, c), await roomOf(a, b)];
    expect(room.id).toBeGreaterThan(before.id);
    expect(Date.parse(room.created_at)).toBeGreaterThanOrEqual(Date.parse(before.created_at));
  });

  it('stays blocked when both open the chat at the same moment', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 10 }, async () => [await newPerson(), await newPerson()]),
    );
    for (const [a, b] of pairs as [Person, Person][]) {
      const [room] = await Promise.all([roomOf(a, b), distant.block(b, a)]);
      await send(a, room.id, 'hello');
      expect((await listed(b, room.id))?.last_seq ?? 0).toBe(0);
      expect((await as<User[]>(b, 'GET', '/api/me/blocked/')).body).toMatchObject([{ id: a.user.id }]);
    }
  });
});

describe('a user who blocks another', () => {
  it('gets nothing of it any more, in no call and no frame, and on no server', async () => {
    const { a, b, room } = await newChat();
    const ofB = [
      await open(b.token),
      await distant.open(b.token),
      await open(b.token, `/ws/chat/${room.id}/`),
    ];
    await block(b, a);
    const before = await roomAs(b, room.id);
    expect(before).toMatchObject({ blocked: true, last_seq: 1 });
    for (const socket of ofB.slice(0, 2)) {
      expect((await socket.next('room')).room).toMatchObject({ id: room.id, rev: before.rev, blocked: true });
    }
    const counts = ofB.map(({ frames }) => frames.length);
    const eyes = await Eyes.open(a, room);
    await useEverything(eyes, room, b);
    await as(a, 'PATCH', '/api/me/', { display_name: 'Louder' });
    for (const socket of ofB) await socket.settled();
    const came = ofB.flatMap(({ frames }, i) => frames.slice(counts[i]).map(({ type }) => type));
    expect(came).toEqual(['error', 'error', 'error']);

    expect(without(await roomAs(b, room.id))).toEqual(without(before));
    expect(without((await listed(b, room.id))!)).toEqual(without(before));
    const history = await as<MessagePage>(b, 'GET', `/api/rooms/${room.id}/messages/`);
    expect([history.body.count, history.body.results.length]).toEqual([1, 1]);
    const changes = `/api/rooms/${room.id}/messages/?changed_since=0`;
    expect((await as<MessagePage>(b, 'GET', changes)).body.results.length).toBe(1);
    const have = { [room.id]: before.rev };
    expect(await ofB[0]!.ask({ type: 'sync', rooms: have })).toMatchObject({ rooms: [], unknown: [] });
    expect(userIn(await roomAs(b, room.id), a)).toMatchObject({ online: false, last_seen: null });
    expect(await ofB[0]!.ask({ type: 'read', room_id: room.id, seq: 99 })).toMatchObject({
      seq: 1,
      unread_count: 0,
    });
  });

  it('gets no repetition of what was sent before the block or during it, nor repeats its own', async () => {
    const { a, b, room } = await newChat();
    const [ofA, ofB, farOfA, farOfB] = [
      await open(a.token),
      await open(b.token),
      await distant.open(a.token),
      await distant.open(b.token),
    ];
    const say = (text: string, i: number) =>
      ({ type: 'message', room_id: room.id, text, client_id: CLIENT_IDS[i]! }) as const;
    const first = await ofA.ask(say('before', 0));
    await ofB.ask(say('of the blocker', 1));
    await farOfB.next('message', ({ message }) => message.text === 'of the blocker');
    await block(b, a);
    const during = await farOfA.ask(say('during', 2));
    await ofA.next('message', ({ message }) => message.text === 'during');
    for (const socket of [ofA, ofB, farOfA, farOfB]) await socket.settled();
    const counts = [ofB, farOfB, ofA, farOfA].map(({ frames }) => frames.length);

    // Nobody has confirmed them, so a repetition is published again: to all but the blocker.
    for (const socket of [ofA, farOfA]) {
      expect(await socket.ask(say('before', 0))).toMatchObject({ message: { id: messageIn(first) } });
      expect(await socket.ask(say('during', 2))).toMatchObject({ message: { id: messageIn(during) } });
    }
    expect(await ofB.ask(say('of the blocker', 1))).toMatchObject({ type: 'ack' });
    const since = () =>
      [ofB, farOfB, ofA, farOfA].map(({ frames }, i) =>
        frames.slice(counts[i]).flatMap((frame) => (frame.type === 'message' ? frame.message.text : [])),
      );
    for (let i = 0; i < 40 && since().flat().length < 4; i++) await sleep(50);
    for (const socket of [ofA, ofB, farOfA, farOfB]) await socket.settled();
    expect(since()).toEqual([[], [], ['before', 'during'], ['before', 'during']]);
  });

  it('gets by sync what has changed when the database is restored to an earlier block', async () => {
    const { a, b, room } = await newChat();
    await block(b, a);
    const { rev: then } = await roomAs(b, room.id);
    await near.sql('CREATE TABLE saved AS SELECT * FROM rooms WHERE id = $1', [room.id]);
    // After the backup the block is lifted, and begins anew: a device of the blocker has seen more.
    await unblock(b, a);
    for (const text of ['two', 'three']) await send(a, room.id, text);
    await block(b, a);
    const { rev: seen, last_seq: lost } = await roomAs(b, room.id);
    expect([seen > then, lost]).toEqual([true, 3]);

    // What a restore does (decision 22).
    await near.sql('DELETE FROM messages WHERE room_id = $1 AND seq > 1', [room.id]);
    await near.sql('DELETE FROM rooms WHERE id = $1', [room.id]);
    await near.sql('INSERT INTO rooms OVERRIDING SYSTEM VALUE SELECT * FROM saved');
    await near.sql('UPDATE rooms SET rev = rev + $2 WHERE id = $1', [room.id, RESTORE_REV_STEP]);
    await near.sql('DROP TABLE saved');

    const ofB = await open(b.token);
    const sync = (rev: number) => ofB.ask({ type: 'sync', rooms: { [room.id]: rev } });
    expect(await sync(then)).toMatchObject({ rooms: [] });
    expect(await sync(seen)).toMatchObject({
      rooms: [{ reset: true, room: { rev: then, last_seq: 1, blocked: true } }],
    });
    // No revision that a device has seen is used again.
    await unblock(b, a);
    await send(a, room.id, 'new');
    expect((await roomAs(b, room.id)).rev).toBeGreaterThan(RESTORE_REV_STEP);
    expect(await sync(seen)).toMatchObject({ rooms: [{ reset: true, room: { last_seq: 2 } }] });
  });

  it('keeps the place of the chat in the list', async () => {
    const b = await newPerson();
    const rooms: Room[] = [];
    const people = [await newPerson(), await newPerson()];
    for (const person of people) {
      const room = await roomOf(person, b);
      await send(person, room.id, 'hello');
      rooms.push(room);
    }
    await block(b, people[0]!);
    await send(people[0]!, rooms[0]!.id, 'hello again');
    const ids = (await as<Room[]>(b, 'GET', '/api/rooms/')).body.map(({ id }) => id);
    expect(ids).toEqual([rooms[1]!.id, rooms[0]!.id]);
    const page = await as<Room[]>(b, 'GET', `/api/rooms/?limit=1&before=${rooms[1]!.id}`);
    expect(page.body.map(({ id }) => id)).toEqual([rooms[0]!.id]);
  });

  it('gets the messages of the meantime when it unblocks, and is seen again', async () => {
    const { a, b, room } = await newChat();
    const [ofA, ofB] = [await distant.open(a.token), await open(b.token)];
    await block(b, a);
    const { rev } = await roomAs(b, room.id);
    await ofA.next('presence', ({ online }) => !online);
    for (const text of ['two', 'three']) await send(a, room.id, text);
    await unblock(b, a);
    const back = await ofB.next('room', ({ room: { blocked } }) => blocked === undefined);
    expect(back.room.rev).toBeGreaterThan(rev);
    expect(await ofB.ask({ type: 'sync', rooms: { [room.id]: rev } })).toMatchObject({
      rooms: [
        {
          reset: false,
          room: { unread_count: 3 },
          messages: [{ seq: 1 }, { text: 'two' }, { text: 'three' }],
        },
      ],
    });
    expect(await ofA.next('presence', ({ online }) => online)).toMatchObject({ user_id: b.user.id });
    await ofB.ask({ type: 'delivered', room_id: room.id, seq: 3 });
    expect(await ofA.next('delivered')).toMatchObject({ user_id: b.user.id, seq: 3 });
    await ofA.ask({ type: 'message', room_id: room.id, text: 'four' });
    expect(await ofB.next('message')).toMatchObject({ message: { text: 'four' }, unread_count: 4 });
    expect(await ofB.ask({ type: 'message', room_id: room.id, text: 'five' })).toMatchObject({ type: 'ack' });
  });

  it('shows what it read of the earlier messages only when it unblocks', async () => {
    const { a, b, room } = await newChat();
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    await block(b, a);
    await ofB.ask({ type: 'read', room_id: room.id, seq: 1 });
    expect(memberOf(await roomAs(b, room.id), b)).toMatchObject({ read_seq: 1 });
    expect(memberOf(await roomAs(a, room.id), b)).toMatchObject({ read_seq: 0 });
    const { rev } = await roomAs(a, room.id);
    await unblock(b, a);
    const { room: shown } = await ofA.next('room');
    expect([memberOf(shown, b).read_seq, shown.rev]).toEqual([1, rev + 1]);
  });

  it('may block in both directions, each of which ends by itself', async () => {
    const { a, b, room } = await newChat();
    await block(a, b);
    await block(b, a);
    for (const person of [a, b]) {
      expect(await roomAs(person, room.id)).toMatchObject({ blocked: true });
      const { status, body } = await as(person, 'POST', `/api/rooms/${room.id}/messages/`, { text: 'no' });
      expect([status, body]).toMatchObject([403, { code: 'blocked' }]);
    }
    await unblock(a, b);
    await send(a, room.id, 'hello');
    expect(await roomAs(b, room.id)).toMatchObject({ blocked: true, last_seq: 1 });
    await unblock(b, a);
    expect(await roomAs(b, room.id)).toMatchObject({ last_seq: 2 });
  });

  it('is refused for a user that is not there, and for itself', async () => {
    const { a, room } = await newRequest();
    const call = (method: string, id: number | string) => as(a, method, `/api/users/${id}/block/`);
    expect([(await call('POST', 999_999_999)).status, (await call('DELETE', 'x')).status]).toEqual([
      404, 404,
    ]);
    expect(await call('POST', a.user.id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await call('DELETE', roomPeer(room, a).id)).status).toBe(204);
  });

  it('has each message either before the block or not at all, while both are sent at once', async () => {
    const { a, b, room } = await newChat();
    const [ofA, ofB] = [await open(a.token), await distant.open(b.token)];
    const sends = Array.from({ length: 60 }, (_, i) =>
      ofA.ask({ type: 'message', room_id: room.id, text: `text ${i}` }),
    );
    await sends[20];
    await distant.block(b, a);
    await Promise.all(sends);
    await ofB.settled();
    const { last_seq, unread_count } = await roomAs(b, room.id);
    const seqs = ofB.all('message').map(({ message }: { message: Message }) => message.seq);
    expect(Math.max(0, ...seqs)).toBeLessThanOrEqual(last_seq);
    expect(unread_count).toBe(last_seq);
    expect((await roomAs(a, room.id)).last_seq).toBe(61);
    await unblock(b, a);
    expect(await roomAs(b, room.id)).toMatchObject({ last_seq: 61, unread_count: 61 });
  });
});
