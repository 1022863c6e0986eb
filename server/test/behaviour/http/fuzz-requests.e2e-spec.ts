import type { Room, User } from '@parley/shared';
import fc from 'fast-check';
import { anyValue, NUMBERS, RUNS, STRINGS, toJson } from '../../support/fuzz.js';
import { Parley } from '../../support/parley.js';
import { SchemaRequests, type Document } from '../../support/schema-requests.js';
import { bytes, sendFiles, TUS, Uploader } from '../../support/uploads.js';

let parley: Parley;
let room: Room;
let a: User;
let foreign: Room;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off', LOG_LEVEL: 'silent' });
  ({ room, a } = await parley.newRoom());
  ({ room: foreign } = await parley.newRoom());
  await parley.send(room.id, a.id, 'one');
});
afterAll(() => parley.stop());

const ROUTES = [
  ['GET', '/api/users/'],
  ['POST', '/api/users/'],
  ['GET', '/api/rooms/'],
  ['POST', '/api/rooms/create/'],
  ['GET', '/api/rooms/*/'],
  ['GET', '/api/rooms/*/messages/'],
  ['POST', '/api/rooms/*/messages/'],
  ['POST', '/api/messages/*/read/'],
  ['PATCH', '/api/messages/*/'],
  ['DELETE', '/api/messages/*/'],
  ['GET', '/api/messages/*/edits/'],
  ['PUT', '/api/messages/*/reactions/%F0%9F%91%8D/'],
  ['DELETE', '/api/messages/1/reactions/*/'],
  ['GET', '/api/me/push-subscriptions/'],
  ['POST', '/api/me/push-subscriptions/'],
  ['DELETE', '/api/me/push-subscriptions/*/'],
  ['GET', '/api/me/settings/'],
  ['PATCH', '/api/me/settings/'],
  ['GET', '/api/search/'],
  ['GET', '/api/start/'],
  ['PUT', '/api/rooms/*/timer/'],
  ['GET', '/api/rooms/*/settings/'],
  ['PATCH', '/api/rooms/*/settings/'],
  ['PATCH', '/api/me/'],
  ['PUT', '/api/me/avatar/'],
  ['GET', '/api/users/*/avatar/x/'],
  ['GET', '/api/users/1/avatar/*/'],
  ['GET', '/api/attachments/*/thumbnail/x/'],
  ['GET', '/api/attachments/1/*/'],
  ['GET', '/*'],
] as const;
const SEGMENTS = [
  '0',
  '-1',
  'x',
  '%00',
  '%zz',
  '%',
  '..',
  '1e3',
  '９',
  '1;2',
  'create',
  '9'.repeat(40),
  'a'.repeat(300),
];
const PARAMETERS =
  'active_user limit before after around page page_size changed_since search q room from as cursor __proto__ x[]'.split(
    ' ',
  );
const BODY_FIELDS =
  'text client_id reply_to attachments seconds upload display_name theme sounds quiet_hours endpoint p256dh auth pinned muted_until archived marked_unread share_read active_user_id user_id username __proto__ constructor then'.split(
    ' ',
  );
const BODIES = ['', '[]', 'null', '1', '"x"', '{"a":'.repeat(5_000), '['.repeat(65_536), '{'.repeat(65_536)];
const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=x',
  'application/JSON',
  'x',
  ';',
];

const encode = (text: string) => encodeURIComponent(text.toWellFormed());
const id = fc.nat(3).map((i) => String([room.id, foreign.id, a.id, 1][i]));
const segment = fc.oneof(fc.constantFrom(...SEGMENTS), id, fc.string().map(encode));
const parameter = fc.tuple(
  fc.constantFrom(...PARAMETERS),
  fc.oneof(
    fc.constantFrom(...STRINGS, ...NUMBERS.map(String)).map(encode),
    fc.constantFrom('%00', '%zz', '%', '%ff%fe', '%ed%a0%80', ''),
    id,
  ),
);
const field = fc.tuple(
  fc.constantFrom(...BODY_FIELDS),
  anyValue(() => [room.id, foreign.id, a.id, 1]),
);
const request = fc.record({
  route: fc.constantFrom(...ROUTES),
  part: segment,
  query: fc.array(parameter, { maxLength: 4 }),
  body: fc.oneof(
    fc.array(field, { maxLength: 5 }).map(toJson),
    fc.json(),
    fc.string(),
    fc.constantFrom(...BODIES),
  ),
  type: fc.oneof({ weight: 5, arbitrary: fc.constant('application/json') }, fc.constantFrom(...TYPES)),
});

