import type { Message, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';

/** What must never come back in an error: texts, names, SQL, stacks, files, what the libraries say. */
const SECRET = 'xyzzy-top-secret';
const LEAKS =
  /xyzzy|select|insert|update |relation|column|syntax|postgres|typeorm|fastify|nest|ajv|\.ts|\.js|node_modules|\/src\/|\bat [\w.]+ \(|stack|errno|ECONN/i;

let parley: Parley;
let room: Room;
let a: User;
let message: Message;
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent', RATE_LIMIT: 'off' });
  ({ room, a } = await parley.newRoom());
  message = await parley.send(room.id, a.id, 'before');
});
afterAll(() => parley.stop());

/** Takes away what the statements need, and gives it back. */
async function withoutTable<T>(table: string, run: () => Promise<T>): Promise<T> {
  await parley.sql(`ALTER TABLE ${table} RENAME TO gone`);
  try {
    return await run();
  } finally {
    await parley.sql(`ALTER TABLE gone RENAME TO ${table}`);
  }
}

const none = () => null;
const CALLS: [table: string, method: string, path: () => string, body: () => object | null][] = [
  ['users', 'GET', () => `/api/users/?search=${SECRET}`, none],
  ['users', 'POST', () => '/api/users/', () => ({ username: SECRET })],
  ['rooms', 'GET', () => `/api/rooms/?active_user=${a.id}`, none],
  ['rooms', 'POST', () => '/api/rooms/create/', () => ({ user_id: 1, active_user_id: a.id })],
  ['messages', 'GET', () => `/api/rooms/${room.id}/?active_user=${a.id}`, none],
  ['messages', 'GET', () => `/api/rooms/${room.id}/messages/?x=${SECRET}`, none],
  ['messages', 'POST', () => `/api/rooms/${room.id}/messages/?active_user=${a.id}`, () => ({ text: SECRET })],
  ['messages', 'POST', () => `/api/messages/${message.id}/read/`, none],
];

describe('C12: an error of ours', () => {
  it.each(CALLS)('without %s: %s … is 500 and reveals nothing', async (table, method, path, body) => {
    const content = body();
    const init = content && {
      body: JSON.stringify(content),
      headers: { 'Content-Type': 'application/json' },
    };
    const response = await withoutTable(table, () => fetch(parley.origin + path(), { method, ...init }));
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong on our side.',
      code: 'internal',
    });
  });

  it('is «internal» on a socket, with its ref and nothing else, and the next frame is as good as ever', async () => {
    const socket = await parley.userSocket(a.id);
    const frames = [
      { type: 'message', room_id: room.id, text: SECRET },
      { type: 'read', room_id: room.id, seq: 1 },
      { type: 'read', message_id: message.id },
      { type: 'sync', rooms: { [room.id]: 0 } },
    ];
    for (const frame of frames) {
      const { ref: _, ...answer } = await withoutTable('messages', () => socket.ask(frame));
      expect(answer).toEqual({
        type: 'error',
        code: 'internal',
        message: 'Something went wrong on our side.',
      });
    }
    for (const frame of frames) expect(await socket.ask(frame)).toMatchObject({ type: 'ack' });
  });

  it('leaves nothing half done: after it, the room counts on without a hole', async () => {
    const { room: other, a: sender } = await parley.newRoom();
    const socket = await parley.userSocket(sender.id);
    await socket.ask({ type: 'message', room_id: other.id, text: 'one' });
    const frame = { type: 'message', room_id: other.id, text: 'lost' };
    await withoutTable('messages', () =>
      Promise.all([socket.ask(frame), socket.ask(frame), socket.ask(frame)]),
    );
    await socket.ask({ type: 'message', room_id: other.id, text: 'two' });
    expect((await parley.history(other.id)).map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });
});

describe('C12: an error of the client', () => {
  it('never repeats what was sent, over HTTP', async () => {
    const posts: [string, unknown][] = [
      ['/api/users/', { username: `${SECRET} ${SECRET}` }],
      ['/api/users/', { username: 'x', extra: SECRET }],
      ['/api/rooms/create/', { user_id: SECRET, active_user_id: SECRET }],
      [`/api/rooms/${room.id}/messages/`, { text: SECRET, active_user_id: 999_999_999 }],
      [`/api/rooms/${room.id}/messages/?active_user=${a.id}`, { text: SECRET + '\0' }],
      [`/api/rooms/${room.id}/messages/?active_user=${a.id}`, { text: SECRET, client_id: SECRET }],
      [`/api/rooms/${room.id}/messages/?active_user=${a.id}`, { text: SECRET.repeat(1_000) }],
      [`/api/rooms/${SECRET}/messages/?active_user=${SECRET}`, { text: SECRET }],
      [`/api/messages/${SECRET}/read/`, {}],
      [`/api/${SECRET}/`, { SECRET }],
      ['/api/users/', `{"username": "${SECRET}`],
    ];
    for (const [path, body] of posts) {
      const { status, body: problem } = await parley.call('POST', path, {
        body,
        ...(typeof body === 'string' ? { headers: { 'Content-Type': 'application/json' } } : {}),
      });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(problem)).not.toMatch(LEAKS);
    }
    for (const query of [
      `active_user=${SECRET}`,
      `page=${SECRET}`,
      `page_size=${SECRET}`,
      `before=${SECRET}`,
      `page=1&after=${SECRET}`,
    ]) {
      const { status, body } = await parley.get(`/api/rooms/${room.id}/messages/?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect(JSON.stringify(body)).not.toMatch(LEAKS);
    }
  });

  it('never repeats what was sent, on a socket', async () => {
    const socket = await parley.userSocket(a.id);
    const frames = [
      { type: SECRET },
      { type: 'message', text: SECRET },
      { type: 'message', room_id: SECRET, text: 'x' },
      { type: 'message', room_id: 999_999_999, text: SECRET },
      { type: 'message', room_id: room.id, text: SECRET, client_id: SECRET },
      { type: 'message', room_id: room.id, text: SECRET + '\0' },
      { type: 'message', room_id: room.id, text: SECRET, sender_id: 1 },
      { type: 'read', room_id: room.id, seq: SECRET },
      { type: 'sync', rooms: { [SECRET]: 1 } },
      { type: 'sync', rooms: SECRET },
    ];
    for (const frame of frames) {
      const answer = await socket.ask(frame);
      expect(answer.type).toBe('error');
      expect(JSON.stringify(answer)).not.toMatch(LEAKS);
    }
  });

  it('in a handshake reveals nothing either', async () => {
    const socket = await parley.socket(`/ws/?active_user=${SECRET}`);
    expect((await socket.closed).reason).not.toMatch(LEAKS);
    await expect(parley.socket(`/ws/${SECRET}`)).rejects.toThrow('404');
  });
});
