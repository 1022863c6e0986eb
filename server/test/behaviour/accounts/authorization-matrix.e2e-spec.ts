import type { ClientFrameType, Problem } from '@parley/shared';
import { CLIENT_FRAMES } from '../../../src/realtime/client-frames.dto.js';
import { accountTools, deletionsAreDone, newName, PASSWORD } from '../../support/accounts.js';
import {
  ACTORS,
  hashOfTables,
  newAttachment,
  newAvatar,
  newImage,
  newSubscription,
  newUpload,
  NOWHERE,
  tableOf,
  Worlds,
  type Actor,
  type Target,
  type World,
} from '../../support/matrix.js';
import { Parley, type Answer } from '../../support/parley.js';
import { routesOf } from '../../support/routes.js';
import { bearer } from '../../support/sessions.js';
import type { TestSocket } from '../../support/test-socket.js';
import {
  BODIES,
  CALLS,
  FIELDS,
  FRAMES,
  HEADERS,
  LEGACY_BODIES,
  LEGACY_CALLS,
  LEGACY_FRAMES,
  NAMED,
  OF_REQUEST,
  QUERIES,
} from './authorization-table.js';

jest.setTimeout(60_000);

/** Passkeys belong to a page with a name. */
const PAGE = 'http://localhost:5173';

let parley: Parley;
let worlds: Worlds;
/** For calls that change nothing. */
let readOnly: World;
beforeAll(async () => {
  parley = await Parley.start({
    AUTH_MODE: 'accounts',
    REGISTRATION: 'open',
    RATE_LIMIT: 'off',
    ALLOWED_ORIGINS: PAGE,
  });
  worlds = new Worlds(parley);
  readOnly = await worlds.make();
});
afterAll(() => parley.stop());

const { open } = accountTools(() => parley);

/** Pages, their files and what they load: the same for everyone, and without anything of anyone. */
const isPage = (path: string) => !/^\/(api|health|metrics)\b/.test(path) || path.startsWith('/api/docs');

/** The calls of the running application. */
function callsOf({ app }: Parley): string[] {
  return routesOf(app).filter((route) => {
    const [method = '', path = ''] = route.split(' ');
    return !isPage(path) && !['HEAD', 'OPTIONS'].includes(method);
  });
}

/** The path of a route with ids in it. */
function pathOf(route: string, target: Target): string {
  const path = (route.split(' ')[1] ?? '')
    .replace(/:(\w+)_id/g, (_, name: keyof Target) => String(target[name]))
    .replace(':emoji', encodeURIComponent('👍'))
    .replace(':avatar', target.avatar)
    .replace(':name', 'a.txt');
  return path.startsWith('/api') ? `${path}/${QUERIES[route]?.(target) ?? ''}` : path;
}

/** In an order in which no actor takes away what a later one needs: who may do least comes first. */
const ORDER: readonly Actor[] = ACTORS.toReversed();

function targetOf({ targets, request }: World, actor: Actor, route: string): Target {
  const isOwners = targets[actor].room === targets.owner.room && !['other', 'stranger'].includes(actor);
  return isOwners && OF_REQUEST.includes(route) ? request : targets[actor];
}

async function callAs(
  { tokens, usernames }: World,
  actor: Actor,
  route: string,
  target: Target,
): Promise<Answer<Problem>> {
  const token = tokens[actor];
  return parley.call(route.split(' ')[0] ?? '', pathOf(route, target), {
    body: BODIES[route]?.(target, { username: usernames[actor], password: PASSWORD, newName: newName() }),
    headers: {
      ...(token === null ? {} : bearer(token)),
      ...(route.includes('/passkeys') ? { Origin: PAGE } : {}),
      ...HEADERS[route],
    },
  });
}

/** A refusal says nothing, and one of what is not the actor's is that of what does not exist. */
async function expectRefusal(
  world: World,
  actor: Actor,
  route: string,
  answer: Answer<Problem>,
): Promise<void> {
  const text = JSON.stringify(answer.body);
  expect([actor, text]).toEqual([actor, expect.not.stringContaining('a secret') as string]);
  expect([actor, answer.headers.get('Set-Cookie')]).toEqual([actor, null]);
  if (answer.status !== 404) return;
  const twin = await callAs(world, actor, route, NOWHERE);
  expect([actor, answer.status, answer.body, headersOf(answer)]).toEqual([
    actor,
    twin.status,
    twin.body,
    headersOf(twin),
  ]);
}

