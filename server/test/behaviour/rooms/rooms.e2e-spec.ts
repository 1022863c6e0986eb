import type { Problem, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { fillRoom } from '../../support/rows.js';
import { ownStatementsOf, statementNamesOf } from '../../support/statements.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

/** A user with so many rooms, the last one made being the most recently active. */
async function userWithRooms(count: number): Promise<{ user: User; roomIds: number[] }> {
  const user = await parley.newUser();
  const rows = await parley.sql<{ id: number }>(
    `WITH peer AS (
      INSERT INTO users (username, display_name) SELECT 'p' || $1 || '-' || n, 'Peer' FROM generate_series(1, $2::int) n RETURNING id
    )
    INSERT INTO rooms (user_a_id, user_b_id, last_activity_at)
    SELECT $1::bigint, id, now() - interval '1 day' + id * interval '1 ms' FROM peer ORDER BY id RETURNING id::int`,
    [user.id, count],
  );
  return { user, roomIds: rows.map(({ id }) => id) };
}

const list = async (user: User, query = '') =>
  (await parley.get<Room[]>(`/api/rooms/?active_user=${user.id}${query}`)).body;
const idsOf = (rooms: Room[]) => rooms.map(({ id }) => id);

describe('the list of rooms', () => {
  it('has the most recently active room first: the newest message counts, or its making', async () => {
    const { user, roomIds } = await userWithRooms(4);
    const [first, second, third, fourth] = roomIds as [number, number, number, number];
    expect(idsOf(await list(user))).toEqual([fourth, third, second, first]);
    await parley.send(second, user.id, 'hello');
    expect(idsOf(await list(user))).toEqual([second, fourth, third, first]);
    const { users } = await parley.room(first, user.id);
    await parley.send(first, users.find(({ id }) => id !== user.id)!.id, 'hello back');
    expect(idsOf(await list(user))).toEqual([first, second, fourth, third]);
    const { body: made } = await parley.post<Room>('/api/rooms/create/', {
      user_id: 1,
      active_user_id: user.id,
    });
    expect(idsOf(await list(user))[0]).toBe(made.id);
  });

  it('does not move by reading', async () => {
    const { user, roomIds } = await userWithRooms(2);
    const peerOf = async (id: number) =>
      (await parley.room(id, user.id)).users.find((one) => one.id !== user.id)!;
    const message = await parley.send(roomIds[0]!, (await peerOf(roomIds[0]!)).id, 'one');
    await parley.send(roomIds[1]!, (await peerOf(roomIds[1]!)).id, 'two');
    await parley.post(`/api/messages/${message.id}/read/`);
    expect(idsOf(await list(user))).toEqual([roomIds[1], roomIds[0]]);
  });

  it('comes in parts: limit says how many, before where to go on', async () => {
    const { user, roomIds } = await userWithRooms(25);
    const newestFirst = roomIds.toReversed();
    expect(idsOf(await list(user, '&limit=10'))).toEqual(newestFirst.slice(0, 10));
    const seen: number[] = [];
    for (let before = ''; ; before = `&before=${seen.at(-1)}`) {
      const part = idsOf(await list(user, `&limit=10${before}`));
      if (part.length === 0) break;
      seen.push(...part);
    }
    expect(seen).toEqual(newestFirst);
    expect(idsOf(await list(user, `&before=${newestFirst[20]}`))).toEqual(newestFirst.slice(21));
    expect(idsOf(await list(user, '&limit=1000'))).toEqual(newestFirst);
  });

  it('goes on right when rooms were active at the same instant', async () => {
    const { user, roomIds } = await userWithRooms(6);
    await parley.sql('UPDATE rooms SET last_activity_at = now() WHERE user_a_id = $1', [user.id]);
    const seen: number[] = [];
    for (let i = 0; i < 3; i++)
      seen.push(...idsOf(await list(user, `&limit=2${i ? `&before=${seen.at(-1)}` : ''}`)));
    expect(seen.toSorted((x, y) => x - y)).toEqual(roomIds);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1e9',
    'limit=NaN',
    'limit=x',
    'before=0',
    'before=x',
    'limit=',
  ])('C11: is refused with %s', async (query) => {
    const { status, body } = await parley.get<Problem>(`/api/rooms/?active_user=1&${query}`);
    expect([status, body.errors?.[0]?.field]).toEqual([400, query.split('=')[0]]);
  });

  it('A6: goes on from no room of others, nor from one that does not exist: the same answer', async () => {
    const { room } = await parley.newRoom();
    const answers = await Promise.all(
      [room.id, 999_999_999].map((id) => parley.get<Problem>(`/api/rooms/?active_user=1&before=${id}`)),
    );
    expect(answers[0]!.status).toBe(404);
    expect(answers[0]!.body).toEqual(answers[1]!.body);
  });

  it('shows to each user what that user has not read, and the last message with its ticks', async () => {
    const { room, a, b } = await parley.newRoom();
    await parley.send(room.id, a.id, 'one');
    await parley.send(room.id, b.id, 'two');
    await parley.send(room.id, a.id, 'three');
    const last_message = {
      text: 'three',
      seq: 3,
      sender: { id: a.id },
      receiver: { id: b.id },
      is_read: false,
    };
    expect(await list(a)).toMatchObject([{ id: room.id, unread_count: 1, last_message }]);
    expect(await list(b)).toMatchObject([{ id: room.id, unread_count: 2, last_message }]);
    const socket = await parley.userSocket(b.id);
    await socket.ask({ type: 'read', room_id: room.id, seq: 3 });
    expect(await list(a)).toMatchObject([
      { unread_count: 1, last_message: { ...last_message, is_read: true } },
    ]);
    expect(await list(b)).toMatchObject([{ unread_count: 0 }]);
  });

  it('says the same of a room as the room itself', async () => {
    const { room, a, b } = await parley.newRoom();
    await parley.send(room.id, a.id, 'one');
    for (const user of [a, b]) expect(await list(user)).toEqual([await parley.room(room.id, user.id)]);
  });
});

describe('a new room', () => {
  it('is sent to every device of both users, once, and to nobody else', async () => {
    const [a, b, c] = [await parley.newUser(), await parley.newUser(), await parley.newUser()];
    const sockets = await Promise.all([a, a, b, c].map((user) => parley.userSocket(user.id)));
    const create = () => parley.post<Room>('/api/rooms/create/', { user_id: b.id, active_user_id: a.id });
    const { body: room } = await create();
    await create();
    await Promise.all(sockets.map((socket) => socket.settled()));
    for (const socket of sockets.slice(0, 3)) expect(socket.all('room')).toEqual([{ type: 'room', room }]);
    expect(sockets[3]!.all('room')).toEqual([]);
  });
});

describe('the number of statements', () => {
  it('is one for the list, whatever the number of rooms', async () => {
    const { user: few } = await userWithRooms(1);
    const { user: many, roomIds } = await userWithRooms(200);
    for (const id of roomIds.slice(0, 50)) await fillRoom(parley, id, many.id, 3);
    for (const user of [few, many]) {
      await list(user);
      expect(await statementNamesOf(() => list(user))).toEqual(['rooms-list']);
    }
    expect(await list(many)).toHaveLength(200);
  });

  it('D7: is read once for each user, however many ask at once, and each gets their own rooms', async () => {
    const users: { user: User; roomId: number }[] = [];
    for (let n = 0; n < 100; n++) {
      const { room, a, b } = await parley.newRoom();
      users.push({ user: a, roomId: room.id }, { user: b, roomId: room.id });
    }
    let lists: number[][] = [];
    const names = await statementNamesOf(async () => {
      lists = await Promise.all(users.map(async ({ user }) => (await list(user)).map(({ id }) => id)));
    });
    expect(lists).toEqual(users.map(({ roomId }) => [roomId]));
    expect(names.length).toBeLessThanOrEqual(users.length);
    expect(new Set(names)).toEqual(new Set(['rooms-list']));
  });

  it('is few for a crowd that arrives at once and catches up: what waits for its turn goes together', async () => {
    const rooms = await Promise.all(Array.from({ length: 100 }, () => parley.newRoom()));
    const users = rooms.flatMap(({ a, b }) => [a, b]);
    const names = await statementNamesOf(() =>
      Promise.all(
        users.map(async ({ id }) => (await parley.userSocket(id)).ask({ type: 'sync', rooms: {} })),
      ),
    );
    // User, peers, changes and rooms: three or four reads for each of the 200.
    expect(new Set(names).size).toBeGreaterThanOrEqual(3);
    expect(names.length).toBeLessThan(users.length);
  });

  it('is one for a message, over HTTP and over a socket, and few for a burst of a hundred', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    await parley.userSocket(b.id);
    await parley.send(room.id, a.id, 'warm');
    const frame = { type: 'message', room_id: room.id, text: 'x' };
    expect(await ownStatementsOf(() => parley.send(room.id, a.id, 'x'))).toEqual(['messages-append-one']);
    expect(await ownStatementsOf(() => socket.ask(frame))).toEqual(['messages-append-one']);
    const burst = await ownStatementsOf(() =>
      Promise.all(Array.from({ length: 100 }, () => socket.ask(frame))),
    );
    for (const name of burst) expect(name).toMatch(/^messages-append(-one)?$/);
    expect(burst.length).toBeLessThan(20);
  });

  it('is one for a receipt, two for a page, three at most for catching up', async () => {
    const { user, roomIds } = await userWithRooms(40);
    for (const id of roomIds) await fillRoom(parley, id, user.id, 5);
    const socket = await parley.userSocket(user.id);
    const room_id = roomIds[0]!;
    const page = () => parley.get(`/api/rooms/${room_id}/messages/?active_user=${user.id}`);
    await page();
    expect(await statementNamesOf(() => socket.ask({ type: 'read', room_id, seq: 3 }))).toEqual([
      'receipts-update',
    ]);
    expect(await statementNamesOf(page)).toEqual(['rooms-state', 'messages-range']);
    const sync = (rev: number) =>
      statementNamesOf(() =>
        socket.ask({ type: 'sync', rooms: Object.fromEntries(roomIds.map((id) => [id, rev])) }),
      );
    expect(await sync(2)).toEqual(['rooms-revisions', 'rooms-by-ids', 'messages-changes']);
    expect(await sync(5)).toEqual(['rooms-revisions', 'rooms-by-ids', 'messages-changes']);
    const upToDate = Object.fromEntries((await list(user)).map(({ id, rev }) => [id, rev]));
    expect(await statementNamesOf(() => socket.ask({ type: 'sync', rooms: upToDate }))).toEqual([
      'rooms-revisions',
    ]);
  });

  it('is one or two for one room, and none for refusals of what is wrong by itself', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    expect(await statementNamesOf(() => parley.room(room.id, a.id))).toEqual(['rooms-by-ids']);
    expect(await statementNamesOf(() => socket.ask({ type: 'message', room_id: room.id, text: '' }))).toEqual(
      [],
    );
    expect(await statementNamesOf(() => socket.ask({ type: 'read', room_id: room.id }))).toEqual([]);
    expect(await statementNamesOf(() => parley.get(`/api/rooms/?active_user=x`))).toEqual([]);
  });
});
