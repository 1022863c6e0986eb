import type { Me, Message, MessagePage, RoomSettings, User } from '@parley/shared';
import fc from 'fast-check';
import { Parley } from '../../support/parley.js';
import { memberOf, privacyTools, signsOf, userIn } from '../../support/privacy.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({
    AUTH_MODE: 'accounts',
    RATE_LIMIT: 'off',
    PRESENCE_GRACE_SECONDS: '0',
    TYPING_INTERVAL_SECONDS: '0.001',
  });
});
afterAll(() => parley.stop());

const { as, open, roomAs, send, newChat, newPerson, roomOf } = privacyTools(() => parley);

const ALL = { share_read: true, share_delivered: true, share_typing: true, share_presence: true };
const NO_OVERRIDES = {
  share_read: null,
  share_delivered: null,
  share_typing: null,
  share_presence: null,
  pinned: false,
  muted_until: null,
  archived: false,
  marked_unread: false,
};

describe('what a user shares', () => {
  it('is everything at first, and is changed field by field', async () => {
    const { a, room } = await newChat();
    expect((await as<Me>(a, 'GET', '/api/me/')).body).toMatchObject({ id: a.user.id, ...ALL });
    const { body } = await as<Me>(a, 'PATCH', '/api/me/', { share_typing: false });
    expect(body).toMatchObject({ ...ALL, share_typing: false });
    const path = `/api/rooms/${room.id}/settings/`;
    const [socket, device] = [await open(a.token), await open(a.token, `/ws/chat/${room.id}/`)];
    expect((await as(a, 'GET', path)).body).toEqual(NO_OVERRIDES);
    const changed = { ...NO_OVERRIDES, share_read: false, share_typing: true };
    expect((await as(a, 'PATCH', path, { share_read: false, share_typing: true })).body).toEqual(changed);
    expect(await socket.next('settings')).toEqual({
      type: 'settings',
      room_id: room.id,
      ...changed,
      listing: null,
    });
    expect((await as<RoomSettings>(a, 'PATCH', path, { share_read: null })).body).toEqual({
      ...changed,
      share_read: null,
    });
    await device.settled();
    expect(device.all('settings')).toEqual([]);
    for (const wrong of [{ share_read: 1 }, { share_read: 'no' }, { read: true }]) {
      expect((await as(a, 'PATCH', path, wrong)).status).toBe(400);
      expect((await as(a, 'PATCH', '/api/me/', wrong)).status).toBe(400);
    }
    expect((await as(a, 'PATCH', '/api/me/', { share_read: null })).status).toBe(400);
  });

  it('reaches the other devices of the user when it is changed in general, and nobody else', async () => {
    const { a, b, room } = await newChat();
    const devices = [await open(a.token), await open(a.token)];
    const others = [
      await open(b.token),
      await open(a.token, `/ws/chat/${room.id}/`),
      await open(b.token, `/ws/chat/${room.id}/`),
    ];
    await as(a, 'PATCH', '/api/me/', { share_typing: false });
    await as(a, 'PATCH', '/api/me/', { display_name: 'Other' });
    await as(a, 'PATCH', '/api/me/', { share_typing: true, share_presence: false });
    for (const device of devices) {
      await device.next('sharing', ({ share_presence: isShared }) => !isShared);
      expect(device.all('sharing')).toEqual([
        { type: 'sharing', ...ALL, share_typing: false },
        { type: 'sharing', ...ALL, share_presence: false },
      ]);
    }
    for (const socket of others) {
      await socket.settled();
      expect(socket.all('sharing')).toEqual([]);
    }
  });

  it('never sends a hidden read watermark to the other, and keeps the own devices in step', async () => {
    const { a, b, room } = await newChat();
    await as(b, 'PATCH', '/api/me/', { share_read: false });
    const ofA = await open(a.token);
    const [ofB, device] = [await open(b.token), await open(b.token)];
    const before = await roomAs(a, room.id);
    expect(memberOf(before, b)).toMatchObject({ read_seq: null, delivered_seq: 0 });
    await ofB.ask({ type: 'delivered', room_id: room.id, seq: 1 });
    expect(await ofA.next('delivered')).toMatchObject({ seq: 1, rev: before.rev + 1 });
    await ofB.ask({ type: 'read', room_id: room.id, seq: 1 });
    expect(await device.next('read')).toMatchObject({ seq: 1, unread_count: 0 });
    await ofA.settled();
    expect(ofA.all('read')).toEqual([]);
    const after = await roomAs(a, room.id);
    expect([after.rev, memberOf(after, b)]).toMatchObject([
      before.rev + 1,
      { read_seq: null, delivered_seq: 1 },
    ]);
    expect(memberOf(await roomAs(b, room.id), b)).toMatchObject({ read_seq: 1 });
    const { body } = await as<MessagePage>(a, 'GET', `/api/rooms/${room.id}/messages/`);
    expect(body.results).toMatchObject([{ is_read: false, is_delivered: true }]);
    const { body: own } = await as<MessagePage>(b, 'GET', `/api/rooms/${room.id}/messages/`);
    expect(own.results).toMatchObject([{ is_read: true, is_delivered: true }]);
    // A repetition of the message shows no more.
    const again = await ofA.ask({
      type: 'message',
      room_id: room.id,
      text: 'x',
      client_id: await clientId(ofA, room.id),
    });
    expect(again).toMatchObject({ message: { is_read: false } });
  });

  it('sends what is delivered by reading, where only reading is hidden', async () => {
    const { a, b, room } = await newChat();
    await as(b, 'PATCH', '/api/me/', { share_read: false });
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    await ofB.ask({ type: 'read', room_id: room.id, seq: 1 });
    expect(await ofA.next('delivered')).toMatchObject({ seq: 1 });
    const revs = [...ofB.all('read'), ...ofB.all('delivered')].map(({ rev }) => rev);
    expect(revs).toEqual([revs[0], revs[0]! + 1]);
  });

  it('hides delivery, which reading still shows', async () => {
    const { a, b, room } = await newChat();
    await as(b, 'PATCH', '/api/me/', { share_delivered: false });
    await send(a, room.id, 'second');
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    await ofB.ask({ type: 'delivered', room_id: room.id, seq: 2 });
    await ofB.ask({ type: 'read', room_id: room.id, seq: 1 });
    expect(await ofA.next('read')).toMatchObject({ seq: 1 });
    expect(ofA.all('delivered')).toEqual([]);
    expect(memberOf(await roomAs(a, room.id), b)).toMatchObject({ read_seq: 1, delivered_seq: 1 });
    const { body } = await as<MessagePage>(a, 'GET', `/api/rooms/${room.id}/messages/`);
    expect(body.results.map((message: Message) => message.is_delivered)).toEqual([false, true]);
  });

  it('never sends hidden typing or presence, in any frame, call or message', async () => {
    const { a, b, room } = await newChat();
    await as(b, 'PATCH', '/api/me/', { share_typing: false, share_presence: false });
    const [ofA, ofRoom] = [await open(a.token), await open(a.token, `/ws/chat/${room.id}/`)];
    const ofB = await open(b.token);
    await ofB.ask({ type: 'typing', room_id: room.id });
    expect(await ofB.ask({ type: 'message', room_id: room.id, text: 'here' })).toMatchObject({ type: 'ack' });
    const hidden = { online: false, last_seen: null };
    expect((await ofA.next('message')).message.sender).toMatchObject(hidden);
    expect(userIn(await roomAs(a, room.id), b)).toMatchObject(hidden);
    const { body } = await as<User[]>(a, 'GET', `/api/users/?search=${b.user.username}`);
    expect(body).toMatchObject([hidden]);
    ofB.terminate();
    for (const socket of [ofA, ofRoom]) {
      await socket.settled();
      expect(signsOf(socket, b.user.id)).toEqual([]);
    }
    // The other direction is not touched.
    const back = await open(b.token);
    await ofA.ask({ type: 'typing', room_id: room.id });
    expect(await back.next('typing')).toMatchObject({ user_id: a.user.id });
  });

  it('takes the presence away at once when it is hidden, and shows it again', async () => {
    const { a, b, room } = await newChat();
    const ofA = await open(a.token);
    await open(b.token);
    const path = `/api/rooms/${room.id}/settings/`;
    const presence = { type: 'presence', user_id: b.user.id, last_seen: null };
    expect(await ofA.next('presence')).toEqual({ ...presence, online: true });
    await as(b, 'PATCH', path, { share_presence: false });
    expect(await ofA.next('presence')).toEqual({ ...presence, online: false });
    await as(b, 'PATCH', path, { share_presence: null });
    expect(await ofA.next('presence')).toEqual({ ...presence, online: true });
  });

  it('applies to every chat but those that say otherwise, and to later ones', async () => {
    const first = await newChat();
    const { b } = first;
    const c = await newPerson();
    const second = await roomOf(c, b);
    await send(c, second.id, 'hello');
    await as(b, 'POST', `/api/rooms/${second.id}/accept/`);
    await as(b, 'PATCH', `/api/rooms/${first.room.id}/settings/`, { share_read: true });
    const ofC = await open(c.token);
    await as(b, 'PATCH', '/api/me/', { share_read: false });
    expect(memberOf((await ofC.next('room')).room, b)).toMatchObject({ read_seq: null });
    expect(memberOf(await roomAs(first.a, first.room.id), b)).toMatchObject({ read_seq: 0 });
    const d = await newPerson();
    const third = await roomOf(b, d);
    await send(b, third.id, 'hello');
    await as(d, 'POST', `/api/rooms/${third.id}/accept/`);
    expect(memberOf(await roomAs(d, third.id), b)).toMatchObject({ read_seq: null });
    await as(b, 'PATCH', '/api/me/', { share_read: true });
    expect(memberOf((await ofC.next('room')).room, b)).toMatchObject({ read_seq: 0 });
  });

  it('is true for each of two chats that are opened while it changes', async () => {
    const b = await newPerson();
    const others = await Promise.all(Array.from({ length: 12 }, () => newPerson()));
    const [rooms] = await Promise.all([
      Promise.all(others.map((other) => roomOf(b, other))),
      as(b, 'PATCH', '/api/me/', { share_delivered: false, share_read: false }),
    ]);
    for (const [i, other] of others.entries()) {
      await send(b, rooms[i]!.id, 'hello');
      expect(memberOf(await roomAs(other, rooms[i]!.id), b)).toMatchObject({
        read_seq: null,
        delivered_seq: null,
      });
    }
  });
});

