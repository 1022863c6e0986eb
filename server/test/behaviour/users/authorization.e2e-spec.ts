import type { ClientFrameType, Message, Problem, Room, User } from '@parley/shared';
import { CLIENT_FRAMES } from '../../../src/realtime/client-frames.dto.js';
import type { OpenApi } from '../../support/contract.js';
import { Parley, type Call } from '../../support/parley.js';
import { hashOfRows } from '../../support/rows.js';
import { statementNamesOf } from '../../support/statements.js';
import type { TestSocket } from '../../support/test-socket.js';
import { sendFiles, TUS, Uploader } from '../../support/uploads.js';

/** What exists nowhere. */
const NOTHING = 999_999_999;

let parley: Parley;
/** A room of alice and bob, in which something was said. carol is not in it, and has a room with dave. */
let room: Room;
let message: Message;
let carol: User;
let carols: Room;
let carolsMessage: Message;
let upload: number;
let attachment: number;
let members: TestSocket[];
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
  const pair = await parley.newRoom();
  ({ room } = pair);
  message = await parley.send(room.id, pair.a.id, 'a secret');
  const uploader = new Uploader(parley, pair.a.id);
  attachment = await uploader.upload('a secret.txt', Buffer.from('a secret'));
  await sendFiles(parley, room, pair.a, [attachment]);
  ({ id: upload } = await uploader.create('a secret.txt', 10));
  const others = await parley.newRoom();
  [carol, carols] = [others.a, others.room];
  carolsMessage = await parley.send(carols.id, others.b.id, 'hello carol');
  members = [
    await parley.userSocket(pair.a.id),
    await parley.userSocket(pair.b.id),
    await parley.roomSocket(room.id, pair.b.id),
  ];
  // The last of what opening them causes.
  await members[0]!.next('presence', ({ user_id, online }) => user_id === pair.b.id && online);
});
afterAll(() => parley.stop());

/** What may be said about somebody else's room: the ids of things that are foreign, or that do not exist. */
interface Target {
  room: number;
  message: number;
  upload: number;
  attachment: number;
}
type Attempt = [path: string, call?: Call];

/**
 * Each call of the API as carol would try it on a target. `null`: nothing of others can be named in it. A route that
 * is not here fails the suite.
 */