describe('A2: each call', () => {
  const table = tableOf(CALLS, ACTORS);

  it('has a row in the table', () => {
    expect(
      advice(table, callsOf(parley), (route) => [
        `add to CALLS the status for each actor: ${route} | ${ACTORS.join(' | ')}`,
        ...(/^(POST|PATCH|PUT)/.test(route) ? [`if it takes a body, add it to BODIES: '${route}'`] : []),
      ]),
    ).toEqual([]);
  });

  it.each([...table.keys()])(
    '%s answers every actor as the table says, and a refusal changes nothing',
    async (route) => {
      const row = table.get(route)!;
      const world = route.startsWith('GET ') ? readOnly : await worlds.make();
      const answered: Partial<Record<Actor, string>> = {};
      const refused = ORDER.filter((actor) => Number(row[actor]) >= 400);
      // `DELETE /api/me` is answered before all of its work is done.
      await deletionsAreDone(parley);
      const before = await hashOfTables(parley);
      for (const actor of refused) {
        const answer = await callAs(world, actor, route, targetOf(world, actor, route));
        answered[actor] = String(answer.status);
        await expectRefusal(world, actor, route, answer);
        expect([actor, await hashOfTables(parley)]).toEqual([actor, before]);
      }
      for (const actor of ORDER.filter((each) => !refused.includes(each))) {
        answered[actor] = String((await callAs(world, actor, route, targetOf(world, actor, route))).status);
      }
      expect(answered).toEqual(row);
    },
  );
});

/** What is to be done in authorization-table.ts, so that its rows are those that there are. */
function advice(
  table: ReadonlyMap<string, unknown>,
  names: readonly string[],
  add: (name: string) => string[],
): string[] {
  const gone = [...table.keys()].filter((name) => !names.includes(name));
  return [
    ...names.filter((name) => !table.has(name)).flatMap(add),
    ...gone.map((name) => `remove the row, because there is no such thing: ${name}`),
  ];
}

