import type { Message, MessagePage, Room, User } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountTools, deletionsAreDone, PASSWORD, type Person } from '../../support/accounts.js';
import { runAdmin } from '../../support/admin.js';
import { bearer, openSession } from '../../support/sessions.js';
import type { TestSocket } from '../../support/test-socket.js';
import { setUpTwoServers } from '../../support/two-servers.js';

const servers = setUpTwoServers({ REGISTRATION: 'open' });
const { newPerson, registered, roomOf, statusOf, open } = accountTools(() => servers.near);

const deleteMe = ({ token }: Person, messages?: 'keep' | 'remove', password = PASSWORD) =>
  servers.near.call('DELETE', '/api/me/', { body: { password, messages }, headers: bearer(token) });

async function post({ token }: Person, room: Room, text: string, server = servers.near) {
  const path = `/api/rooms/${room.id}/messages/`;
  return server.call<Message>('POST', path, { body: { text }, headers: bearer(token) });
}
const get = async <Body>({ token }: Person, path: string, server = servers.near) =>
  (await server.call<Body>('GET', path, { headers: bearer(token) })).body;
const roomFor = (person: Person, { id }: Room, server = servers.near) =>
  get<Room>(person, `/api/rooms/${id}/`, server);

const rowsOf = ({ id }: Room) =>
  servers.near.sql<{
    id: string;
    seq: string;
    text: string;
    rev: string;
    sender_id: string;
    deleted_at: Date | null;
  }>('SELECT id, seq, text, rev, sender_id, deleted_at FROM messages WHERE room_id = $1 ORDER BY seq', [id]);
const stateOf = async ({ id }: Room) =>
  (
    await servers.near.sql<Record<string, unknown>>(
      `SELECT last_seq, sent_a, sent_b, unread_a, unread_b, read_seq_a, read_seq_b FROM rooms WHERE id = $1`,
      [id],
    )
  )[0];

/** A socket on the other server. */
async function far({ user }: Person): Promise<TestSocket> {
  const token = await openSession(servers.near.databaseUrl, user.username);
  const socket = await servers.far.socket('/ws/', { headers: bearer(token) });
  await socket.next('hello');
  return socket;
}

