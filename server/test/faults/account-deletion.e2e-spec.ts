import type { Message, MessagePage, Room, User } from '@parley/shared';
import { Client } from 'pg';
import { PASSWORD } from '../support/accounts.js';
import { bearer, openSession, tokenIn } from '../support/sessions.js';
import { sql } from './harness/database.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { until } from './harness/wait.js';

jest.setTimeout(60_000);

/** More than one step of the removal has. */
const MESSAGES = 2_500;

const stack = new Stack();
let url: string;
let servers: [ServerProcess, ServerProcess];
beforeAll(async () => {
  url = await stack.database();
  const settings = { DATABASE_URL: url, AUTH_MODE: 'accounts', REGISTRATION: 'open' };
  servers = [await stack.server(settings), await stack.server(settings)];
});
afterAll(() => stack.end());

interface Person {
  user: User;
  token: string;
}

async function call<Body>(server: ServerProcess, method: string, path: string, token: string, body?: object) {
  const response = await fetch(`${server.origin}${path}`, {
    method,
    headers: { ...bearer(token), ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text && JSON.parse(text)) as Body };
}

let names = 0;
/** A user with a password, and the one whom the user chats with. */
async function couple(): Promise<[Person, Person]> {
  const credentials = { username: `leaver-${++names}`, password: PASSWORD };
  const answer = await call<User>(servers[1], 'POST', '/api/auth/register/', '', credentials);
  const token = await openSession(url, `stayer-${names}`);
  const { user } = (await call<{ user: User }>(servers[1], 'GET', '/api/auth/', token)).body;
  return [
    { user: answer.body, token: tokenIn(answer) },
    { user, token },
  ];
}

/** A room with an even number of messages, of both in turn, the first one of `a`. */
async function chatOf(a: Person, b: Person, count: number): Promise<Room> {
  const { body } = await call<Room>(servers[1], 'POST', '/api/rooms/create/', b.token, {
    user_id: a.user.id,
  });
  await sql(
    url,
    `WITH m AS (
       INSERT INTO messages (room_id, seq, sender_id, sender_seq, text, created_at, rev)
       SELECT $1, n, CASE WHEN n % 2 = 1 THEN $2::bigint ELSE $3::bigint END, (n + 1) / 2, 'text ' || n, now(), n
       FROM generate_series(1, $4::int) n)
     UPDATE rooms SET last_seq = $4, rev = $4, sent_a = $4 / 2, sent_b = $4 / 2 WHERE id = $1`,
    [body.id, a.user.id, b.user.id, count],
  );
  return body;
}

/** How far the removal of the texts is: the last `seq` of the room; undefined: nothing is left to do. */
async function progressOf({ user }: Person): Promise<number | undefined> {
  const query = 'SELECT last_seq::int FROM account_deletions WHERE user_id = $1';
  return (await sql<{ last_seq: number }>(url, query, [user.id]))[0]?.last_seq;
}

/** What the other member sees of a chat, on the server that is there all the time. */
async function seenBy({ token }: Person, { id }: Room): Promise<{ room: Room; messages: Message[] }> {
  const { body: room } = await call<Room>(servers[1], 'GET', `/api/rooms/${id}/`, token);
  const messages: Message[] = [];
  for (let after = 0; after < room.last_seq; after = messages.at(-1)!.seq) {
    const path = `/api/rooms/${id}/messages/?after=${after}&page_size=100`;
    messages.push(...(await call<MessagePage>(servers[1], 'GET', path, token)).body.results.toReversed());
  }
  return { room, messages };
}

/** A row that somebody else keeps locked, so that a server stops in the middle of a statement. */
async function lock(statement: string, values: unknown[]): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement, values);
  return () => client.end();
}