/** All headers but those that differ from one request to the next. */
function headersOf({ headers }: { headers: Headers }): [string, string][] {
  return [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
}

describe.each(['user', 'room'] as const)('A3: on the %s socket each frame', (kind) => {
  const table = tableOf(FRAMES[kind], ACTORS);

  it('has a row in the table', () => {
    const types = ['(handshake)', ...Object.keys(CLIENT_FRAMES)];
    expect(
      advice(table, types, (type) => [
        `add to FRAMES.${kind} the answer to each actor: ${type} | ${ACTORS.join(' | ')}`,
        `add the fields of the frame to FIELDS: '${type}'`,
      ]),
    ).toEqual([]);
  });

  it('answers every actor as the table says, and a refusal changes nothing and reaches nobody', async () => {
    const world = await worlds.make();
    const watchers = [await open(world.tokens.owner ?? ''), await open(world.tokens.other ?? '')];
    const stranger = await open(world.tokens.stranger ?? '');
    const answered = new Map([...table.keys()].map((type) => [type, {} as Record<Actor, string>]));
    for (const actor of ORDER) {
      const opened = await openAs(world, actor);
      answered.get('(handshake)')![actor] = opened.answer;
      for (const type of [...table.keys()].slice(1) as ClientFrameType[]) {
        const cell = table.get(type)![actor];
        if (!opened.socket) {
          answered.get(type)![actor] = '-';
          continue;
        }
        const { socket } = opened;
        const ask = (target: Target) => askAs(socket, type, target);
        // A9: what a blocked user sends is acked, and reaches nobody.
        const isUnseen = actor === 'blocked';
        if (cell === 'ack' && !isUnseen) {
          answered.get(type)![actor] = (await ask(world.targets[actor])).answer;
          continue;
        }
        await settle(watchers);
        const [rows, frames] = [await hashOfTables(parley), watchers.map((each) => each.frames.length)];
        const result = await ask(world.targets[actor]);
        answered.get(type)![actor] = result.answer;
        if (cell !== 'ack') expect([type, actor, await hashOfTables(parley)]).toEqual([type, actor, rows]);
        await settle(watchers);
        for (const [i, watcher] of watchers.entries()) {
          // `settle` itself makes one error.
          const types = watcher.frames.slice(frames[i]).map((frame) => frame.type);
          expect([type, actor, types]).toEqual([type, actor, ['error']]);
        }
        if (result.answer === 'not_found' || result.answer === 'unknown') {
          expect([type, actor, result.text]).toEqual([type, actor, (await ask(NOWHERE)).text]);
        }
      }
      opened.socket?.terminate();
    }
    expect(Object.fromEntries(answered)).toEqual(Object.fromEntries(table));
    // A10: of all this the stranger got nothing.
    await stranger.settled();
    const frames = stranger.frames.filter(({ type }) => type !== 'hello' && type !== 'error');
    expect(frames).toEqual([]);
  });

  async function openAs(
    { tokens, targets }: World,
    actor: Actor,
  ): Promise<{ answer: string; socket: TestSocket | null }> {
    const token = tokens[actor];
    const path = kind === 'user' ? '/ws/' : `/ws/chat/${targets[actor].room}/`;
    const headers = token === null ? {} : bearer(token);
    let socket: TestSocket;
    try {
      socket = await parley.socket(path, { headers });
    } catch (error) {
      return { answer: /\d{3}/.exec(String(error))?.[0] ?? String(error), socket: null };
    }
    const closed = await Promise.race([socket.closed, socket.settled().then(() => null)]);
    return closed ? { answer: String(closed.code), socket: null } : { answer: '101', socket };
  }

  /** @returns `ack` or the code; of a `sync` that names the room, whether it is unknown. `text` without the ids. */
  async function askAs(
    socket: TestSocket,
    type: ClientFrameType,
    target: Target,
  ): Promise<{ answer: string; text: string }> {
    const { ref: _, ...frame } = await socket.ask({
      type,
      ...(kind === 'user' ? FIELDS[type](target) : withoutRoom(FIELDS[type](target))),
    });
    const text = JSON.stringify(frame).replaceAll(String(target.room), 'ROOM');
    if (frame.type === 'error') return { answer: frame.code, text };
    const isUnknown = 'unknown' in frame && frame.unknown.includes(target.room);
    return { answer: isUnknown ? 'unknown' : 'ack', text };
  }
});

function withoutRoom(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'room_id'));
}

function settle(sockets: TestSocket[]): Promise<unknown> {
  return Promise.all(sockets.map((socket) => socket.settled()));
}

const create = ({ token }: { token: string }, user_id: number) =>
  parley.call<{ id: number }>('POST', '/api/rooms/create/', { body: { user_id }, headers: bearer(token) });

describe('A7: with accounts a room', () => {
  it('is one for all of 50 calls at once from both sides, and none with oneself or with nobody', async () => {
    const { newPerson } = accountTools(() => parley);
    const [a, b] = [await newPerson(), await newPerson()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? create(a, b.user.id) : create(b, a.user.id))),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const statuses = answers.map(({ status }) => status).toSorted();
    // The room is new to each of the two.
    expect(statuses).toEqual([...Array<number>(48).fill(200), 201, 201]);
    expect((await create(a, a.user.id)).status).toBe(400);
    expect((await create(a, NOWHERE.user)).status).toBe(404);
  });
});

describe('A9: a blocked user', () => {
  it('is answered like the other member of a chat, by every call and on every socket', () => {
    const tables = [CALLS, FRAMES.user, FRAMES.room].map((text) => tableOf(text, ACTORS));
    for (const [name, { blocked, other }] of tables.flatMap((table) => [...table])) {
      expect([name, blocked]).toEqual([name, other]);
    }
  });
});