describe('a user who deletes the account', () => {
  it('is gone at once: no session, no socket on any server, no presence, no name', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'hello');
    expect(await statusOf('PATCH', '/api/me/settings/', a.token, { theme: 'dark' })).toBe(200);
    const [theirs, theirsFar] = [await open(b.token), await far(b)];
    const mine = [await open(a.token), await open(a.token, `/ws/chat/${room.id}/`), await far(a)];
    expect((await roomFor(b, room, servers.far)).users.find(({ id }) => id === a.user.id)?.online).toBe(true);

    const start = performance.now();
    const answer = await deleteMe(a);
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([
      204,
      expect.stringMatching(/^parley_session=;.*Max-Age=0/),
    ]);
    for (const socket of mine) expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(await statusOf('GET', '/api/rooms/', a.token)).toBe(401);
    expect(await servers.near.sql('SELECT FROM user_settings WHERE user_id = $1', [a.user.id])).toEqual([]);

    const gone: User = {
      id: a.user.id,
      username: `deleted:${a.user.id}`,
      display_name: 'Deleted account',
      online: false,
      last_seen: null,
      deleted: true,
    };
    for (const socket of [theirs, theirsFar]) {
      const { room: changed } = await socket.next('room', ({ room: { id } }) => id === room.id);
      expect(changed.users).toContainEqual(gone);
    }
    for (const server of [servers.near, servers.far]) {
      expect((await roomFor(b, room, server)).users).toContainEqual(gone);
      const { results } = await get<MessagePage>(b, `/api/rooms/${room.id}/messages/`, server);
      expect(results).toMatchObject([{ text: 'hello', sender: gone, deleted_at: null }]);
      expect(await get<User[]>(b, `/api/users/?search=${a.user.username}`, server)).toEqual([]);
      expect(await get<User[]>(b, '/api/users/?search=deleted', server)).toEqual([]);
    }
    // Its grace period is over: no frame says when the user was last seen.
    await sleep(300);
    expect(
      theirs.all('presence').filter(({ user_id, last_seen }) => user_id === a.user.id && last_seen),
    ).toEqual([]);
    await deletionsAreDone(servers.near);
    const [{ names }] = (await servers.near.sql<{ names: string }>(
      `SELECT (SELECT string_agg(u::text, ' ') FROM users u) || coalesce((SELECT string_agg(a::text, ' ') FROM accounts a), '') AS names`,
    )) as [{ names: string }];
    expect(names).not.toContain(a.user.username);
  });

  it('leaves rooms that take no message, and that nobody can open anew', async () => {
    const [a, b, c] = [await registered(), await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'hello');
    const first = await post(b, room, 'an answer');
    const socket = await open(b.token);
    await deleteMe(a);

    const refusal = await post(b, room, 'too late');
    expect([refusal.status, refusal.body]).toMatchObject([403, { code: 'forbidden' }]);
    const frame = { type: 'message', room_id: room.id, text: 'too late' };
    expect(await socket.ask(frame)).toMatchObject({ type: 'error', code: 'forbidden' });
    expect(await socket.ask({ ...frame, reply_to: first.body.id })).toMatchObject({
      type: 'error',
      code: 'forbidden',
    });
    expect((await rowsOf(room)).map(({ text }) => text)).toEqual(['hello', 'an answer']);
    // It can still be read.
    expect(await socket.ask({ type: 'read', room_id: room.id, seq: 1 })).toMatchObject({
      type: 'ack',
      unread_count: 0,
    });

    const opened = (person: Person) =>
      statusOf('POST', '/api/rooms/create/', person.token, { user_id: a.user.id });
    expect([await opened(b), await opened(c)]).toEqual([200, 404]);
  });

  it('is asked for the password, and refused without it', async () => {
    const a = await registered();
    for (const body of [{}, { password: '' }, { password: 7 }, { password: PASSWORD, messages: 'all' }]) {
      expect([body, await statusOf('DELETE', '/api/me/', a.token, body)]).toEqual([body, 400]);
    }
    const { status, body } = await deleteMe(a, 'remove', 'another password');
    expect([status, body.errors]).toEqual([403, [{ field: 'password', message: 'is wrong' }]]);
    expect(await statusOf('DELETE', '/api/me/', null, { password: PASSWORD })).toBe(401);
    expect(await statusOf('GET', '/api/rooms/', a.token)).toBe(200);
  });

  it('can be another person from then on: the username is free, and the rooms stay those of the old one', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'hello');
    const { username } = a.user;
    const credentials = { username, password: PASSWORD };
    await deleteMe(a);
    expect((await servers.near.post('/api/auth/login/', credentials)).status).toBe(401);
    const again = await servers.near.post<User>('/api/auth/register/', credentials);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(a.user.id);
    expect((await roomFor(b, room)).users.map((user) => user.username)).not.toContain(username);
    expect(
      (await servers.near.post('/api/auth/register/', { ...credentials, username: 'deleted:1' })).status,
    ).toBe(400);
  });
});