const HTTP: Record<string, ((target: Target) => Attempt[]) | null> = {
  'GET /api/auth/': null,
  // Answers a foreign room as none: start.e2e-spec.ts.
  'GET /api/start/': null,
  'GET /api/users/': null,
  'POST /api/users/': null,
  // Names nobody but the current user.
  'PATCH /api/me/': null,
  'PUT /api/me/avatar/': ({ upload: id }) => [
    [`/api/me/avatar/?active_user=${carol.id}`, { body: { upload: id } }],
    ['/api/me/avatar/', { body: { upload: id, active_user_id: carol.id } }],
  ],
  'DELETE /api/me/avatar/': null,
  // Users are visible to everyone.
  'GET /api/users/{user_id}/avatar/{avatar}/': null,
  'GET /api/rooms/': ({ room: id }) => [[`/api/rooms/?active_user=${carol.id}&before=${id}`]],
  // Names users, who are visible to everyone, and answers with a room of the current user.
  'POST /api/rooms/create/': null,
  'GET /api/rooms/{room_id}/': ({ room: id }) => [[`/api/rooms/${id}/?active_user=${carol.id}`]],
  'GET /api/rooms/{room_id}/messages/': ({ room: id }) =>
    ['', '&page=2', '&page_size=1', '&before=2', '&after=0', '&around=1', '&changed_since=0'].map(
      (query): Attempt => [`/api/rooms/${id}/messages/?active_user=${carol.id}${query}`],
    ),
  'POST /api/rooms/{room_id}/messages/': (target) => [
    [`/api/rooms/${target.room}/messages/`, { body: { text: 'injected', active_user_id: carol.id } }],
    [
      `/api/rooms/${target.room}/messages/?active_user=${carol.id}`,
      { body: { text: 'injected', reply_to: target.message } },
    ],
  ],
  'POST /api/messages/{message_id}/read/': ({ message: id }) => [
    [`/api/messages/${id}/read/?active_user=${carol.id}`],
    [`/api/messages/${id}/read/`, { body: { active_user_id: carol.id } }],
  ],
  'PATCH /api/messages/{message_id}/': ({ message: id }) => [
    [`/api/messages/${id}/?active_user=${carol.id}`, { body: { text: 'injected' } }],
  ],
  'GET /api/messages/{message_id}/edits/': ({ message: id }) => [
    [`/api/messages/${id}/edits/?active_user=${carol.id}`],
  ],
  'DELETE /api/messages/{message_id}/': ({ message: id }) => [
    [`/api/messages/${id}/?active_user=${carol.id}`],
  ],
  'PUT /api/messages/{message_id}/reactions/{emoji}/': ({ message: id }) => [
    [`/api/messages/${id}/reactions/👍/?active_user=${carol.id}`],
  ],
  'DELETE /api/messages/{message_id}/reactions/{emoji}/': ({ message: id }) => [
    [`/api/messages/${id}/reactions/👍/?active_user=${carol.id}`],
  ],
  'GET /api/rooms/{room_id}/settings/': ({ room: id }) => [
    [`/api/rooms/${id}/settings/?active_user=${carol.id}`],
  ],
  'PATCH /api/rooms/{room_id}/settings/': ({ room: id }) => [
    [`/api/rooms/${id}/settings/?active_user=${carol.id}`, { body: { archived: true } }],
    [`/api/rooms/${id}/settings/`, { body: { share_read: false, active_user_id: carol.id } }],
  ],
  'PUT /api/rooms/{room_id}/timer/': ({ room: id }) => [
    [`/api/rooms/${id}/timer/?active_user=${carol.id}`, { body: { seconds: 60 } }],
    [`/api/rooms/${id}/timer/`, { body: { seconds: 60, active_user_id: carol.id } }],
  ],
  'GET /api/search/': ({ room: id }) =>
    ['', '&from=bob', '&cursor=999999999', '&limit=1'].map((query): Attempt => [
      `/api/search/?q=e&room=${id}&active_user=${carol.id}${query}`,
    ]),
  // Of the current user alone.
  'GET /api/me/push-subscriptions/': null,
  'POST /api/me/push-subscriptions/': null,
  'DELETE /api/me/push-subscriptions/{subscription_id}/': null,
  'GET /api/me/settings/': null,
  'PATCH /api/me/settings/': null,
  // Names nothing.
  'POST /api/uploads/': null,
  'HEAD /api/uploads/{upload_id}/': ({ upload: id }) => [
    [`/api/uploads/${id}/?active_user=${carol.id}`, { headers: TUS }],
  ],
  'PATCH /api/uploads/{upload_id}/': ({ upload: id }) => [
    [
      `/api/uploads/${id}/?active_user=${carol.id}`,
      {
        headers: { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
        body: 'injected',
      },
    ],
  ],
  'DELETE /api/uploads/{upload_id}/': ({ upload: id }) => [
    [`/api/uploads/${id}/?active_user=${carol.id}`, { headers: TUS }],
  ],
  'GET /api/attachments/{attachment_id}/{name}/': ({ attachment: id }) => [
    [`/api/attachments/${id}/a.txt?active_user=${carol.id}`],
  ],
  'GET /api/attachments/{attachment_id}/thumbnail/{name}/': ({ attachment: id }) => [
    [`/api/attachments/${id}/thumbnail/a.webp?active_user=${carol.id}`],
  ],
  'GET /api/version/': null,
  'GET /health/live': null,
  'GET /health/ready': null,
  'GET /metrics': null,
};

/** Each frame of the user socket as carol would try it. */
const FRAMES: Record<ClientFrameType, (target: Target) => object[]> = {
  message: (target) => [
    { room_id: target.room, text: 'injected' },
    {
      room_id: target.room,
      text: 'injected',
      reply_to: target.message,
      client_id: '00000000-0000-4000-8000-000000000000',
    },
    { room_id: target.room, text: 'injected', attachments: [target.upload] },
  ],
  typing: (target) => [{ room_id: target.room }],
  read: (target) => receiptsFor(target),
  delivered: (target) => receiptsFor(target),
  edit: ({ message: id }) => [{ message_id: id, text: 'injected' }],
  delete: ({ message: id }) => [{ message_id: id }],
  react: ({ message: id }) => [{ message_id: id, emoji: '👍', on: true }],
  // Answers for the rest: see below.
  sync: () => [],
  // It names nothing.
  ping: () => [],
};

function receiptsFor(target: Target): object[] {
  return [
    { room_id: target.room, seq: 1 },
    { room_id: target.room, message_id: target.message },
    { message_id: target.message },
    { room_id: carols.id, message_id: target.message },
    { room_id: target.room, message_id: carolsMessage.id },
  ];
}

const foreign = (): Target => ({ room: room.id, message: message.id, upload, attachment });
const missing: Target = { room: NOTHING, message: NOTHING, upload: NOTHING, attachment: NOTHING };

/** Runs it, and holds that it changed nothing and sent nothing to anyone. */
async function withoutEffect<T>(run: () => Promise<T>): Promise<T> {
  await Promise.all(members.map((socket) => socket.settled()));
  const framesBefore = members.map((socket) => socket.frames.length);
  const rowsBefore = await hashOfRows(parley);
  const result = await run();
  expect(await hashOfRows(parley)).toBe(rowsBefore);
  await Promise.all(members.map((socket) => socket.settled()));
  for (const [i, socket] of members.entries()) {
    expect(socket.frames.slice(framesBefore[i]).map(({ type }) => type)).toEqual(['error']);
  }
  return result;
}

/** All headers but those that differ from one request to the next. */
const headersOf = ({ headers }: { headers: Headers }) =>
  [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');

describe('A2: over HTTP', () => {
  it('every route has a case here', async () => {
    const { body } = await parley.get<OpenApi>('/api/openapi.json');
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.toSorted()).toEqual(Object.keys(HTTP).toSorted());
  });

  it.each(Object.keys(HTTP).filter((route) => HTTP[route]))(
    'A1–A4: %s answers of a foreign id as of none, does nothing and says nothing',
    async (route) => {
      const method = route.split(' ')[0]!;
      const attempts = HTTP[route]!(foreign());
      const twins = HTTP[route]!(missing);
      for (const [i, [path, call]] of attempts.entries()) {
        const answer = await withoutEffect(() => parley.call<Problem>(method, path, call));
        const twin = await parley.call<Problem>(method, twins[i]![0], twins[i]![1]);
        expect(answer.status).toBe(404);
        expect(answer.body).toEqual(twin.body);
        expect(headersOf(answer)).toEqual(headersOf(twin));
        expect(JSON.stringify(answer.body)).not.toContain('secret');
      }
    },
  );

  it('A1: takes the same statements for a foreign id as for none, so that not even the time reveals it', async () => {
    for (const route of Object.keys(HTTP).filter((candidate) => HTTP[candidate])) {
      const method = route.split(' ')[0]!;
      const [own, twin] = [HTTP[route]!(foreign()), HTTP[route]!(missing)];
      for (const [i, [path, call]] of own.entries()) {
        const names = await statementNamesOf(() => parley.call(method, path, call));
        const namesOfTwin = await statementNamesOf(() => parley.call(method, twin[i]![0], twin[i]![1]));
        expect(names).toEqual(namesOfTwin);
      }
    }
  });

  it('A6: a cursor of one room is nothing but a number in another', async () => {
    const path = `/api/rooms/${carols.id}/messages/?active_user=${carol.id}`;
    for (const cursor of [`before=${message.id}`, `after=${room.id}`, `before=${message.seq + 1}`]) {
      const { status, body } = await parley.get<{ results: Message[] }>(`${path}&${cursor}`);
      expect(status).toBe(200);
      for (const { room_id: id } of body.results) expect(id).toBe(carols.id);
    }
  });

  it('naming two different users at once is refused', async () => {
    const refused = await parley.post<Problem>(`/api/rooms/${room.id}/messages/?active_user=${carol.id}`, {
      text: 'x',
      active_user_id: room.users[0].id,
    });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'active_user_id' }] } });
  });
});