describe('in simulation', () => {
  type Named = (typeof NAMED)[number];
  const calls = tableOf(LEGACY_CALLS, NAMED);
  const frames = tableOf(LEGACY_FRAMES, NAMED);
  let simulation: Parley;
  let target: Target;
  let names: Record<Named, number | null>;
  beforeAll(async () => {
    simulation = await Parley.start({ RATE_LIMIT: 'off' });
  });
  afterAll(() => simulation.stop());
  beforeEach(async () => {
    const { room, a, b } = await simulation.newRoom();
    const { id, seq } = await simulation.send(room.id, a.id, 'a secret');
    target = {
      ...NOWHERE,
      room: room.id,
      message: id,
      spare: id,
      seq,
      user: a.id,
      subscription: await newSubscription(simulation, b.id),
      upload: await newUpload(simulation, b.id),
      image: await newImage(simulation, b.id),
      avatar: await newAvatar(simulation, a.id),
      attachment: await newAttachment(simulation, a.id, room.id),
    };
    names = { member: b.id, stranger: (await simulation.newUser()).id, nobody: null };
  });

  const legacyCall = (who: Named, route: string, at: Target): Promise<Answer<Problem>> => {
    const user = names[who];
    const body = LEGACY_BODIES[route]?.(at, newName());
    const path = pathOf(route, at);
    const query = user === null ? '' : `${path.includes('?') ? '&' : '?'}active_user=${user}`;
    // A call with a body names its user there.
    return simulation.call(route.split(' ')[0] ?? '', `${path}${body ? '' : query}`, {
      body: body && user !== null && route !== 'POST /api/users' ? { ...body, active_user_id: user } : body,
      headers: HEADERS[route] ?? {},
    });
  };

  it('A2: each call has a row in the table, and what needs no name there is not answered to nobody with accounts', () => {
    expect(
      advice(calls, callsOf(simulation), (route) => [
        `add to LEGACY_CALLS the status for each: ${route} | ${NAMED.join(' | ')}`,
      ]),
    ).toEqual([]);
    const withAccounts = tableOf(CALLS, ACTORS);
    const legacy = [...calls].flatMap(([route, { nobody }]) => {
      const { anonymous } = withAccounts.get(route) ?? {};
      return Number(nobody) < 400 && anonymous === '401' ? [route] : [];
    });
    expect(legacy).toEqual(
      expect.arrayContaining(['GET /api/rooms/:room_id/messages', 'POST /api/messages/:message_id/read']),
    );
    const answered = [...withAccounts].filter(([, { anonymous }]) => Number(anonymous) < 400);
    expect(answered.map(([route]) => route).filter((route) => route.includes(':'))).toEqual([]);
  });

  it.each([...calls.keys()])('%s answers as the table says, and a refusal changes nothing', async (route) => {
    const answered: Partial<Record<Named, string>> = {};
    for (const who of NAMED.toReversed()) {
      const before = await hashOfTables(simulation);
      const answer = await legacyCall(who, route, target);
      answered[who] = String(answer.status);
      if (answer.status < 400) continue;
      expect([who, await hashOfTables(simulation)]).toEqual([who, before]);
      expect([who, JSON.stringify(answer.body)]).toEqual([
        who,
        expect.not.stringContaining('a secret') as string,
      ]);
      if (answer.status === 404) expect(answer.body).toEqual((await legacyCall(who, route, NOWHERE)).body);
    }
    expect(answered).toEqual(calls.get(route));
  });

  it('A3: each frame of a room socket answers as the table says, and a refusal changes nothing', async () => {
    expect([...frames.keys()].slice(1).toSorted()).toEqual(Object.keys(CLIENT_FRAMES).toSorted());
    const answered = new Map([...frames.keys()].map((type) => [type, {} as Record<Named, string>]));
    for (const who of NAMED.toReversed()) {
      const user = names[who];
      const socket = await simulation.roomSocket(target.room, user ?? undefined);
      const closed = await Promise.race([socket.closed, socket.settled().then(() => null)]);
      answered.get('(handshake)')![who] = closed ? String(closed.code) : '101';
      for (const type of [...frames.keys()].slice(1) as ClientFrameType[]) {
        if (closed) {
          answered.get(type)![who] = '-';
          continue;
        }
        const { seq, ...fields } = withoutRoom(FIELDS[type](target));
        const before = await hashOfTables(simulation);
        const frame = await socket.ask({ type, ...fields, ...(seq ? { message_id: target.message } : {}) });
        answered.get(type)![who] = frame.type === 'error' ? frame.code : 'ack';
        if (frame.type === 'error') expect([type, await hashOfTables(simulation)]).toEqual([type, before]);
      }
    }
    expect(Object.fromEntries(answered)).toEqual(Object.fromEntries(frames));
  });

  it('A3: a user socket that names nobody is closed', async () => {
    const socket = await simulation.socket('/ws/');
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });
});
