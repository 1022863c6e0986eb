import type { Message, Problem, Room, ServerFrameOf, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Parley } from '../../support/parley.js';
import { holdRoom } from '../../support/rows.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

type Answer = ServerFrameOf<'ack'> | ServerFrameOf<'error'>;

function messageOf(answer: Answer): Message {
  if (answer.type !== 'ack' || !('message' in answer))
    throw new Error(`No ack of a message: ${JSON.stringify(answer)}`);
  return answer.message;
}

const idsOf = (messages: Message[]) =>
  messages.map(({ id, seq, client_id: clientId }) => [clientId, id, seq]);

async function post(room: Room, user: User, fields: object) {
  return parley.post<Message & Problem>(`/api/rooms/${room.id}/messages/?active_user=${user.id}`, fields);
}

describe('G8c: the same client_id', () => {
  it('1. sent again while the first copy is in flight makes one message, and every copy gets its answer', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const clientId = randomUUID();
    const frame = { type: 'message', room_id: room.id, text: 'once', client_id: clientId };
    const copies = [
      ...Array.from({ length: 20 }, () => socket.ask(frame).then(messageOf)),
      ...Array.from({ length: 20 }, () =>
        post(room, a, { text: 'once', client_id: clientId }).then(({ body }) => body),
      ),
    ];
    const ids = (await Promise.all(copies)).map(({ id, seq, text }) => [id, seq, text]);
    expect(new Set(ids.map((id) => JSON.stringify(id))).size).toBe(1);
    expect(await parley.room(room.id, a.id)).toMatchObject({
      last_seq: 1,
      rev: 1,
      last_message: { id: ids[0]![0] },
    });
  });

  it('1. sent again while the first copy is in flight is delivered once', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender, receiver] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    await parley.send(room.id, a.id, 'warm');
    await receiver.next('message');
    const frame = { type: 'message', room_id: room.id, text: 'once', client_id: randomUUID() };
    const held = await holdRoom(parley, room.id);
    const copies = Array.from({ length: 10 }, () => sender.ask(frame).then(messageOf));
    await held.untilWaiting(1);
    await sender.settled();
    await held.release();
    expect(new Set((await Promise.all(copies)).map(({ id }) => id)).size).toBe(1);
    await receiver.settled();
    expect(receiver.all('message').map(({ message }) => message.text)).toEqual(['warm', 'once']);
  });

  it('2. sent again after success gets the very same message: 201, then 200', async () => {
    const { room, a } = await parley.newRoom();
    const fields = { text: 'once', client_id: randomUUID() };
    const first = await post(room, a, fields);
    const second = await post(room, a, fields);
    const spaced = await post(room, a, { ...fields, text: '  once ' });
    expect([first.status, second.status, spaced.status]).toEqual([201, 200, 200]);
    expect(second.body).toEqual(first.body);
    expect(spaced.body).toEqual(first.body);
  });

  it('3. with another text, or answering something else, is a conflict and never silent', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const fields = { text: 'one', client_id: randomUUID() };
    const { body: first } = await post(room, a, fields);
    for (const change of [{ text: 'two' }, { reply_to: first.id }]) {
      const overHttp = await post(room, a, { ...fields, ...change });
      expect(overHttp).toMatchObject({ status: 409, body: { errors: [{ field: 'client_id' }] } });
      const overSocket = await socket.ask({ type: 'message', room_id: room.id, ...fields, ...change });
      expect(overSocket).toMatchObject({ type: 'error', code: 'conflict', message: overHttp.body.detail });
    }
    expect(await parley.history(room.id)).toMatchObject([{ text: 'one' }]);
  });

  it('3. with another text at the same instant: one is stored, the other is refused', async () => {
    const { room, a } = await parley.newRoom();
    const clientId = randomUUID();
    const texts = Array.from({ length: 10 }, (_, i) => `text ${i}`);
    const answers = await Promise.all(texts.map((text) => post(room, a, { text, client_id: clientId })));
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([
      201,
      ...Array(9).fill(409),
    ]);
    const stored = texts[answers.findIndex(({ status }) => status === 201)];
    expect((await parley.history(room.id)).map(({ text }) => text)).toEqual([stored]);
  });

  it('4. in another room is another message', async () => {
    const { room, a, b } = await parley.newRoom();
    const c = await parley.newUser();
    const { body: other } = await parley.post<Room>('/api/rooms/create/', {
      user_id: c.id,
      active_user_id: a.id,
    });
    const fields = { text: 'once', client_id: randomUUID() };
    const [here, there] = [await post(room, a, fields), await post(other, a, fields)];
    expect([here.status, there.status]).toEqual([201, 201]);
    expect(there.body).toMatchObject({ room_id: other.id, seq: 1, receiver: { id: c.id } });
    expect(here.body).toMatchObject({ room_id: room.id, seq: 1, receiver: { id: b.id } });
  });

  it('5. from the other user is another message', async () => {
    const { room, a, b } = await parley.newRoom();
    const fields = { text: 'once', client_id: randomUUID() };
    const statuses = [(await post(room, a, fields)).status, (await post(room, b, fields)).status];
    expect(statuses).toEqual([201, 201]);
    expect((await parley.history(room.id)).map(({ sender }) => sender.id)).toEqual([a.id, b.id]);
  });

  it('6. over another connection, another way, or another server is still one message', async () => {
    const { room, a } = await parley.newRoom();
    const other = await Parley.start({ RATE_LIMIT: 'off' }, parley.databaseUrl);
    try {
      const fields = { text: 'once', client_id: randomUUID() };
      const here = await parley.userSocket(a.id);
      const inRoom = await parley.roomSocket(room.id);
      const there = await other.userSocket(a.id);
      const copies = await Promise.all([
        here.ask({ type: 'message', room_id: room.id, ...fields }).then(messageOf),
        there.ask({ type: 'message', room_id: room.id, ...fields }).then(messageOf),
        inRoom.ask({ type: 'message', sender_id: a.id, ...fields }).then(messageOf),
        other.send(room.id, a.id, fields.text, fields.client_id),
        post(room, a, fields).then(({ body }) => body),
      ]);
      const again = await there.ask({ type: 'message', room_id: room.id, ...fields }).then(messageOf);
      expect(new Set([...copies, again].map(({ id }) => id)).size).toBe(1);
      expect(await parley.room(room.id, a.id)).toMatchObject({ last_seq: 1, rev: 1 });
    } finally {
      await other.stop();
    }
  });

  it('6. stored by another server in the very instant is found, not refused', async () => {
    const { room, a } = await parley.newRoom();
    const other = await Parley.start({ RATE_LIMIT: 'off' }, parley.databaseUrl);
    try {
      const sockets = [await parley.userSocket(a.id), await other.userSocket(a.id)];
      const frame = { type: 'message', room_id: room.id, text: 'once', client_id: randomUUID() };
      const held = await holdRoom(parley, room.id);
      const answers = sockets.map((socket) => socket.ask(frame).then(messageOf));
      // Both have looked for the client_id before either has stored it.
      await held.untilWaiting(2);
      await held.release();
      const [first, second] = await Promise.all(answers);
      expect(second).toMatchObject({ id: first!.id, seq: 1 });
      expect(await parley.room(room.id, a.id)).toMatchObject({ last_seq: 1, rev: 1 });
    } finally {
      await other.stop();
    }
  });

  it('6. raced by two servers, many at a time, makes one message each and leaves no gap', async () => {
    const { room, a } = await parley.newRoom();
    const other = await Parley.start({ RATE_LIMIT: 'off' }, parley.databaseUrl);
    try {
      const clientIds = Array.from({ length: 60 }, () => randomUUID());
      const sockets = [await parley.userSocket(a.id), await other.userSocket(a.id)];
      const frame = { type: 'message', room_id: room.id, text: 'once' };
      const answers = await Promise.all(
        sockets.map((socket) =>
          Promise.all(clientIds.map((id) => socket.ask({ ...frame, client_id: id }).then(messageOf))),
        ),
      );
      expect(idsOf(answers[1]!)).toEqual(idsOf(answers[0]!));
      expect((await parley.history(room.id)).map(({ seq }) => seq)).toEqual(clientIds.map((_, i) => i + 1));
    } finally {
      await other.stop();
    }
  });

  it('4. is a conflict only for the text that is not stored, when two texts race over two servers', async () => {
    const { room, a } = await parley.newRoom();
    const other = await Parley.start({ RATE_LIMIT: 'off' }, parley.databaseUrl);
    try {
      const frame = { type: 'message', room_id: room.id };
      const sockets = [await parley.userSocket(a.id), await other.userSocket(a.id)];
      for (let round = 1; round <= 10; round++) {
        const clientId = randomUUID();
        // Each server has a repetition of either text in flight behind the first one that it got.
        const asked = [0, 1, 1, 0, 0, 1].flatMap((text, n) => [
          { server: 0, text: `${text}` },
          { server: 1, text: `${n % 2 ? text : 1 - text}` },
        ]);
        const answers = await Promise.all(
          asked.map(({ server, text }) => sockets[server]!.ask({ ...frame, text, client_id: clientId })),
        );
        const stored = (await parley.history(room.id)).at(-1)!;
        expect(stored.seq).toBe(round);
        answers.forEach((answer, n) => {
          if (asked[n]!.text === stored.text) expect(messageOf(answer)).toMatchObject({ id: stored.id });
          else expect(answer).toMatchObject({ type: 'error', code: 'conflict' });
        });
      }
    } finally {
      await other.stop();
    }
  });

  it('7. in capital letters is the same one', async () => {
    const { room, a } = await parley.newRoom();
    const clientId = randomUUID();
    const first = await post(room, a, { text: 'once', client_id: clientId.toUpperCase() });
    const second = await post(room, a, { text: 'once', client_id: clientId });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(first.body.client_id).toBe(clientId);
  });

  it('8. is asked of nobody: without one, the same text twice is two messages', async () => {
    const { room, a } = await parley.newRoom();
    const statuses = [
      (await post(room, a, { text: 'hi' })).status,
      (await post(room, a, { text: 'hi' })).status,
    ];
    expect(statuses).toEqual([201, 201]);
    expect((await parley.history(room.id)).map(({ seq, client_id: id }) => [seq, id])).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it('9. is delivered again, unchanged, only while the other side has not confirmed delivery', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender, receiver] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const frame = { type: 'message', room_id: room.id, text: 'once', client_id: randomUUID() };

    await sender.ask(frame);
    const first = await receiver.next('message');
    await sender.ask(frame);
    expect(await receiver.next('message')).toEqual(first);

    await receiver.ask({ type: 'delivered', room_id: room.id, seq: 1 });
    expect(messageOf(await sender.ask(frame))).toMatchObject({ is_delivered: true });
    await receiver.settled();
    expect(receiver.all('message')).toHaveLength(2);
    expect(await parley.room(room.id, b.id)).toMatchObject({ last_seq: 1, rev: 2, unread_count: 1 });
  });

  it.each([
    ['no uuid'],
    [''],
    [randomUUID().slice(1)],
    [`${randomUUID()} `],
    [`{${randomUUID()}}`],
    [1],
    [{}],
  ])('that is none is refused: %j', async (clientId) => {
    const { room, a } = await parley.newRoom();
    const refused = await post(room, a, { text: 'x', client_id: clientId });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'client_id' }] } });
  });
});
