import type { Message, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { fillRoom } from '../../support/rows.js';
import { ownStatementsOf, statementNamesOf } from '../../support/statements.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

/** A room of a and b in which a has sent some messages. */
async function roomWith(count: number): Promise<{ room: Room; a: User; b: User; messages: Message[] }> {
  const { room, a, b } = await parley.newRoom();
  const messages: Message[] = [];
  for (let i = 1; i <= count; i++) messages.push(await parley.send(room.id, a.id, `message ${i}`));
  return { room, a, b, messages };
}

/** The watermarks of a user, by every answer of the server that contains them. */
async function placeOf(
  room: Room,
  user: User,
): Promise<{ read: number; delivered: number; unread: number; rev: number }> {
  const own = await parley.room(room.id, user.id);
  const { body: list } = await parley.get<Room[]>(`/api/rooms/?active_user=${user.id}`);
  expect(list).toContainEqual(own);
  const member = own.members.find((one) => one.user_id === user.id)!;
  const [read, delivered] = [member.read_seq!, member.delivered_seq!];
  for (const { receiver, seq, is_read, is_delivered } of await parley.history(room.id)) {
    if (receiver.id !== user.id) continue;
    expect([seq, is_read, is_delivered]).toEqual([seq, seq <= read, seq <= delivered]);
  }
  return { read, delivered, unread: own.unread_count, rev: own.rev };
}

const mark = (socket: TestSocket, type: 'read' | 'delivered', room: Room, upTo: object) =>
  socket.ask({ type, room_id: room.id, ...upTo });

describe('a receipt', () => {
  it('reaches every device of both users; the reader’s own get the number unread too', async () => {
    const { room, a, b, messages } = await roomWith(3);
    const [ofA, otherOfA, ofB, otherOfB] = await Promise.all(
      [a, a, b, b].map((user) => parley.userSocket(user.id)),
    );
    const ack = await mark(ofB!, 'read', room, { seq: 2 });
    expect(ack).toMatchObject({ type: 'ack', room_id: room.id, seq: 2, rev: 4, unread_count: 1 });
    const receipt = {
      type: 'read',
      room_id: room.id,
      user_id: b.id,
      seq: 2,
      message_id: messages[1]!.id,
      rev: 4,
    };
    for (const socket of [ofA!, otherOfA!]) expect(await socket.next('read')).toEqual(receipt);
    for (const socket of [ofB!, otherOfB!])
      expect(await socket.next('read')).toEqual({ ...receipt, unread_count: 1 });
    for (const socket of [ofA!, otherOfA!, ofB!, otherOfB!]) {
      await socket.settled();
      expect([...socket.all('delivered'), ...socket.all('read').slice(1)]).toEqual([]);
    }
  });

  it('is sent to the requesting socket as well, before its ack: the page takes the change from the frame', async () => {
    const { room, b } = await roomWith(2);
    const reader = await parley.userSocket(b.id);
    await mark(reader, 'delivered', room, { seq: 2 });
    await mark(reader, 'read', room, { seq: 2 });
    const order = reader.frames.flatMap(({ type }) => (type === 'hello' || type === 'presence' ? [] : type));
    expect(order).toEqual(['delivered', 'ack', 'read', 'ack']);
  });

  it('names its place by message_id or by seq, with or without the room', async () => {
    const { room, b, messages } = await roomWith(4);
    const socket = await parley.userSocket(b.id);
    const [one, two, three, four] = messages as [Message, Message, Message, Message];
    expect(await mark(socket, 'read', room, { message_id: one.id })).toMatchObject({
      seq: 1,
      unread_count: 3,
    });
    expect(await socket.ask({ type: 'read', message_id: two.id })).toMatchObject({
      seq: 2,
      room_id: room.id,
    });
    expect(await mark(socket, 'delivered', room, { seq: 3 })).toMatchObject({ seq: 3, unread_count: 2 });
    expect(await socket.ask({ type: 'delivered', message_id: four.id })).toMatchObject({
      seq: 4,
      unread_count: 2,
    });
    const inRoom = await parley.roomSocket(room.id, b.id);
    expect(await inRoom.ask({ type: 'read', message_id: three.id })).toMatchObject({
      seq: 3,
      unread_count: 1,
    });
    expect(await placeOf(room, b)).toEqual({ read: 3, delivered: 4, unread: 1, rev: 9 });
  });

  it('only moves forward, and is silent when it moves nothing', async () => {
    const { room, a, b } = await roomWith(5);
    const [ofA, ofB] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    await mark(ofB, 'read', room, { seq: 4 });
    for (const [type, seq, now] of [
      ['read', 2, 4],
      ['read', 4, 4],
      ['delivered', 1, 4],
      ['delivered', 4, 4],
    ] as const) {
      expect(await mark(ofB, type, room, { seq })).toMatchObject({
        type: 'ack',
        seq: now,
        rev: 6,
        unread_count: 1,
      });
    }
    await ofA.settled();
    expect([ofA.all('read').length, ofA.all('delivered').length]).toEqual([1, 0]);
    expect(await placeOf(room, b)).toEqual({ read: 4, delivered: 4, unread: 1, rev: 6 });
  });

  it('of reading carries delivered along; of delivery leaves reading where it is', async () => {
    const { room, a, b } = await roomWith(5);
    const [ofA, ofB] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    await mark(ofB, 'delivered', room, { seq: 3 });
    expect(await placeOf(room, b)).toEqual({ read: 0, delivered: 3, unread: 5, rev: 6 });
    await mark(ofB, 'read', room, { seq: 5 });
    expect(await placeOf(room, b)).toEqual({ read: 5, delivered: 5, unread: 0, rev: 7 });
    await ofA.settled();
    const types = ofA.frames.filter(({ type }) => type !== 'presence').map(({ type }) => type);
    expect(types).toEqual(['hello', 'delivered', 'read', 'error']);
  });

  it.each([6, 1_000_000, Number.MAX_SAFE_INTEGER])('never passes the last message: %d', async (seq) => {
    const { room, b, messages } = await roomWith(5);
    const socket = await parley.userSocket(b.id);
    expect(await mark(socket, 'delivered', room, { seq })).toMatchObject({ seq: 5 });
    expect(await mark(socket, 'read', room, { seq })).toMatchObject({ seq: 5, unread_count: 0 });
    expect(await socket.next('read')).toMatchObject({ seq: 5, message_id: messages[4]!.id });
    expect(await placeOf(room, b)).toEqual({ read: 5, delivered: 5, unread: 0, rev: 7 });
  });

  it('in an empty room moves nothing', async () => {
    const { room, b } = await parley.newRoom();
    const socket = await parley.userSocket(b.id);
    expect(await mark(socket, 'read', room, { seq: 7 })).toMatchObject({ seq: 0, rev: 0, unread_count: 0 });
    await socket.settled();
    expect(socket.all('read')).toEqual([]);
  });

  it('does not touch the other user’s place, nor count one’s own messages', async () => {
    const { room, a, b } = await roomWith(3);
    await parley.send(room.id, b.id, 'mine');
    await parley.send(room.id, a.id, 'yours');
    const socket = await parley.userSocket(b.id);
    expect(await mark(socket, 'read', room, { seq: 2 })).toMatchObject({ unread_count: 2 });
    expect(await mark(socket, 'read', room, { seq: 4 })).toMatchObject({ unread_count: 1 });
    expect(await placeOf(room, a)).toMatchObject({ read: 0, delivered: 0, unread: 1 });
  });

  it.each([
    ['neither message_id nor seq', {}],
    ['both', { message_id: 1, seq: 1 }],
    ['seq 0', { seq: 0 }],
    ['a negative seq', { seq: -1 }],
    ['a broken seq', { seq: 1.5 }],
    ['text', { seq: '1' }],
    ['a seq of null', { seq: null }],
    ['a message_id of null', { message_id: null }],
    ['more than a number can hold', { seq: 2 ** 53 }],
    ['a list', { message_id: [1] }],
  ])('with %s is refused', async (_, upTo) => {
    const { room, b } = await roomWith(1);
    const socket = await parley.userSocket(b.id);
    expect(await mark(socket, 'read', room, upTo)).toMatchObject({ type: 'error', code: 'bad_frame' });
    expect(await placeOf(room, b)).toMatchObject({ read: 0, rev: 1 });
  });

  it('for a message of another room is not found', async () => {
    const [{ room, b }, other] = [await roomWith(1), await roomWith(1)];
    const socket = await parley.userSocket(b.id);
    const messageId = other.messages[0]!.id;
    expect(await mark(socket, 'read', room, { message_id: messageId })).toMatchObject({ code: 'not_found' });
    const inRoom = await parley.roomSocket(room.id);
    expect(await inRoom.ask({ type: 'read', message_id: messageId })).toMatchObject({ code: 'not_found' });
    expect(await placeOf(other.room, other.b)).toMatchObject({ read: 0 });
  });
});

describe('many receipts', () => {
  it('reading 10,000 messages is one write and at most two frames', async () => {
    const { room, a, b } = await parley.newRoom();
    await fillRoom(parley, room.id, a.id, 10_000);
    const [ofA, ofB] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    await mark(ofB, 'delivered', room, { seq: 1 });
    await ofA.next('delivered');
    const statements = await ownStatementsOf(() => mark(ofB, 'read', room, { seq: 10_000 }));
    expect(statements).toEqual(['receipts-update']);
    await ofA.settled();
    for (const socket of [ofA, ofB]) {
      expect(socket.all('read').map(({ seq }) => seq)).toEqual([10_000]);
      expect(socket.all('delivered').map(({ seq }) => seq)).toEqual([1]);
    }
    expect(await parley.room(room.id, b.id)).toMatchObject({ unread_count: 0, rev: 10_002 });
  });

  it('over HTTP are the same one write', async () => {
    const { room, a, b } = await parley.newRoom();
    await fillRoom(parley, room.id, a.id, 1_000);
    const { last_message: last } = await parley.room(room.id, b.id);
    const statements = await statementNamesOf(() =>
      parley.post(`/api/messages/${last!.id}/read/?active_user=${b.id}`),
    );
    expect(statements).toEqual(['messages-by-id', 'receipts-update']);
    expect(await placeOf(room, b)).toMatchObject({ read: 1_000, unread: 0 });
  });

  it('from 20 sockets of both users at once converge to the furthest, on every device', async () => {
    const { room, a, b } = await roomWith(20);
    for (let i = 0; i < 20; i++) await parley.send(room.id, b.id, `answer ${i}`);
    const sockets = await Promise.all(
      Array.from({ length: 20 }, (_, i) => parley.userSocket((i % 2 ? a : b).id)),
    );
    const marks = sockets.flatMap((socket, i) =>
      [7, 3, 11, 2].map((step) => ({
        socket,
        user: i % 2 ? a : b,
        type: step % 2 ? ('read' as const) : ('delivered' as const),
        seq: 1 + ((i * step) % 38),
      })),
    );
    const acks = await Promise.all(marks.map(({ socket, type, seq }) => mark(socket, type, room, { seq })));
    expect(acks.every(({ type }) => type === 'ack')).toBe(true);
    await Promise.all(sockets.map((socket) => socket.settled()));

    for (const user of [a, b]) {
      const ofUser = marks.filter((one) => one.user === user);
      const furthest = Math.max(...ofUser.map(({ seq }) => seq));
      const furthestRead = Math.max(...ofUser.map(({ type, seq }) => (type === 'read' ? seq : 0)));
      expect(await placeOf(room, user)).toMatchObject({ read: furthestRead, delivered: furthest });
      for (const socket of sockets) {
        const seqs = socket.all('read').flatMap(({ user_id: id, seq }) => (id === user.id ? [seq] : []));
        expect(seqs).toEqual(seqs.toSorted((x, y) => x - y));
        expect(seqs.at(-1)).toBe(furthestRead);
      }
    }
    // Every socket received every revision once.
    for (const socket of sockets) {
      const revs = [...socket.all('read'), ...socket.all('delivered')]
        .map(({ rev }) => rev)
        .toSorted((x, y) => x - y);
      expect(revs).toEqual(Array.from({ length: revs.length }, (_, i) => 41 + i));
      expect(revs.at(-1)).toBe((await parley.room(room.id, a.id)).rev);
    }
  });
});
