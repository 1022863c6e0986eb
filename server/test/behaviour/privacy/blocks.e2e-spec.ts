import type { Message, MessagePage, Room } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESTORE_REV_STEP } from '../../../src/database/restore-rev-step.js';
import { Eyes, useEverything } from '../../support/eyes.js';
import { memberOf, privacyTools, userIn } from '../../support/privacy.js';
import { setUpTwoServers } from '../../support/two-servers.js';

const servers = setUpTwoServers({ PRESENCE_GRACE_SECONDS: '0', TYPING_INTERVAL_SECONDS: '0.01' });

const { as, newPerson, roomOf, open, listed, roomAs, send, newChat, newRequest, block, unblock } =
  privacyTools(() => servers.near);
const distant = privacyTools(() => servers.far);

/** A room but for the users in it, whose names may change. */
const without = ({ users, last_message, ...rest }: Room) => [rest, users.length, last_message?.seq];

const messageIn = (ack: object) => (ack as { message: Message }).message.id;

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
    const eyes = await Eyes.open(servers, a, room);
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
    const ids = Array.from({ length: 3 }, () => randomUUID());
    const say = (text: string, i: number) =>
      ({ type: 'message', room_id: room.id, text, client_id: ids[i]! }) as const;
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
    await servers.near.sql('CREATE TABLE saved AS SELECT * FROM rooms WHERE id = $1', [room.id]);
    // After the backup the block is lifted, and begins anew: a device of the blocker has seen more.
    await unblock(b, a);
    for (const text of ['two', 'three']) await send(a, room.id, text);
    await block(b, a);
    const { rev: seen, last_seq: lost } = await roomAs(b, room.id);
    expect([seen > then, lost]).toEqual([true, 3]);

    // What a restore does (decision 22).
    await servers.near.sql('DELETE FROM messages WHERE room_id = $1 AND seq > 1', [room.id]);
    await servers.near.sql('DELETE FROM rooms WHERE id = $1', [room.id]);
    await servers.near.sql('INSERT INTO rooms OVERRIDING SYSTEM VALUE SELECT * FROM saved');
    await servers.near.sql('UPDATE rooms SET rev = rev + $2 WHERE id = $1', [room.id, RESTORE_REV_STEP]);
    await servers.near.sql('DROP TABLE saved');

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
    const { a, b } = await newRequest();
    const call = (method: string, id: number | string) => as(a, method, `/api/users/${id}/block/`);
    expect([(await call('POST', 999_999_999)).status, (await call('DELETE', 'x')).status]).toEqual([
      404, 404,
    ]);
    expect(await call('POST', a.user.id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await call('DELETE', b.user.id)).status).toBe(204);
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
