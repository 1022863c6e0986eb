import type { Message, Problem, Ref } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Parley } from '../../support/parley.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

describe('sending', () => {
  it('stores a message, acks it to the sender and delivers it to both users', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender, otherDevice, receiver] = await Promise.all(
      [a, a, b].map((user) => parley.userSocket(user.id)),
    );

    const clientId = randomUUID();
    const ack = await sender!.ask({
      type: 'message',
      room_id: room.id,
      text: ' hello ',
      client_id: clientId,
    });

    const expected = { text: 'hello', seq: 1, client_id: clientId, room_id: room.id, is_read: false };
    expect(ack).toMatchObject({ type: 'ack', message: expected, rev: 1, unread_count: 0 });
    expect(await receiver!.next('message')).toMatchObject({ message: expected, rev: 1, unread_count: 1 });
    expect(await otherDevice!.next('message')).toMatchObject({ message: expected, rev: 1, unread_count: 0 });
    await sender!.settled();
    expect(sender!.all('message')).toEqual([]);
    expect(await parley.history(room.id)).toMatchObject([expected]);
  });

  it('sends a message without a ref to the sending socket too, as legacy clients expect', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.roomSocket(room.id);
    socket.send({ type: 'message', text: 'one', sender_id: a.id, something_else: true });
    const frame = await socket.next('message');
    expect(Object.keys(frame)).toEqual(['type', 'message']);
    expect(frame.message).toMatchObject({ text: 'one', sender: { id: a.id }, receiver: { id: b.id } });
  });

  it('acks on a room socket without the numbers of the list, and delivers to the other sockets of the room', async () => {
    const { room, a } = await parley.newRoom();
    const [sender, listener] = await Promise.all([parley.roomSocket(room.id), parley.roomSocket(room.id)]);
    const ack = await sender.ask({ type: 'message', text: 'one', sender_id: a.id });
    expect(Object.keys(ack)).toEqual(['type', 'ref', 'message']);
    expect(Object.keys(await listener.next('message'))).toEqual(['type', 'message']);
    await sender.settled();
    expect(sender.all('message')).toEqual([]);
  });

  it('delivers a message that came over HTTP to every socket of both users, with the unread count of each', async () => {
    const { room, a, b } = await parley.newRoom();
    const ofA = await parley.userSocket(a.id);
    const ofB = await parley.userSocket(b.id);
    const ofRoom = await parley.roomSocket(room.id, a.id);
    const message = await parley.send(room.id, a.id, 'one');
    expect(await ofA.next('message')).toEqual({ type: 'message', message, rev: 1, unread_count: 0 });
    expect(await ofB.next('message')).toEqual({ type: 'message', message, rev: 1, unread_count: 1 });
    expect(await ofRoom.next('message')).toEqual({ type: 'message', message });
  });

  it('acks only what is committed', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const ack = await socket.ask({ type: 'message', room_id: room.id, text: 'kept' });
    const rows = await parley.sql('SELECT text FROM messages WHERE room_id = $1', [room.id]);
    expect(ack.type).toBe('ack');
    expect(rows).toEqual([{ text: 'kept' }]);
  });

  it('says who sends, or refuses: a user socket speaks for its user only', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const frame = { type: 'message', room_id: room.id, text: 'x' };
    expect(await socket.ask({ ...frame, sender_id: a.id })).toMatchObject({
      message: { sender: { id: a.id } },
    });
    expect(await socket.ask({ ...frame, sender_id: b.id })).toMatchObject({
      type: 'error',
      code: 'forbidden',
    });
    const nobody = await parley.roomSocket(room.id);
    expect(await nobody.ask({ type: 'message', text: 'x' })).toMatchObject({
      type: 'error',
      code: 'unauthorized',
    });
    expect(await parley.history(room.id)).toHaveLength(1);
  });

  it('takes a room socket for the user that it named last', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.roomSocket(room.id, a.id);
    const sendersOf = (await Promise.all(
      [{}, { sender_id: b.id }, {}].map((named) => socket.ask({ type: 'message', text: 'x', ...named })),
    )) as { message: Message }[];
    expect(sendersOf.map(({ message }) => message.sender.id)).toEqual([a.id, b.id, b.id]);
  });
});