describe('over a user socket', () => {
  it('every frame has a case here', () => {
    expect(Object.keys(FRAMES).toSorted()).toEqual(Object.keys(CLIENT_FRAMES).toSorted());
  });

  it.each(Object.keys(FRAMES) as ClientFrameType[])(
    'A1, A3, A4: %s answers of a foreign room as of none, does nothing and says nothing',
    async (type) => {
      const socket = await parley.userSocket(carol.id);
      for (const [i, fields] of FRAMES[type](foreign()).entries()) {
        const { ref: _, ...answer } = await withoutEffect(() => socket.ask({ type, ...fields }));
        const { ref: __, ...twin } = await socket.ask({ type, ...FRAMES[type](missing)[i] });
        expect(answer).toMatchObject({ type: 'error', code: 'not_found' });
        expect(answer).toEqual(twin);
      }
      expect(JSON.stringify(socket.frames)).not.toContain('secret');
    },
  );

  it('sync answers of a foreign room as of none, and brings nothing of it (A1)', async () => {
    const socket = await parley.userSocket(carol.id);
    const ask = async (id: number, rev: number) => {
      const { ref: _, ...answer } = await withoutEffect(() =>
        socket.ask({ type: 'sync', rooms: { [carols.id]: 0, [id]: rev } }),
      );
      return JSON.stringify(answer).replace(`"unknown":[${id}]`, '"unknown":["the room"]');
    };
    for (const rev of [0, 1]) {
      const answer = await ask(room.id, rev);
      expect(answer).toContain('"unknown":["the room"]');
      expect(answer).toBe(await ask(NOTHING, rev));
    }
    expect(JSON.stringify(socket.frames)).not.toContain('secret');
  });

  it.each(['message', 'typing', 'read', 'delivered'])(
    'A5: %s in the name of another is forbidden',
    async (type) => {
      const socket = await parley.userSocket(carol.id);
      const bodies: Record<string, object> = {
        message: { text: 'x' },
        typing: {},
        read: { seq: 1 },
        delivered: { seq: 1 },
      };
      for (const senderId of [
        room.users[0].id,
        carols.users.find(({ id }) => id !== carol.id)!.id,
        NOTHING,
      ]) {
        for (const room_id of [carols.id, room.id, NOTHING]) {
          const frame = { type, room_id, sender_id: senderId, ...bodies[type] };
          expect(await withoutEffect(() => socket.ask(frame))).toMatchObject({
            type: 'error',
            code: 'forbidden',
          });
        }
      }
    },
  );
});