const remove = { password: PASSWORD, messages: 'remove' };
/** The last statement of a killed server has no reader any more, and ends as if it had. */
const settled = () =>
  until('no statement runs', async () => {
    const running = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`;
    return (await sql(url, running)).length === 0;
  });
/** The claim of a killed server lasts 15 s. */
const letClaimExpire = () => sql(url, 'UPDATE account_deletions SET claimed_until = now()');

describe('the deletion of an account, when its server is killed (F1)', () => {
  it('in the middle of the texts, shows each message as it was or as removed, and another server finishes', async () => {
    const [a, b] = await couple();
    const room = await chatOf(a, b, MESSAGES);
    const before = await seenBy(b, room);
    const unlock = await lock('SELECT FROM messages WHERE room_id = $1 AND seq = $2 FOR UPDATE', [
      room.id,
      1_501,
    ]);
    const { status } = await call(servers[0], 'DELETE', '/api/me/', a.token, remove);
    expect(status).toBe(204);
    await until('the first texts are removed', async () => (await progressOf(a)) === 1_000);
    await servers[0].kill();
    await unlock();
    await settled();

    const halfway = await seenBy(b, room);
    const removed = halfway.messages.filter(({ deleted_at: at }) => at !== null);
    expect([500, 1_000]).toContain(removed.length);
    for (const [i, message] of halfway.messages.entries()) {
      const isRemoved = message.deleted_at !== null;
      expect(message.text).toBe(isRemoved ? '' : before.messages[i]!.text);
    }
    expect(halfway.room.rev - before.room.rev).toBe(1 + removed.length);
    expect(halfway.room.users.map(({ username }) => username)).not.toContain(a.user.username);
    expect((await call(servers[1], 'GET', '/api/rooms/', a.token)).status).toBe(401);
    const login = { username: a.user.username, password: PASSWORD };
    expect((await call(servers[1], 'POST', '/api/auth/login/', '', login)).status).toBe(401);

    await letClaimExpire();
    await until('the other server has finished', async () => (await progressOf(a)) === undefined);
    const after = await seenBy(b, room);
    const texts = before.messages.map(({ text, sender }) => (sender.id === a.user.id ? '' : text));
    expect(after.messages.map(({ text }) => text)).toEqual(texts);
    // Each text was removed once: the room was closed, and each change has a revision of its own.
    expect(after.room).toMatchObject({
      last_seq: MESSAGES,
      rev: before.room.rev + 1 + MESSAGES / 2,
      unread_count: before.room.unread_count,
    });
    const revs = await sql<{ rev: number }>(
      url,
      'SELECT rev::int FROM messages WHERE room_id = $1 AND deleted_at IS NOT NULL ORDER BY rev',
      [room.id],
    );
    expect(revs.map(({ rev }) => rev)).toEqual(
      Array.from({ length: MESSAGES / 2 }, (_, i) => before.room.rev + 2 + i),
    );
  });

  it('before it could answer, is done all the same when it has started again', async () => {
    const [a, b] = await couple();
    const room = await chatOf(a, b, 4);
    const unlock = await lock('SELECT FROM rooms WHERE id = $1 FOR UPDATE', [room.id]);
    const answer = call(servers[1], 'DELETE', '/api/me/', a.token, remove).then(
      () => 'answered',
      () => 'cut off',
    );
    await until('the account is gone', async () => (await progressOf(a)) === 0);
    await servers[1].kill();
    expect(await answer).toBe('cut off');
    await unlock();
    await settled();
    await letClaimExpire();
    await servers[1].restart();
    await until('it has finished', async () => (await progressOf(a)) === undefined);
    const { room: shown, messages } = await seenBy(b, room);
    expect(messages.map(({ text }) => text)).toEqual(['', 'text 2', '', 'text 4']);
    expect(shown.users).toContainEqual(expect.objectContaining({ id: a.user.id, deleted: true }));
    const late = { text: 'too late' };
    expect(await call(servers[1], 'POST', `/api/rooms/${room.id}/messages/`, b.token, late)).toMatchObject({
      status: 403,
    });
    expect((await call(servers[1], 'GET', '/api/rooms/', a.token)).status).toBe(401);
  });
});