describe('a ref', () => {
  it.each<[Ref]>([[7], [0], [-1.5], ['seven'], [''], ['r'.repeat(200)], ['"\\\u2028\u0000']])(
    'comes back as it was sent: %j',
    async (ref) => {
      const { room, a } = await parley.newRoom();
      const socket = await parley.userSocket(a.id);
      socket.send({ type: 'typing', room_id: room.id, ref });
      expect(await socket.next('ack')).toEqual({ type: 'ack', ref });
      socket.send({ type: 'typing', room_id: 0, ref });
      expect(await socket.next('error')).toMatchObject({ code: 'bad_frame', ref });
    },
  );

  it.each([['null'], ['{}'], ['[1]'], ['true'], ['1e309'], [`"${'r'.repeat(201)}"`]])(
    'that cannot be sent back is refused without it: %s',
    async (ref) => {
      const { room, a } = await parley.newRoom();
      const socket = await parley.userSocket(a.id);
      socket.sendRaw(`{"type":"message","room_id":${room.id},"text":"x","ref":${ref}}`);
      const error = await socket.next('error');
      expect(error).toMatchObject({ code: 'bad_frame', message: expect.stringMatching(/^ref: /) as string });
      expect(error).not.toHaveProperty('ref');
      expect(await parley.history(room.id)).toEqual([]);
    },
  );

  it('that is missing: nothing is acked, but an error is sent', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    socket.send({ type: 'typing', room_id: room.id });
    socket.send({ type: 'delivered', room_id: room.id, seq: 1 });
    socket.send({ type: 'read', room_id: room.id });
    expect(await socket.next('error')).toEqual({
      type: 'error',
      code: 'bad_frame',
      message: 'message_id or seq is required',
    });
    expect(socket.all('ack')).toEqual([]);
  });
});

describe('an answer to a message', () => {
  it('names a message of the same room', async () => {
    const { room, a, b } = await parley.newRoom();
    const question = await parley.send(room.id, a.id, 'really?');
    const path = `/api/rooms/${room.id}/messages/`;
    const body = { text: 'yes', reply_to: question.id, active_user_id: b.id };
    expect(await parley.post<Message>(path, body)).toMatchObject({
      status: 201,
      body: { reply_to: { id: question.id, text: question.text } },
    });
    expect((await parley.history(room.id)).map((message) => message.reply_to?.id)).toEqual([
      undefined,
      question.id,
    ]);
  });

  it('A6: to a message of another room or to none is refused alike, alone', async () => {
    const [here, there] = [await parley.newRoom(), await parley.newRoom()];
    const foreign = await parley.send(there.room.id, there.a.id, 'secret');
    const socket = await parley.userSocket(here.a.id);
    const frame = { type: 'message', room_id: here.room.id, text: 'x' };
    const answers = await Promise.all([
      socket.ask({ ...frame, text: 'before' }),
      socket.ask({ ...frame, reply_to: foreign.id }),
      socket.ask({ ...frame, reply_to: 999_999_999 }),
      socket.ask({ ...frame, text: 'after' }),
    ]);
    const { ref: _, ...refusal } = answers[1] as { ref: Ref };
    expect(refusal).toMatchObject({ type: 'error', code: 'bad_frame' });
    expect(answers[2]).toMatchObject(refusal);
    const kept = await parley.history(here.room.id);
    expect(kept.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'before'],
      [2, 'after'],
    ]);
    const path = `/api/rooms/${here.room.id}/messages/?active_user=${here.a.id}`;
    const overHttp = await parley.post<Problem>(path, { text: 'x', reply_to: foreign.id });
    expect(overHttp).toMatchObject({ status: 400, body: { errors: [{ field: 'reply_to' }] } });
  });

  it.each([[0], [-1], [1.5], ['1'], [2 ** 53], [[1]]])('to %j is no answer to anything', async (replyTo) => {
    const { room, a } = await parley.newRoom();
    const path = `/api/rooms/${room.id}/messages/?active_user=${a.id}`;
    const refused = await parley.post<Problem>(path, { text: 'x', reply_to: replyTo });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'reply_to' }] } });
  });
});