describe('C5: a request of whatever kind', () => {
  it('is answered as documented, and never with 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ route: [method, template], part, query, body, type }) => {
        const search = query.map(([name, text]) => `${name}=${text}`).join('&');
        const takesBody = method === 'POST' || method === 'PATCH' || method === 'PUT';
        const call = takesBody ? { body, headers: { 'Content-Type': type } } : {};
        const { status, headers } = await parley.call(
          method,
          `${template.replace('*', part)}?${search}`,
          call,
        );
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
      }),
      { numRuns: RUNS },
    );
    const { body: users } = await parley.get<User[]>('/api/users/');
    expect(users.length).toBeGreaterThan(5);
  });
});

const FILE_TYPE = { 'Content-Type': 'application/offset+octet-stream' };
/** Headers of the right request to upload 8 bytes. */
const UPLOAD_HEADERS: Record<string, Record<string, string>> = {
  POST: { ...TUS, ...FILE_TYPE, 'Upload-Length': '8' },
  PATCH: { ...TUS, ...FILE_TYPE, 'Upload-Offset': '0' },
  HEAD: TUS,
  DELETE: TUS,
};
/** What stands in their place, or beside them. */
const HOSTILE_HEADERS: Record<string, readonly string[]> = {
  'Tus-Resumable': ['0.2.2', ''],
  'Upload-Length': ['0', '-1', '1.5', '1e3', '0x8', '99999999999', '9007199254740993', 'x', ''],
  'Upload-Offset': ['4', '8', '-1', '9007199254740993', 'x', ''],
  'Upload-Metadata': [
    'filename',
    'filename aGk=,filename aGk=',
    ',,',
    'a b c',
    '__proto__ aGk=',
    'filename //79',
  ],
  'Upload-Defer-Length': ['1', '0', 'x'],
  'Upload-Concat': ['partial', 'final;/api/uploads/1', 'x'],
  'Upload-Checksum': ['sha1 x', 'x'],
  'X-HTTP-Method-Override': ['DELETE', 'PATCH', 'HEAD', 'TRACE'],
  'Content-Type': ['application/json', 'text/plain', ''],
};
const hostileHeader = fc.oneof(
  ...Object.entries(HOSTILE_HEADERS).map(([name, values]) =>
    fc.tuple(fc.constant(name), fc.constantFrom(...values)),
  ),
);
const upload = fc.record({
  method: fc.constantFrom('POST', 'PATCH', 'PATCH', 'HEAD', 'DELETE'),
  hostile: fc.array(hostileHeader, { maxLength: 2 }),
  of: fc.constantFrom('own', 'own', 'own', 'foreign', '0', 'x', '%00', '1e3', '9'.repeat(40)),
  body: fc.oneof(fc.constantFrom('', '1234', '12345678', '123456789'), fc.string()),
});

