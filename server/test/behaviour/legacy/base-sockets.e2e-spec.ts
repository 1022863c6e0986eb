import type { Message, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import type { TestSocket } from '../../support/test-socket.js';

/** Two people with the first web client: an unnamed room socket each, and the list over HTTP. */
let parley: Parley;
let room: Room;
let a: User;
let b: User;
let ofA: TestSocket;
let ofB: TestSocket;
beforeAll(async () => {
  parley = await Parley.start();
});
beforeEach(async () => {
  ({ room, a, b } = await parley.newRoom());
  ofA = await parley.socket(`/ws/chat/${room.id}/`, { origin: 'http://localhost:5173' });
  ofB = await parley.socket(`/ws/chat/${room.id}/`, { origin: 'http://localhost:5173' });
});
afterAll(() => parley.stop());

const listOf = async (user: User) => (await parley.get<Room[]>(`/api/rooms/?active_user=${user.id}`)).body;

async function say(socket: TestSocket, sender: User, text: string): Promise<Message> {
  socket.send({
    type: 'message',
    text,
    sender_id: sender.id,
    receiver_id: 0,
    timestamp: 'now',
    is_read: true,
  });
  return (await socket.next('message', ({ message }) => message.text === text)).message;
}

describe('two legacy clients in a room', () => {
  it('both receive a message once, whichever of them sent it', async () => {
    const message = await say(ofA, a, 'hello');
    expect(message).toMatchObject({ sender: { id: a.id }, receiver: { id: b.id }, is_read: false });
    expect(await ofB.next('message')).toEqual({ type: 'message', message });
    await say(ofB, b, 'hi');
    expect((await ofA.next('message')).message).toMatchObject({ text: 'hi', sender: { id: b.id } });
    await Promise.all([ofA.settled(), ofB.settled()]);
    expect([ofA.all('message').length, ofB.all('message').length]).toEqual([2, 2]);
  });

  it('see the other typing, and not themselves', async () => {
    await say(ofA, a, 'hello');
    ofB.send({ type: 'typing', sender_id: b.id, is_typing: true, room: room.id });
    expect(await ofA.next('typing')).toEqual({ type: 'typing', room_id: room.id, user_id: b.id });
    await ofB.settled();
    expect(ofB.all('typing')).toEqual([]);
  });

  it('see the ticks turn as soon as the other has read, though the frame names nobody', async () => {
    const message = await say(ofA, a, 'hello');
    ofB.send({ type: 'read', message_id: message.id, user: 'somebody' });
    const receipt = { type: 'read', room_id: room.id, user_id: b.id, seq: 1, message_id: message.id, rev: 2 };
    expect(await ofA.next('read')).toEqual(receipt);
    expect(await ofB.next('read')).toEqual(receipt);
    expect((await parley.history(room.id))[0]).toMatchObject({ is_read: true });
  });

  it('cannot read their own message for the other: a read is always the receiver’s', async () => {
    const message = await say(ofA, a, 'hello');
    ofA.send({ type: 'read', message_id: message.id });
    expect(await ofB.next('read')).toMatchObject({ user_id: b.id });
    expect(await parley.room(room.id, a.id)).toMatchObject({
      members: [
        { user_id: a.id, read_seq: 0 },
        { user_id: b.id, read_seq: 1 },
      ],
    });
  });

  it('see previews and unread counts live in their lists', async () => {
    const last = await say(ofA, a, 'hello');
    expect(await listOf(b)).toMatchObject([{ last_message: { id: last.id }, unread_count: 1 }]);
    expect(await listOf(a)).toMatchObject([{ last_message: { id: last.id }, unread_count: 0 }]);
    const answer = await say(ofB, b, 'hi');
    expect(await listOf(b)).toMatchObject([{ last_message: { id: answer.id }, unread_count: 1 }]);
    await parley.post(`/api/messages/${last.id}/read/`);
    expect(await listOf(b)).toMatchObject([
      { last_message: { id: answer.id, is_read: false }, unread_count: 0 },
    ]);
    expect(await listOf(a)).toMatchObject([{ unread_count: 1 }]);
  });

  it('receive a message sent over HTTP, or by a new client, in the same way', async () => {
    const overHttp = await parley.send(room.id, a.id, 'over HTTP');
    expect(await ofB.next('message')).toEqual({ type: 'message', message: overHttp });
    const user = await parley.userSocket(a.id);
    await user.ask({ type: 'message', room_id: room.id, text: 'new client' });
    expect((await ofB.next('message')).message).toMatchObject({ text: 'new client' });
    await user.ask({ type: 'read', room_id: room.id, seq: 2 });
    expect(Object.keys(await ofB.next('read'))).toEqual([
      'type',
      'room_id',
      'user_id',
      'seq',
      'message_id',
      'rev',
    ]);
  });
});

describe('a room socket', () => {
  it.each(['999999999', '0', 'x', '-1', '%zz', '1e3'])(
    'of a room that does not exist closes with 4404: %s',
    async (id) => {
      const socket = await parley.socket(`/ws/chat/${id}/`);
      expect(await socket.closed).toMatchObject({ code: 4404 });
    },
  );

  it('A1: opened as somebody who is not a member closes with 4403', async () => {
    const stranger = await parley.newUser();
    const socket = await parley.roomSocket(room.id, stranger.id);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(socket.frames).toEqual([]);
  });

  it('may say that it is the room it is, and no other', async () => {
    expect(await ofA.ask({ type: 'typing', sender_id: a.id, room_id: room.id })).toMatchObject({
      type: 'ack',
    });
    expect(await ofA.ask({ type: 'typing', sender_id: a.id, room_id: room.id + 1 })).toMatchObject({
      code: 'forbidden',
    });
  });

  it('does not sync: that belongs on the user socket', async () => {
    expect(await ofA.ask({ type: 'sync', rooms: {} })).toMatchObject({ type: 'error', code: 'bad_frame' });
  });

  it('receives an error that names the mistake, and stays open', async () => {
    ofA.sendRaw('no json');
    expect(await ofA.next('error')).toMatchObject({ code: 'bad_json' });
    ofA.send({ type: 'read', message_id: 999_999_999 });
    expect(await ofA.next('error')).toMatchObject({ code: 'not_found' });
    expect((await say(ofA, a, 'still here')).text).toBe('still here');
  });
});

describe('a user socket', () => {
  it('begins with hello', async () => {
    const socket = await parley.socket(`/ws/?active_user=${a.id}`);
    await socket.settled();
    expect(socket.frames[0]).toEqual({
      type: 'hello',
      user: { ...a, online: true, last_seen: null },
      heartbeat_seconds: 25,
      protocol: 3,
      limits: {
        text_max_length: 4_000,
        attachment_max_bytes: 26_214_400,
        attachments_max: 10,
        edit_window_seconds: 900,
        delete_window_seconds: 86_400,
      },
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });

  it.each([
    '',
    '?active_user=',
    '?active_user=x',
    '?active_user=0',
    '?active_user=999999999',
    '?active_user=1&active_user=2',
    '?active_user=1&active_user=1',
  ])('of nobody closes with 4401: "%s"', async (query) => {
    const socket = await parley.socket(`/ws/${query}`);
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(socket.frames).toEqual([]);
  });

  it.each(['/ws/x', '/ws/chat', '/ws/chat/', '/ws/chat/1/2', '/', '/api/users/', '/wsx'])(
    'is not at %s: 404 before the handshake',
    async (path) => {
      await expect(parley.socket(path)).rejects.toThrow('404');
    },
  );
});