describe('over a room socket', () => {
  it.each(['message', 'typing', 'read', 'delivered'])(
    'A1, A3, A4: %s of somebody who is not a member is forbidden, and the socket stays nobody’s',
    async (type) => {
      const socket = await parley.roomSocket(room.id);
      const fields =
        type === 'message' ? { text: 'injected' } : type === 'typing' ? {} : { message_id: message.id };
      const frame = { type, sender_id: carol.id, ...fields };
      expect(await withoutEffect(() => socket.ask(frame))).toMatchObject({
        type: 'error',
        code: 'forbidden',
      });
      expect(await socket.ask({ type: 'typing' })).toMatchObject({ type: 'error', code: 'unauthorized' });
    },
  );

  it('A3: receipts for messages of another room are not found', async () => {
    const socket = await parley.roomSocket(carols.id, carol.id);
    for (const type of ['read', 'delivered']) {
      for (const named of [{}, { sender_id: carol.id }]) {
        const ask = (messageId: number) => socket.ask({ type, message_id: messageId, ...named });
        const { ref: _, ...answer } = await withoutEffect(() => ask(message.id));
        const { ref: __, ...twin } = await ask(NOTHING);
        expect(answer).toEqual({ type: 'error', code: 'not_found', message: 'There is no such message.' });
        expect(answer).toEqual(twin);
      }
    }
  });
});