describe('C5: a request of an upload, of whatever kind', () => {
  it('is answered as documented, and leaves the uploads of others alone', async () => {
    const [own, foreignUser] = [new Uploader(parley, a.id), new Uploader(parley, foreign.users[0].id)];
    const kept = await foreignUser.create('theirs.txt', 8);
    await foreignUser.patch(kept.url, 0, bytes('1234'));
    let { url } = await own.create('mine.txt', 8);
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(upload, async ({ method, hostile, of, body }) => {
        const address = of === 'own' ? url.split('?')[0] : `/api/uploads/${of === 'foreign' ? kept.id : of}`;
        const path = `${method === 'POST' ? '/api/uploads/' : address}?active_user=${a.id}`;
        const headers = { ...UPLOAD_HEADERS[method], ...Object.fromEntries(hostile) };
        const sent = method === 'HEAD' ? {} : { body };
        const { status, headers: answered } = await parley.call(method, path, { headers, ...sent });
        statuses.add(status);
        expect(status).toBeLessThan(500);
        if (status >= 400 && method !== 'HEAD')
          expect(answered.get('Content-Type')).toMatch(/^application\/problem\+json/);
        if (of === 'foreign' && method !== 'POST') expect(status).toBeGreaterThanOrEqual(400);
        // There is always one to go on with.
        if (method === 'DELETE' && status === 204) ({ url } = await own.create('mine.txt', 8));
      }),
      { numRuns: RUNS },
    );
    expect([...statuses]).toEqual(expect.arrayContaining([201, 204, 400, 404, 409, 412, 415]));
    expect(await foreignUser.offset(kept.url)).toBe(4);
    await foreignUser.patch(kept.url, 4, bytes('5678'));
    const { status } = await sendFiles(parley, foreign, foreign.users[0], [kept.id]);
    expect(status).toBe(201);
  });
});

describe('the schemas of the OpenAPI document', () => {
  it('allow what is accepted and refuse what is refused', async () => {
    const { body: document } = await parley.get<Document>('/api/openapi.json');
    const [sent] = await parley.history(room.id);
    const users = [a.id, a.id, a.id, room.users[1].id, 999_999_999];
    const ids = {
      room_id: [room.id, room.id, room.id, foreign.id],
      message_id: [sent!.id, 999_999_999],
      reply_to: [sent!.id, 999_999_999],
      active_user: users,
      active_user_id: users,
      user_id: [room.users[1].id, ...users],
      seconds: [5, 86_400],
    };
    const seen = { right: 0, wrong: 0, broken: 0 };
    const succeeded = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        new SchemaRequests(document, ids).any(),
        async ({ method, url, body, wrong, broken, operationId }) => {
          const call = body === null ? {} : { body, headers: { 'Content-Type': 'application/json' } };
          const { status } = await parley.call(method, url, call);
          if (wrong.length > 0) {
            seen.wrong++;
            if (status < 400 || status >= 500)
              throw new Error(`is wrong by its schema, and answered ${status}`);
          } else if (broken.length > 0) {
            seen.broken++;
            // Whether a message is of the room only the server knows.
            const isCertain = broken.some(
              (rule) => !['message_of_room', 'own_uploads', 'own_image'].includes(rule),
            );
            if (status >= 500 || (isCertain && status < 400))
              throw new Error(`breaks a rule, and answered ${status}`);
          } else {
            seen.right++;
            if (status === 400 || status >= 500)
              throw new Error(`is right by its schema, and answered ${status}`);
            if (status < 300) succeeded.add(operationId);
            // It is there again, for the calls that change it.
            if (operationId === 'deleteMessage' && status < 300) {
              await parley.sql(`UPDATE messages SET text = 'x', deleted_at = NULL WHERE id = $1`, [sent!.id]);
            }
          }
        },
      ),
      { numRuns: RUNS * 4 },
    );
    // It is worth something only when there was much of each kind, and every call came to its end at times.
    expect(Math.min(seen.right, seen.wrong, seen.broken)).toBeGreaterThan(RUNS / 5);
    const all = Object.entries(document.paths)
      // A subscription is removed by an id that only its creation says, which a run may guess (push/push.e2e-spec.ts).
      // Files and pictures take an upload first, which has tests of its own (attachments/uploads.e2e-spec.ts, users/avatars.e2e-spec.ts).
      .filter(([path]) => path.startsWith('/api/') && !/^\/api\/(uploads|attachments)\//.test(path))
      .flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId))
      .filter((name) => !['setAvatar', 'getAvatar', 'deletePushSubscription'].includes(name));
    expect(all.filter((name) => !succeeded.has(name))).toEqual([]);
  });
});
