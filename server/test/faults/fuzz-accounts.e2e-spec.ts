import type { Message, Room, User } from '@parley/shared';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { Contract, type AsyncApi, type OpenApi, type SocketKind } from '../support/contract.js';
import { anyValue, FORBIDDEN, toJson } from '../support/fuzz.js';
import { fromSchema } from '../support/schema-frames.js';
import { SchemaRequests, type Document, type SchemaRequest } from '../support/schema-requests.js';
import { bearer, cookieFrom, openSession, tokenIn } from '../support/sessions.js';
import { TestSocket } from '../support/test-socket.js';
import { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';

/** The normal run; `npm run test:soak` sends 20,000 requests and 1,000,000 frames. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_000);
const FRAMES = Number(process.env.FUZZ_FRAMES ?? 20_000);
/** Frames that are sent at once, before the first is answered. */
const AT_ONCE = 50;
/** Frames after which a socket is replaced. */
const PER_SOCKET = 2_000;
/** What the server may grow by after the first tenth of the frames, in bytes. */
const MAX_GROWTH = 96 * 1_048_576;

jest.setTimeout(60_000 + REQUESTS * 60 + FRAMES * 5);

/** Stands in for every text that somebody writes: messages, passwords, invites, searches. It may be in no log. */
const SECRET = 'wombat-7f3a-correct-horse';
const PASSWORD = `${SECRET}-password`;

const stack = new Stack();
let server: ServerProcess;
let databaseUrl: string;
let contract: Contract;
let openapi: Document;
let asyncapi: AsyncApi;
/** Every token that was ever used: none may be in the log. */
const tokens: string[] = [];

interface Person {
  id: number;
  token: string;
}
let alice: Person;
let bob: Person;
let stranger: Person;
let readOnly: string;
let ended: string;
let room: Room;
let foreign: Room;
let messages: Message[];

const call = (method: string, path: string, token: string, body?: object) =>
  fetch(`${server.origin}${path}`, {
    method,
    headers: { ...bearer(token), ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const json = async <Body>(answer: Promise<Response>) => (await (await answer).json()) as Body;

let names = 0;
async function newPerson(): Promise<Person> {
  const token = await openSession(databaseUrl, `fuzz-${++names}`);
  tokens.push(token);
  const { user } = await json<{ user: User }>(call('GET', '/api/auth/', token));
  return { id: user.id, token };
}

/** Also after a call of the fuzz has ended a session or deleted a user. */
async function people(): Promise<void> {
  [alice, bob, stranger] = [await newPerson(), await newPerson(), await newPerson()];
  const create = (a: Person, b: Person) =>
    json<Room>(call('POST', '/api/rooms/create/', a.token, { user_id: b.id }));
  [room, foreign] = [await create(alice, bob), await create(bob, stranger)];
  messages = [];
  for (const author of [alice, bob, alice, alice]) {
    const sent = call('POST', `/api/rooms/${room.id}/messages/`, author.token, { text: SECRET });
    messages.push(await json<Message>(sent));
  }
  const made = call('POST', '/api/auth/tokens/', alice.token, { name: 'reader', scopes: ['read'] });
  readOnly = (await json<{ token: string }>(made)).token;
  ended = (await newPerson()).token;
  await call('POST', '/api/auth/logout/', ended);
  tokens.push(readOnly);
}

beforeAll(async () => {
  databaseUrl = await stack.database();
  server = await stack.server({
    DATABASE_URL: databaseUrl,
    AUTH_MODE: 'accounts',
    REGISTRATION: 'open',
    LOG_LEVEL: 'trace',
    // What a schema allows at most is drawn often.
    TEXT_MAX_LENGTH: '50',
  });
  await people();
  openapi = await json(call('GET', '/api/openapi.json', alice.token));
  asyncapi = await json(call('GET', '/api/asyncapi.json', alice.token));
  contract = new Contract(openapi as unknown as OpenApi, asyncapi);
});
afterAll(() => stack.end());

/** With the secret in place of every text but those by which the server finds out what is meant. */
function marked(value: unknown): unknown {
  if (typeof value === 'string') return SECRET;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  const kept = ['type', 'client_id', 'ref', 'scopes', 'expires_at'];
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, kept.includes(name) ? inner : marked(inner)]),
  );
}

const WHO = [
  'alice',
  'alice',
  'alice',
  'cookie',
  'bob',
  'stranger',
  'read only',
  'ended',
  'nobody',
  'noise',
] as const;
type Who = (typeof WHO)[number];

function credentialsOf(who: Who): Record<string, string> {
  const tokenOf = { alice, cookie: alice, bob, stranger };
  switch (who) {
    case 'nobody':
      return {};
    case 'noise':
      return {
        Authorization: `Bearer ${SECRET}`,
        Cookie: `parley_session=${SECRET}`,
        'X-Request-Id': `an id ${SECRET}`,
      };
    case 'cookie':
      return cookieFrom(alice.token, server.origin);
    case 'read only':
      return bearer(readOnly);
    case 'ended':
      return bearer(ended);
    default:
      return bearer(tokenOf[who].token);
  }
}

async function send(who: Who, isMarked: boolean, { method, url, body }: SchemaRequest): Promise<number> {
  const content = body === null || !isMarked ? body : JSON.stringify(marked(JSON.parse(body)));
  const path = isMarked ? url.replace(/\b(search|q)=[^&]*/, `$1=${SECRET}`) : url;
  const answer = await fetch(`${server.origin}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...credentialsOf(who), ...(content === null ? {} : { 'Content-Type': 'application/json' }) },
    ...(content === null ? {} : { body: content }),
  });
  const text = await answer.text();
  if (answer.status >= 500) throw new Error(`answered ${answer.status}: ${text}`);
  const [, token] = /parley_session=([\w-]{43});/.exec(answer.headers.get('Set-Cookie') ?? '') ?? [];
  if (token !== undefined) tokens.push(token);
  const type = answer.headers.get('Content-Type') ?? '';
  if (type.includes('json') && !/^\/api\/(openapi|asyncapi)/.test(path)) {
    const { pathname } = new URL(path, server.origin);
    contract.checkResponse(method, pathname, answer.status, type, JSON.parse(text), answer.headers);
  }
  return answer.status;
}

/** Frames as JSON without `ref`: as documented, with a field that is odd, or made of odd fields alone. */
function batchOf<Kind extends string>(kind: Kind, socket: SocketKind) {
  const { schemas } = (
    asyncapi as unknown as { components: { schemas: Record<string, Record<string, unknown>> } }
  ).components;
  const resolve = (ref: string) => schemas[ref.split('/').at(-1)!]!;
  const ids = () => [room.id, foreign.id, messages[0]!.id, alice.id];
  const hints = {
    room_id: fc.constantFrom(room.id, room.id, foreign.id, 999_999),
    sender_id: fc.constantFrom(alice.id, alice.id, bob.id),
    message_id: fc.constantFrom(...messages.map(({ id }) => id), 999_999),
    reply_to: fc.constantFrom(...messages.map(({ id }) => id), 999_999),
    seq: fc.constantFrom(1, 2, 3, 99),
    emoji: fc.constantFrom('👍', '❤️'),
    key: fc.constantFrom(String(room.id), String(foreign.id)),
  };
  const described = fc
    .oneof(...contract.clientPayloads(socket).map(({ schema }) => fromSchema(schema, resolve, hints)))
    .map((drawn) => {
      const { ref: _, ...fields } = drawn as Record<string, unknown>;
      // One message is there to be deleted: a deleted one can neither be edited nor reacted to.
      const isOther = messages.some(({ id }) => id === fields.message_id);
      return fields.type === 'delete' && isOther ? { ...fields, message_id: messages.at(-1)!.id } : fields;
    });
  const name = fc.oneof(
    fc.constantFrom('type', 'text', 'room_id', 'message_id', 'rooms', ...FORBIDDEN),
    fc.string(),
  );
  const odd = fc.tuple(
    name.filter((one) => one !== 'ref'),
    anyValue(ids),
  );
  const fields = fc.oneof(
    { weight: 6, arbitrary: described.map((one) => Object.entries(one)) },
    {
      weight: 3,
      arbitrary: fc.tuple(described, odd).map(([one, field]) => [...Object.entries(one), field]),
    },
    { weight: 1, arbitrary: fc.array(odd, { maxLength: 5 }) },
  ) as fc.Arbitrary<[string, unknown][]>;
  const frame = fc
    .tuple(fields, fc.nat(2))
    .map(([entries, one]) =>
      toJson(
        one > 0
          ? entries
          : entries.map(([field, value]) => [field, field === 'type' ? value : marked(value)]),
      ),
    );
  const frames = fc.array(frame, { minLength: AT_ONCE, maxLength: AT_ONCE, size: 'max' });
  return frames.map((list) => ({ kind, frames: list }));
}

const post = (path: string, body: object, headers: object = {}) =>
  fetch(`${server.origin}/api/auth/${path}/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('C5: a server with accounts', () => {
  it('answers requests of its document, right and wrong ones, of anybody, and never with 5xx', async () => {
    const ids = {
      room_id: [room.id, room.id, foreign.id, 999_999_999],
      message_id: [...messages.map(({ id }) => id), 999_999_999],
      reply_to: messages.map(({ id }) => id),
      user_id: [alice.id, bob.id, stranger.id, 999_999_999],
      active_user: [alice.id, alice.id, bob.id],
      active_user_id: [alice.id, alice.id, bob.id],
    };
    const request = fc.record({
      who: fc.constantFrom(...WHO),
      isMarked: fc.boolean(),
      drawn: new SchemaRequests(openapi, ids).any(),
    });
    const asked = new Set<string>();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(request, async ({ who, isMarked, drawn }) => {
        const status = await send(who, isMarked, drawn);
        asked.add(drawn.operationId);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (who === 'alice' && status === 401) await people();
      }),
      { numRuns: REQUESTS },
    );
    const all = Object.entries(openapi.paths)
      .filter(([path]) => path.startsWith('/api/') && !path.startsWith('/api/uploads/'))
      .flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId));
    expect([...asked].toSorted()).toEqual(all.toSorted());
    for (const status of [200, 201, 204, 400, 401, 403, 404]) expect(statuses.get(status)).toBeGreaterThan(5);
  });

  it('answers each frame of its document, right and wrong ones, once, and does not grow', async () => {
    await people();
    const acked = new Set<string>();
    let sent = 0;
    let rssAfterWarmUp = 0;
    const refusals = new Set<string>();
    const sockets: Record<SocketKind | 'read only', TestSocket | null> = {
      user: null,
      room: null,
      'read only': null,
    };
    const socketOf = async (kind: keyof typeof sockets): Promise<TestSocket> => {
      const known = sockets[kind];
      if (known && known.frames.length < PER_SOCKET) return known;
      known?.terminate();
      const path = kind === 'room' ? `/ws/chat/${room.id}/` : '/ws/';
      const headers = bearer(kind === 'read only' ? readOnly : alice.token);
      const socket = new TestSocket(`${server.origin.replace('http', 'ws')}${path}`, { headers }, contract);
      sockets[kind] = socket;
      await socket.opened;
      return socket;
    };
    const batch = fc.oneof(
      { weight: 4, arbitrary: batchOf('user', 'user') },
      { weight: 2, arbitrary: batchOf('room', 'room') },
      { weight: 1, arbitrary: batchOf('read only', 'user') },
    );
    await fc.assert(
      fc.asyncProperty(batch, async ({ kind, frames }) => {
        const socket = await socketOf(kind);
        const refs = frames.map((frame) => {
          const ref = `f${++sent}`;
          socket.sendRaw(`{"ref":"${ref}"${frame === '{}' ? '}' : `,${frame.slice(1)}`}`);
          return ref;
        });
        const answers = await Promise.all(refs.map((ref) => socket.answerTo(ref)));
        for (const [i, answer] of answers.entries()) {
          if (answer.type === 'ack')
            acked.add(`${kind} ${(JSON.parse(frames[i]!) as { type: string }).type}`);
          else refusals.add(answer.code);
        }
        if (sent > FRAMES / 10) rssAfterWarmUp ||= server.rss;
      }),
      { numRuns: FRAMES / AT_ONCE },
    );
    expect(sent).toBeGreaterThanOrEqual(FRAMES);
    for (const socket of Object.values(sockets)) {
      expect(socket?.raw.readyState).toBe(WebSocket.OPEN);
      socket?.terminate();
    }
    expect(server.rss - rssAfterWarmUp).toBeLessThan(MAX_GROWTH);
    for (const code of ['internal', 'unavailable']) expect(refusals).not.toContain(code);
    const kinds = (['user', 'room'] as const).flatMap((kind) =>
      contract.clientPayloads(kind).map(({ type }) => `${kind} ${type}`),
    );
    expect(kinds.filter((kind) => !acked.has(kind))).toEqual([]);
    expect(
      [...acked].filter((kind) => /^read only (message|edit|delete|react|typing|read|delivered)/.test(kind)),
    ).toEqual([]);
  });

  it('registers, logs in and out, with passwords and tokens that are to be found nowhere', async () => {
    const registered = await post('register', { username: 'frida-the-last', password: PASSWORD });
    expect(registered.status).toBe(201);
    const login = await post('login', { username: 'frida-the-last', password: PASSWORD });
    tokens.push(tokenIn(registered), tokenIn(login));
    expect((await post('login', { username: 'frida-the-last', password: SECRET })).status).toBe(401);
    expect((await post('logout', {}, bearer(tokenIn(login)))).status).toBe(204);
  });

  it('C12: has logged no text, password, token or cookie of all that, and nothing unexpected', async () => {
    expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);
    await server.kill('SIGTERM');
    const lines = server.output.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(REQUESTS);
    for (const secret of [SECRET, 'parley_session', 'argon2id', ...tokens])
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    const unexpected = lines.filter((line) => /"level":"(error|fatal)"/.test(line) || !line.startsWith('{'));
    expect(unexpected).toEqual([]);
  });
});