describe('the texts of a deleted account', () => {
  it('are removed when the user wants it: seq, rev and counts stay exact, live and by catch-up', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await roomOf(b, a);
    for (let n = 1; n <= 4; n++) await post(n % 2 ? a : b, room, `text ${n}`);
    const before = await stateOf(room);
    const { rev } = await roomFor(b, room);
    const [near, afar] = [await open(b.token), await far(b)];
    await deleteMe(a, 'remove');
    await deletionsAreDone(servers.near);

    const rows = await rowsOf(room);
    expect(rows.map(({ seq, text }) => [Number(seq), text])).toEqual([
      [1, ''],
      [2, 'text 2'],
      [3, ''],
      [4, 'text 4'],
    ]);
    expect(await stateOf(room)).toEqual(before);
    const now = await roomFor(b, room);
    expect([now.rev - rev, now.unread_count]).toEqual([3, 2]);
    // The room was closed, then each text removed: one revision each, without a gap.
    expect(rows.flatMap((row) => (row.deleted_at ? Number(row.rev) - rev : []))).toEqual([2, 3]);
    for (const socket of [near, afar]) {
      await socket.next('room', ({ room: { id, rev: known } }) => id === room.id && known === now.rev);
      const caughtUp = await socket.ask({ type: 'sync', rooms: { [room.id]: rev } });
      expect(caughtUp).toMatchObject({
        rooms: [
          {
            reset: false,
            messages: [
              { seq: 1, text: '' },
              { seq: 3, text: '' },
            ],
          },
        ],
      });
    }
    const stored = await servers.near.sql(
      `SELECT FROM messages m WHERE m::text LIKE '%text 1%' OR m::text LIKE '%text 3%'`,
    );
    expect(stored).toEqual([]);
  });

  it('are removed with their edits, and with the reactions of the user', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await roomOf(b, a);
    await post(a, room, 'a text to edit');
    await post(b, room, 'the text of b');
    const ids = (await rowsOf(room)).map(({ id }) => Number(id));
    const call = (token: string, method: string, path: string, body?: object) =>
      servers.near.call(method, path, { headers: bearer(token), ...(body ? { body } : {}) });
    const reaction = encodeURIComponent('👍');
    await call(a.token, 'PATCH', `/api/messages/${ids[0]}/`, { text: 'an edited text' });
    await call(a.token, 'PUT', `/api/messages/${ids[1]}/reactions/${reaction}/`);
    await call(b.token, 'PUT', `/api/messages/${ids[1]}/reactions/${reaction}/`);
    const { rev } = await roomFor(b, room);
    const near = await open(b.token);
    expect((await deleteMe(a, 'remove')).status).toBe(204);
    await deletionsAreDone(servers.near);
    const caughtUp = await near.ask({ type: 'sync', rooms: { [room.id]: rev } });
    const messages = [
      { seq: 1, text: '', edited_at: null },
      { seq: 2, text: 'the text of b', reactions: [{ emoji: '👍', user_ids: [b.user.id] }] },
    ];
    expect(caughtUp).toMatchObject({ rooms: [{ reset: false, messages }] });
    expect((await roomFor(b, room)).rev - rev).toBe(3);
    expect(await servers.near.sql(`SELECT FROM messages m WHERE m::text LIKE '%text to edit%'`)).toEqual([]);
    expect(await servers.near.sql(`SELECT FROM messages m WHERE m::text LIKE '%an edited text%'`)).toEqual(
      [],
    );
  });

  it('are removed with what was in flight: a message is stored before, or refused', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'first');
    const sockets = [await open(a.token), await far(a)];
    let isOver = false;
    const sending = sockets.map(async (socket) => {
      for (let n = 0; !isOver; n++) {
        socket.send({ type: 'message', room_id: room.id, text: `flood ${n}`, ref: n });
        await sleep(1);
      }
    });
    await sleep(100);
    expect((await deleteMe(a, 'remove')).status).toBe(204);
    const { last_seq: lastSeq } = (await stateOf(room)) as { last_seq: string };
    expect(Number(lastSeq)).toBeGreaterThan(10);
    await sleep(200);
    isOver = true;
    await Promise.all(sending);
    await deletionsAreDone(servers.near);
    expect((await stateOf(room))?.['last_seq']).toBe(lastSeq);
    const rows = await rowsOf(room);
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, i) => i + 1));
    expect(new Set(rows.map(({ text }) => text))).toEqual(new Set(['']));
    // Each acked one is there.
    for (const socket of sockets)
      for (const { seq } of ackedIn(socket)) expect(seq).toBeLessThanOrEqual(Number(lastSeq));
  });

  it('are removed from where a killed server has stopped', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const rooms = [await roomOf(a, b), await roomOf(a, await newPerson())];
    for (const room of rooms) for (let n = 1; n <= 3; n++) await post(a, room, `text ${n}`);
    const session = servers.near.sql.bind(servers.near);
    await session('UPDATE messages SET text = $2, deleted_at = now() WHERE room_id = $1 AND seq = 1', [
      rooms[0]!.id,
      '',
    ]);
    // What a killed server leaves of a deletion by a command: claimed, begun, and nothing published.
    await session(
      `WITH d AS (UPDATE users SET username = 'deleted:' || id, display_name = 'Deleted account' WHERE id = $1)
       INSERT INTO account_deletions (user_id, remove_texts, last_room_id, last_seq, claimed_until)
       VALUES ($1, true, $2, 1, now() + interval '0.5 seconds')`,
      [a.user.id, rooms[0]!.id],
    );
    const socket = await open(b.token);
    await deletionsAreDone(servers.near);
    for (const room of rooms) expect((await rowsOf(room)).map(({ text }) => text)).toEqual(['', '', '']);
    const { room } = await socket.next('room', ({ room: { rev } }) => rev === 6);
    expect(room.users).toContainEqual(expect.objectContaining({ id: a.user.id, deleted: true }));
  });
});