/** Stores a message again under a client id that this makes. */
async function clientId(socket: TestSocket, room_id: number): Promise<string> {
  const client_id = 'aaaaaaaa-0000-4000-8000-000000000000';
  await socket.ask({ type: 'message', room_id, text: 'x', client_id });
  return client_id;
}

type Step =
  | { by: 0 | 1; do: 'send' }
  | { by: 0 | 1; do: 'read' | 'delivered'; back: number }
  | { by: 0 | 1; do: 'set'; name: keyof RoomSettings; value: boolean | null }
  | { by: 0 | 1; do: 'general'; name: keyof RoomSettings; value: boolean };

const by = fc.constantFrom(0 as const, 1 as const);
const name = fc.constantFrom('share_read' as const, 'share_delivered' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ by, do: fc.constant('send' as const) }),
  fc.record({ by, do: fc.constantFrom('read' as const, 'delivered' as const), back: fc.nat(3) }),
  fc.record({ by, do: fc.constant('set' as const), name, value: fc.constantFrom(true, false, null) }),
  fc.record({ by, do: fc.constant('general' as const), name, value: fc.boolean() }),
);

/** The revisions in the frames and acks of a socket, as often as they came. */
function revsIn({ frames }: TestSocket): number[] {
  return frames.flatMap((frame) => {
    if (frame.type === 'room') return frame.room.rev;
    if (frame.type === 'ack') return 'message' in frame && frame.rev !== undefined ? frame.rev : [];
    return 'rev' in frame && frame.rev !== undefined ? frame.rev : [];
  });
}

