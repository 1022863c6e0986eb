import type { Message, Problem, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';

/** The address that the first web client is served from; it calls 127.0.0.1 with credentials. */
const ORIGIN = 'http://localhost:5173';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

describe('a browser on the development address', () => {
  it.each(['http://localhost:5173', 'http://127.0.0.1:5173'])(
    'is answered by name, with credentials: %s',
    async (origin) => {
      const { status, headers } = await parley.call('GET', '/api/users/', { headers: { Origin: origin } });
      expect(status).toBe(200);
      expect(headers.get('Access-Control-Allow-Origin')).toBe(origin);
      expect(headers.get('Access-Control-Allow-Credentials')).toBe('true');
      expect(headers.get('Vary')).toMatch(/\bOrigin\b/i);
    },
  );

  it.each(['/api/rooms/create/', '/api/messages/1/read/', '/api/users'])(
    'may POST JSON to %s: preflight',
    async (path) => {
      const { status, headers } = await parley.call('OPTIONS', path, {
        headers: {
          Origin: ORIGIN,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type',
        },
      });
      expect(status).toBe(204);
      expect(headers.get('Access-Control-Allow-Origin')).toBe(ORIGIN);
      expect(headers.get('Access-Control-Allow-Credentials')).toBe('true');
      expect(headers.get('Access-Control-Allow-Methods')).toMatch(/\bPOST\b/);
      expect(headers.get('Access-Control-Allow-Headers')).toMatch(/content-type/i);
    },
  );

  it('can read errors too', async () => {
    const { status, headers } = await parley.call('GET', '/api/rooms/', { headers: { Origin: ORIGIN } });
    expect(status).toBe(400);
    expect(headers.get('Access-Control-Allow-Origin')).toBe(ORIGIN);
  });
});

describe('the slash at the end', () => {
  it('is optional everywhere', async () => {
    const { room, a, b } = await parley.newRoom();
    const { id } = await parley.send(room.id, a.id, 'hello');
    const gets = [
      '/api/users',
      `/api/rooms`,
      `/api/rooms/${room.id}`,
      `/api/rooms/${room.id}/messages`,
      '/health/live',
    ];
    for (const path of gets) {
      const [without, withSlash] = await Promise.all(
        [path, `${path}/`].map((either) => parley.get(`${either}?active_user=${a.id}`)),
      );
      expect({ path, status: without!.status, body: without!.body }).toEqual({
        path,
        status: 200,
        body: withSlash!.body,
      });
    }
    for (const slash of ['', '/']) {
      const create = await parley.post(`/api/rooms/create${slash}`, { user_id: b.id, active_user_id: a.id });
      const read = await parley.post(`/api/messages/${id}/read${slash}`);
      const send = await parley.post(`/api/rooms/${room.id}/messages${slash}`, {
        text: 'x',
        active_user_id: a.id,
      });
      expect([create.status, read.status, send.status]).toEqual([200, 200, 201]);
      for (const path of [`/ws/chat/${room.id}${slash}`, `/ws${slash}?active_user=${a.id}`]) {
        const socket = await parley.socket(path);
        await socket.settled();
      }
    }
  });
});

describe('users', () => {
  it('are a plain array, each with what the first client shows', async () => {
    const { body } = await parley.get<User[]>('/api/users/');
    expect(Array.isArray(body)).toBe(true);
    expect(body.slice(0, 5).map(({ id, username }) => [id, username])).toEqual([
      [1, 'alice'],
      [2, 'bob'],
      [3, 'carol'],
      [4, 'dave'],
      [5, 'erin'],
    ]);
  });

  it('are the same for every user, with any other parameter in the URL', async () => {
    const { status, body } = await parley.get<User[]>('/api/users/?active_user=1&_=123');
    expect([status, body.length]).toEqual([200, (await parley.get<User[]>('/api/users/')).body.length]);
  });
});

describe('creating a room', () => {
  it('answers 201 when it is new, 200 with the same room afterwards, from either side', async () => {
    const [a, b] = [await parley.newUser(), await parley.newUser()];
    const create = (user: User, active: User) =>
      parley.post<Room>('/api/rooms/create/', {
        user_id: user.id,
        active_user_id: active.id,
        name: 'ignored',
      });
    const answers = [await create(b, a), await create(b, a), await create(a, b)];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers[0]!.body).toMatchObject({
      users: [{ id: a.id }, { id: b.id }],
      last_message: null,
      unread_count: 0,
      last_seq: 0,
      rev: 0,
    });
  });

  it('A7: makes one room of 50 calls at the same instant, from both sides', async () => {
    const [a, b] = [await parley.newUser(), await parley.newUser()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        parley.post<Room>('/api/rooms/create/', {
          user_id: i % 2 ? a.id : b.id,
          active_user_id: i % 2 ? b.id : a.id,
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((x, y) => y - x);
    expect(statuses).toEqual([201, ...Array<number>(49).fill(200)]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await parley.get<Room[]>(`/api/rooms/?active_user=${a.id}`)).body).toHaveLength(1);
  });

  it('A7: with an unknown user is 404, whichever of the two it is', async () => {
    const a = await parley.newUser();
    const pairs = [
      [a.id, 999_999_999],
      [999_999_999, a.id],
      [999_999_998, 999_999_999],
    ];
    for (const [user_id, active_user_id] of pairs) {
      const { status, body } = await parley.post<Problem>('/api/rooms/create/', { user_id, active_user_id });
      expect([status, body.detail]).toEqual([404, 'There is no such user.']);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['A7: oneself', { user_id: 1, active_user_id: 1 }],
    ['no user_id', { active_user_id: 1 }],
    ['no active_user_id', { user_id: 1 }],
    ['nothing', {}],
    ['a negative id', { user_id: -1, active_user_id: 1 }],
    ['a broken id', { user_id: 1.5, active_user_id: 1 }],
    ['null', { user_id: null, active_user_id: 1 }],
    ['a list', { user_id: [2], active_user_id: 1 }],
  ])('with %s is 400 and names the field', async (_, body) => {
    const answer = await parley.post<Problem>('/api/rooms/create/', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.field).toMatch(/^(user_id|active_user(_id)?)$/);
  });
});

describe('the call that marks as read', () => {
  it('names nobody: it is the receiver who has read', async () => {
    const { room, a, b } = await parley.newRoom();
    const { id } = await parley.send(room.id, a.id, 'hello');
    const answer = await parley.call('POST', `/api/messages/${id}/read/`);
    expect(answer).toMatchObject({ status: 200, body: { status: 'marked as read' } });
    expect((await parley.history(room.id))[0]).toMatchObject({ is_read: true, is_delivered: true });
    expect(await parley.room(room.id, b.id)).toMatchObject({ unread_count: 0 });
  });

  it.each<[string, RequestInit]>([
    ['a JSON type and no body', { headers: { 'Content-Type': 'application/json' } }],
    ['an empty object', { headers: { 'Content-Type': 'application/json' }, body: '{}' }],
    ['a user', { headers: { 'Content-Type': 'application/json' }, body: '{"user_id":1,"message":2}' }],
    ['neither type nor body', {}],
  ])('is fine with %s', async (_, init) => {
    const { room, a } = await parley.newRoom();
    const { id } = await parley.send(room.id, a.id, 'hello');
    const response = await fetch(`${parley.origin}/api/messages/${id}/read/`, { method: 'POST', ...init });
    expect([response.status, await response.json()]).toEqual([200, { status: 'marked as read' }]);
  });

  it.each(['999999999', '0', '-1', 'x', '1.5', '9'.repeat(30)])('is 404 for message %s', async (id) => {
    expect((await parley.post<Problem>(`/api/messages/${id}/read/`)).status).toBe(404);
  });
});

describe('the list of rooms', () => {
  it('belongs to one user, with the last message and what that user has not read', async () => {
    const { room, a, b } = await parley.newRoom();
    await parley.send(room.id, a.id, 'one');
    const last: Message = await parley.send(room.id, a.id, 'two');
    const listOf = async (user: User) =>
      (await parley.get<Room[]>(`/api/rooms/?active_user=${user.id}`)).body;
    const stranger = await parley.newUser();
    expect(await listOf(a)).toMatchObject([
      { id: room.id, last_message: { id: last.id, text: 'two' }, unread_count: 0 },
    ]);
    expect(await listOf(b)).toMatchObject([
      { id: room.id, last_message: { id: last.id, text: 'two' }, unread_count: 2 },
    ]);
    expect(await listOf(stranger)).toEqual([]);
  });

  it.each([
    ['', 400],
    ['?active_user=', 400],
    ['?active_user=x', 400],
    ['?active_user=0', 400],
    ['?active_user=999999999', 404],
  ])('asked with "%s" is %d', async (query, status) => {
    expect((await parley.get<Problem>(`/api/rooms/${query}`)).status).toBe(status);
  });
});
