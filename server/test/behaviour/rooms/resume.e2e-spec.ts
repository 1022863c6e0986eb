import type { Room, SyncAck, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { fillRoom } from '../../support/rows.js';
import { statementNamesOf } from '../../support/statements.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

async function sync(socket: TestSocket, rooms: Record<string, number>): Promise<SyncAck> {
  const answer = await socket.ask({ type: 'sync', rooms });
  if (!('rooms' in answer)) throw new Error(`No answer to sync: ${JSON.stringify(answer)}`);
  const { rooms: changes, unknown, more } = answer;
  return { rooms: changes, unknown, more };
}

/** Asks until there is no more, as a client does. */
async function syncAll(socket: TestSocket, have: Record<string, number>): Promise<SyncAck[]> {
  const answers: SyncAck[] = [];
  do {
    answers.push(await sync(socket, have));
    for (const { room } of answers.at(-1)!.rooms) {
      if (have[room.id] === room.rev) throw new Error('A room was sent that the client has already.');
      have[room.id] = room.rev;
    }
  } while (answers.at(-1)!.more);
  return answers;
}

/** A room with `count` messages of a, and the socket of b. */
async function missed(count: number): Promise<{ room: Room; a: User; b: User; socket: TestSocket }> {
  const { room, a, b } = await parley.newRoom();
  await fillRoom(parley, room.id, a.id, count);
  return { room, a, b, socket: await parley.userSocket(b.id) };
}

describe('sync', () => {
  it('of a user without rooms brings nothing', async () => {
    const socket = await parley.userSocket((await parley.newUser()).id);
    expect(await sync(socket, {})).toEqual({ rooms: [], unknown: [], more: false });
  });

  it('brings nothing of a room that is as the client has it', async () => {
    const { room, socket } = await missed(3);
    expect(await sync(socket, { [room.id]: 3 })).toEqual({ rooms: [], unknown: [], more: false });
  });

  it('brings what an older client lacks: the room as it is, and the messages in order', async () => {
    const { room, a, b, socket } = await missed(5);
    const own = await parley.userSocket(b.id);
    await own.ask({ type: 'read', room_id: room.id, seq: 2 });
    await parley.send(room.id, a.id, 'six');
    const { rooms, more } = await sync(socket, { [room.id]: 3 });
    expect(more).toBe(false);
    expect(rooms).toMatchObject([
      { reset: false, messages: [{ seq: 4 }, { seq: 5 }, { seq: 6, text: 'six' }] },
    ]);
    expect(rooms[0]!.room).toEqual(await parley.room(room.id, b.id));
    expect(rooms[0]!.room).toMatchObject({ rev: 7, unread_count: 4 });
  });

  it('brings a receipt without any message', async () => {
    const { room, a, b, socket } = await missed(2);
    await socket.ask({ type: 'read', room_id: room.id, seq: 2 });
    const ofA = await parley.userSocket(a.id);
    const { rooms } = await sync(ofA, { [room.id]: 2 });
    expect(rooms).toMatchObject([{ reset: false, messages: [], room: { rev: 3, unread_count: 0 } }]);
    expect(rooms[0]!.room.members.find((member) => member.user_id === b.id)).toMatchObject({ read_seq: 2 });
  });

  it('brings a room that is new to the client as a reset, the most recently active first', async () => {
    const { room, a, b, socket } = await missed(2);
    const c = await parley.newUser();
    const { body: later } = await parley.post<Room>('/api/rooms/create/', {
      user_id: c.id,
      active_user_id: b.id,
    });
    const { rooms } = await sync(socket, {});
    expect(rooms).toEqual([
      { room: await parley.room(later.id, b.id), reset: true, messages: [] },
      { room: await parley.room(room.id, b.id), reset: true, messages: [] },
    ]);
    await parley.send(room.id, a.id, 'three');
    expect((await sync(socket, { [room.id]: 2 })).rooms).toMatchObject([
      { room: { id: room.id }, reset: false, messages: [{ seq: 3 }] },
      { room: { id: later.id }, reset: true },
    ]);
  });

  it('compares only a range of rooms when the request names one', async () => {
    const user = await parley.newUser();
    const ids: number[] = [];
    for (let n = 0; n < 4; n++) {
      const { body } = await parley.post<Room>('/api/rooms/create/', {
        user_id: (await parley.newUser()).id,
        active_user_id: user.id,
      });
      ids.push(body.id);
    }
    const socket = await parley.userSocket(user.id);
    const answered = async (
      [first_room_id, last_room_id]: [number?, number?],
      rooms: Record<string, number> = {},
    ) => {
      const answer = await socket.ask({ type: 'sync', rooms, first_room_id, last_room_id });
      return 'rooms' in answer ? answer.rooms.map(({ room }) => room.id).toSorted((a, b) => a - b) : answer;
    };
    const [first = 0, second = 0, third = 0, last = 0] = ids;
    expect(await answered([undefined, second])).toEqual([first, second]);
    expect(await answered([second, third])).toEqual([second, third]);
    expect(await answered([third])).toEqual([third, last]);
    expect(await answered([second, third], { [second]: 0 })).toEqual([third]);
    const outside = { [first]: 7, [last]: 7, [last + 1]: 7 };
    expect(await answered([second, third], outside)).toEqual([second, third]);
    expect(await socket.ask({ type: 'sync', rooms: outside, first_room_id: last })).toMatchObject({
      rooms: [{ room: { id: last }, reset: true }],
      unknown: [last + 1],
    });
    expect(await answered([-1])).toMatchObject({
      type: 'error',
      code: 'bad_frame',
      message: expect.stringContaining('first_room_id'),
    });
  });

  it('resets a client that has more than there is: its server was restored from a backup', async () => {
    const { room, socket } = await missed(2);
    for (const rev of [3, 1_000, Number.MAX_SAFE_INTEGER]) {
      expect((await sync(socket, { [room.id]: rev })).rooms).toMatchObject([
        { reset: true, messages: [], room: { rev: 2 } },
      ]);
    }
  });

  it('brings 300 changes in full, and a reset for more: never a part in silence', async () => {
    const { room, socket } = await missed(301);
    const [all] = (await sync(socket, { [room.id]: 1 })).rooms;
    expect(all!.reset).toBe(false);
    expect(all!.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
    expect((await sync(socket, { [room.id]: 0 })).rooms).toMatchObject([{ reset: true, messages: [] }]);
  });

  it('brings every change of a changed room once, also messages that changed later', async () => {
    const { room, a, socket } = await missed(400);
    await parley.sql('UPDATE rooms SET rev = 401 WHERE id = $1', [room.id]);
    await parley.sql('UPDATE messages SET rev = 401, changed = true WHERE room_id = $1 AND seq IN (3, 399)', [
      room.id,
    ]);
    await parley.send(room.id, a.id, 'new');
    const { rooms } = await sync(socket, { [room.id]: 398 });
    expect(rooms[0]!.messages.map(({ seq }) => seq)).toEqual([3, 399, 400, 401]);
  });

  it('answers for the rest when it names a room of others or none, one answer for both (A1)', async () => {
    const { room: foreign } = await missed(1);
    const { room, socket, b } = await missed(1);
    for (const id of [foreign.id, 999_999_999]) {
      for (const rev of [0, 1, 99]) {
        const names = await statementNamesOf(async () => {
          expect(await sync(socket, { [room.id]: 1, [id]: rev })).toEqual({
            rooms: [],
            unknown: [id],
            more: false,
          });
        });
        expect(names).toEqual(['rooms-revisions']);
      }
    }
    expect(await sync(socket, { [foreign.id]: 0, [room.id]: 0, 999999999: 3 })).toEqual({
      rooms: [
        { room: await parley.room(room.id, b.id), reset: false, messages: await parley.history(room.id) },
      ],
      unknown: [foreign.id, 999_999_999],
      more: false,
    });
  });

  it('answers with unknown rooms and resets when the server was restored from an older backup', async () => {
    const { room, a, b, socket } = await missed(3);
    const { room: later } = await missed(0);
    // The backup has the first room two messages earlier, and the second one not yet.
    const held = { [room.id]: 3, [later.id]: 5, [later.id + 1_000]: 1 };
    await parley.sql('DELETE FROM messages WHERE room_id = $1 AND seq > 1', [room.id]);
    await parley.sql(
      `UPDATE rooms SET rev = 1, last_seq = 1, sent_a = least(sent_a, 1), sent_b = least(sent_b, 1),
         unread_a = least(unread_a, 1), unread_b = least(unread_b, 1) WHERE id = $1`,
      [room.id],
    );
    const { rooms, unknown } = await sync(socket, held);
    expect(unknown).toEqual([later.id, later.id + 1_000]);
    expect(rooms).toMatchObject([{ reset: true, messages: [], room: { id: room.id, rev: 1, last_seq: 1 } }]);

    const again = await parley.send(room.id, a.id, 'again');
    expect(again.seq).toBe(2);
    expect((await sync(socket, { [room.id]: 1 })).rooms).toEqual([
      { room: await parley.room(room.id, b.id), reset: false, messages: [again] },
    ]);
  });

  it('names each of the 4,000 unknown rooms of a frame, and is still not too much for a socket', async () => {
    const { socket, room } = await missed(300);
    const have = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [1e9 + n, 1]));
    const { rooms, unknown } = await sync(socket, { ...have, [room.id]: 0 });
    expect(unknown).toEqual(Object.keys(have).map(Number));
    expect(rooms).toMatchObject([{ room: { id: room.id } }]);
  });

  it('takes every id as a key, up to the largest that a number holds exactly', async () => {
    const { socket } = await missed(1);
    const ids = [1e15 - 1, 1e15, 8_999_999_999_999_999, 9_007_199_254_740_989, Number.MAX_SAFE_INTEGER];
    const { unknown } = await sync(socket, Object.fromEntries(ids.map((id) => [id, 1])));
    expect(unknown).toEqual(ids);
  });

  it.each([
    ['no rooms', {}],
    ['null', { rooms: null }],
    ['a list', { rooms: [1] }],
    ['text', { rooms: '1' }],
    ['a name', { rooms: { x: 1 } }],
    ['room 0', { rooms: { 0: 1 } }],
    ['a leading zero', { rooms: { '01': 1 } }],
    ['an id that no number holds exactly', { rooms: { '9007199254740992': 1 } }],
    ['an id of 17 digits', { rooms: { '10000000000000000': 1 } }],
    ['a negative revision', { rooms: { 1: -1 } }],
    ['a broken revision', { rooms: { 1: 1.5 } }],
    ['a revision in text', { rooms: { 1: '1' } }],
    ['no revision', { rooms: { 1: null } }],
    ['more than a number holds', { rooms: { 1: 2 ** 53 } }],
    ['a __proto__', { rooms: JSON.parse('{"__proto__": {"1": 1}}') as object }],
  ])('with %s is a bad frame', async (_, fields) => {
    const socket = await parley.userSocket((await parley.newUser()).id);
    expect(await socket.ask({ type: 'sync', ...fields })).toMatchObject({ type: 'error', code: 'bad_frame' });
  });
});