describe('the revisions of a room', () => {
  it('have no gap for either user, whatever each of them hides, and show nothing that is hidden', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const { a, b, room } = await newChat();
        const people = [a, b] as const;
        const sockets = [await open(a.token), await open(b.token)] as const;
        const start = await Promise.all(people.map(async (person) => (await roomAs(person, room.id)).rev));
        let sent = 1;
        for (const one of steps) {
          const [person, socket] = [people[one.by], sockets[one.by]];
          if (one.do === 'send') {
            await socket.ask({ type: 'message', room_id: room.id, text: 'x' });
            sent++;
          } else if (one.do === 'set') {
            await as(person, 'PATCH', `/api/rooms/${room.id}/settings/`, { [one.name]: one.value });
          } else if (one.do === 'general') {
            await as(person, 'PATCH', '/api/me/', { [one.name]: one.value });
          } else {
            await socket.ask({ type: one.do, room_id: room.id, seq: Math.max(1, sent - one.back) });
          }
        }
        for (const socket of sockets) await socket.settled();
        for (const side of [0, 1] as const) {
          const [me, other] = [people[side], people[1 - side]!];
          const now = await roomAs(me, room.id);
          const revs = revsIn(sockets[side]).toSorted((x, y) => x - y);
          expect(revs).toEqual(
            Array.from({ length: now.rev - start[side]! }, (_, i) => start[side]! + i + 1),
          );
          // What is shown of the other is what came by frames, or nothing.
          const settings = (await as<RoomSettings>(other, 'GET', `/api/rooms/${room.id}/settings/`)).body;
          const general = (await as<Me>(other, 'GET', '/api/me/')).body;
          const member = memberOf(now, other);
          const own = memberOf(await roomAs(other, room.id), other);
          const reads = settings.share_read ?? general.share_read;
          const delivers = settings.share_delivered ?? general.share_delivered;
          expect(member.read_seq).toBe(reads ? own.read_seq : null);
          expect(member.delivered_seq).toBe(delivers ? own.delivered_seq : reads ? own.read_seq : null);
          // Catching up from any revision brings every later message.
          for (let since = start[side]!; since <= now.rev; since += 5) {
            const path = `/api/rooms/${room.id}/messages/?changed_since=${since}`;
            const { body } = await as<MessagePage>(me, 'GET', path);
            const later = sockets[side].frames.flatMap((frame) => {
              if (frame.type !== 'message' && frame.type !== 'ack') return [];
              return 'message' in frame && frame.rev! > since ? frame.message.seq : [];
            });
            const found = body.results.map(({ seq }) => seq);
            expect(found).toEqual(expect.arrayContaining(later));
          }
        }
      }),
      { numRuns: 12 },
    );
  }, 60_000);
});
