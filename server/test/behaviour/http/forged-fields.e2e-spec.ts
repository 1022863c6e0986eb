import type { ClientFrameType, Message, Problem, Room, User } from '@parley/shared';
import { CLIENT_FRAMES } from '../../../src/realtime/client-frames.dto.js';
import { Parley } from '../../support/parley.js';

const MORE_KEYS = 'from to ts author user role is_admin constructor prototype toString type'.split(' ');

/** A5: keys that a client has no business with: names of columns and of fields of the answers, in both spellings. */
let keys: string[];
let parley: Parley;
let room: Room;
let a: User;
let b: User;
let message: Message;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
  ({ room, a, b } = await parley.newRoom());
  message = await parley.send(room.id, b.id, 'first');
  const columns = await parley.sql<{ name: string }>(
    `SELECT DISTINCT column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const names = [
    ...columns.map(({ name }) => name),
    ...Object.keys(message),
    ...Object.keys(room),
    ...Object.keys(a),
    ...MORE_KEYS,
  ];
  const camel = names.map((name) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
  keys = [...new Set([...names, ...camel])];
});
afterAll(() => parley.stop());

/** A value that would show if it were taken over. */
const forgedValues = [999_999, '1999-01-01T00:00:00.000Z', { id: 999_999 }, true];

const person = ({ id, username }: User) => ({ id, username, display_name: username });

async function lastMessage(): Promise<Message> {
  return (await parley.room(room.id, a.id)).last_message!;
}

describe('A5: a field that is not the client’s to say', () => {
  it.each([
    [
      'POST /api/rooms/<id>/messages/',
      () => [`/api/rooms/${room.id}/messages/?active_user=${a.id}`, { text: 'x' }] as const,
    ],
    ['POST /api/users/', () => ['/api/users/', { username: 'forger' }] as const],
  ])('is refused by name in %s', async (_, call) => {
    const [path, body] = call();
    // Dropped on the way to the DTO, before anyone asks whether they are fields.
    const dropped = ['constructor', 'prototype', 'toString'];
    const own = new Set([
      'text',
      'client_id',
      'reply_to',
      'attachments',
      'active_user_id',
      ...dropped,
      ...Object.keys(body),
    ]);
    const before = await lastMessage();
    for (const key of keys.filter((candidate) => !own.has(candidate))) {
      for (const value of forgedValues) {
        const refused = await parley.post<Problem>(path, { [key]: value, ...body });
        expect({ key, status: refused.status, errors: refused.body.errors }).toEqual({
          key,
          status: 400,
          errors: [{ field: key, message: 'is not a field of this request' }],
        });
      }
    }
    expect(await lastMessage()).toEqual(before);
    const { body: users } = await parley.get<User[]>('/api/users/?search=forger');
    expect(users).toEqual([]);
  });

  it.each<[ClientFrameType, () => object]>([
    ['message', () => ({ room_id: room.id, text: 'x' })],
    ['typing', () => ({ room_id: room.id })],
    ['read', () => ({ room_id: room.id, seq: 1 })],
    ['delivered', () => ({ room_id: room.id, seq: 1 })],
    ['edit', () => ({ message_id: message.id, text: 'x' })],
    ['delete', () => ({ message_id: message.id })],
    ['react', () => ({ message_id: message.id, emoji: '👍', on: true })],
    ['sync', () => ({ rooms: {} })],
    ['ping', () => ({})],
  ])('is a bad frame in %s on the user socket', async (type, fields) => {
    const socket = await parley.userSocket(a.id);
    const own = new Set([
      'type',
      'ref',
      'room_id',
      'sender_id',
      'text',
      'client_id',
      'reply_to',
      'attachments',
      'message_id',
      'seq',
      'rooms',
      'listing_rev',
      'first_room_id',
      'last_room_id',
      'listing_rev',
    ]);
    const before = await parley.room(room.id, a.id);
    const forged = keys.filter((key) => !own.has(key) || !isFieldOf(type, key));
    const answers = await Promise.all(
      forged
        .filter((key) => key !== 'type')
        .map(
          async (key, i) =>
            [key, await socket.ask({ ...fields(), [key]: forgedValues[i % 4], type })] as const,
        ),
    );
    for (const [key, answer] of answers) {
      expect([key, answer]).toMatchObject([
        key,
        { type: 'error', code: 'bad_frame', message: `${key}: is not a field of this frame` },
      ]);
    }
    expect(await parley.room(room.id, a.id)).toEqual(before);
  });

  it('is ignored where legacy clients may send it, and never used: a message', async () => {
    const socket = await parley.roomSocket(room.id);
    const own = 'type ref room_id sender_id text client_id reply_to attachments message_id'.split(' ');
    const everything = Object.fromEntries(
      keys.filter((key) => !own.includes(key)).map((key, i) => [key, forgedValues[i % 4]]),
    );
    const before = await lastMessage();
    const sent = Date.now();
    const ack = await socket.ask({ ...everything, type: 'message', text: 'true', sender_id: a.id });
    const { message: stored } = ack as unknown as { message: Message };
    expect(stored).toMatchObject({
      text: 'true',
      seq: before.seq + 1,
      room_id: room.id,
      sender: person(a),
      receiver: person(b),
      is_read: false,
      is_delivered: false,
      client_id: null,
      edited_at: null,
      deleted_at: null,
      reply_to: null,
      reactions: [],
      attachments: [],
    });
    expect(stored.id).toBeLessThan(999_999);
    expect(Math.abs(Date.parse(stored.timestamp) - sent)).toBeLessThan(60_000);
    expect(await parley.sql('SELECT changed FROM messages WHERE id = $1', [stored.id])).toEqual([
      { changed: false },
    ]);
  });

  it('is ignored where legacy clients may send it, and never used: typing, read, a room', async () => {
    const everything = Object.fromEntries(
      keys
        .filter((key) => !['type', 'ref', 'room_id', 'sender_id', 'message_id', 'seq'].includes(key))
        .map((key, i) => [key, forgedValues[i % 4]]),
    );
    const socket = await parley.roomSocket(room.id, a.id);
    expect(await socket.ask({ ...everything, type: 'typing' })).toMatchObject({ type: 'ack' });
    const read = await socket.ask({ ...everything, type: 'read', message_id: message.id });
    expect(read).toMatchObject({ type: 'ack', seq: 1, room_id: room.id });

    const c = await parley.newUser();
    const { status, body } = await parley.post<Room>('/api/rooms/create/', {
      ...everything,
      user_id: c.id,
      active_user_id: a.id,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      users: [{ id: a.id }, { id: c.id }],
      last_seq: 0,
      rev: 0,
      unread_count: 0,
      last_message: null,
      members: [
        { user_id: a.id, read_seq: 0, delivered_seq: 0 },
        { user_id: c.id, read_seq: 0, delivered_seq: 0 },
      ],
    });
    expect(body.id).toBeLessThan(999_999);
  });
});

/** Whether the DTO of a frame has such a field. */
function isFieldOf(type: ClientFrameType, key: string): boolean {
  const fields: Record<ClientFrameType, string[]> = {
    message: ['room_id', 'sender_id', 'text', 'client_id', 'reply_to', 'attachments', 'ref'],
    typing: ['room_id', 'sender_id', 'ref'],
    read: ['room_id', 'sender_id', 'message_id', 'seq', 'ref'],
    delivered: ['room_id', 'sender_id', 'message_id', 'seq', 'ref'],
    edit: ['sender_id', 'message_id', 'text', 'ref'],
    delete: ['sender_id', 'message_id', 'ref'],
    react: ['sender_id', 'message_id', 'ref'],
    sync: ['rooms', 'first_room_id', 'last_room_id', 'listing_rev', 'ref'],
    ping: ['ref'],
  };
  return type in CLIENT_FRAMES && fields[type].includes(key);
}