describe('an answer that is too much for one frame', () => {
  it('comes in parts, each room once, with 250 rooms', async () => {
    const user = await parley.newUser();
    await parley.sql(
      `WITH peer AS (
        INSERT INTO users (username, display_name) SELECT 's' || n, 'Peer' FROM generate_series(1, 250) n RETURNING id
      )
      INSERT INTO rooms (user_a_id, user_b_id) SELECT $1::bigint, id FROM peer`,
      [user.id],
    );
    const socket = await parley.userSocket(user.id);
    const answers = await syncAll(socket, {});
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.length).toBeLessThan(10);
    const ids = answers.flatMap(({ rooms }) => rooms.map(({ room }) => room.id));
    const { body: list } = await parley.get<Room[]>(`/api/rooms/?active_user=${user.id}`);
    expect(ids.toSorted((x, y) => x - y)).toEqual(list.map(({ id }) => id).toSorted((x, y) => x - y));
    expect((await sync(socket, Object.fromEntries(list.map(({ id, rev }) => [id, rev])))).rooms).toEqual([]);
  });

  it('comes in parts, each message once, with large texts in several rooms', async () => {
    const user = await parley.newUser();
    const have: Record<string, number> = {};
    const expected: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { id: peer } = await parley.newUser();
      const { body: room } = await parley.post<Room>('/api/rooms/create/', {
        user_id: peer,
        active_user_id: user.id,
      });
      have[room.id] = 0;
      for (let n = 1; n <= 8; n++) {
        await parley.send(room.id, peer, `${n}${'字'.repeat(3_900)}`);
        expected.push(`${room.id}/${n}`);
      }
    }
    const answers = await syncAll(await parley.userSocket(user.id), have);
    expect(answers.length).toBeGreaterThan(1);
    const rooms = answers.flatMap((answer) => answer.rooms);
    expect(rooms.map(({ reset }) => reset)).toEqual(Array(5).fill(false));
    const messages = rooms.flatMap((room) => room.messages.map(({ room_id: id, seq }) => `${id}/${seq}`));
    expect(messages.toSorted()).toEqual(expected.toSorted());
  });

  it('is a reset for a room that is too large by itself, and still goes on', async () => {
    const { room, a, socket, b } = await missed(0);
    for (let n = 1; n <= 25; n++) await parley.send(room.id, a.id, '字'.repeat(4_000));
    const answers = await syncAll(socket, { [room.id]: 0 });
    expect(answers).toMatchObject([{ more: false, rooms: [{ reset: true, messages: [] }] }]);
    expect(answers[0]!.rooms[0]!.room).toEqual(await parley.room(room.id, b.id));
  });
});