describe('npm run admin -- user:delete', () => {
  it('deletes an account while servers run, which then close its sockets and remove the texts', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await post(a, room, 'hello');
    const sockets = [await open(a.token), await open(b.token)] as const;
    const settings = { DATABASE_URL: servers.near.databaseUrl, AUTH_MODE: 'accounts' };
    const admin = (...args: string[]) => runAdmin(settings, ['user:delete', ...args]);
    expect(await admin(a.user.username)).toMatchObject({
      code: 2,
      output: expect.stringContaining('--messages keep or remove') as unknown,
    });
    const { code, output } = await admin(a.user.username, '--messages', 'remove', '--json');
    expect([code, JSON.parse(output)]).toEqual([
      0,
      { id: a.user.id, username: a.user.username, messages: 'remove', ended_sessions: 1, ended_tokens: 0 },
    ]);
    expect(await sockets[0].closed).toMatchObject({ code: 4401 });
    await sockets[1].next('room', (frame) => frame.room.users.some(({ deleted }) => deleted));
    await deletionsAreDone(servers.near);
    expect(await rowsOf(room)).toMatchObject([{ text: '' }]);
    expect((await admin(`deleted:${a.user.id}`, '--messages', 'keep')).code).toBe(3);
  });
});

function ackedIn(socket: TestSocket): Message[] {
  return socket.all('ack').flatMap((frame) => ('message' in frame ? frame.message : []));
}

it('leaves no row of the user in any table that refers to users, but where the other members need it', async () => {
  const tables = await servers.near.sql<{ table: string; references: string; action: string }>(
    `SELECT conrelid::regclass::text AS "table", confrelid::regclass::text AS "references", confdeltype AS action
     FROM pg_constraint WHERE contype = 'f' AND confrelid IN ('users'::regclass, 'accounts'::regclass, 'sessions'::regclass)`,
  );
  // What a new table has to do: refer to accounts or sessions with ON DELETE CASCADE, or be named here and in deletion.sql.ts.
  // Reports stay: they are for the operator of the server. Attachments stay with their messages, or go with their content.
  const handled = [
    'rooms',
    'room_member_settings',
    'accounts',
    'sessions',
    'account_deletions',
    'reports',
    'attachments',
    'user_settings',
    'push_shown',
    // Go with their session; in simulation no account is deleted.
    'push_subscriptions',
  ];
  const others = tables.filter(({ table, action }) => !handled.includes(table) && action !== 'c');
  expect(others).toEqual([]);
});
