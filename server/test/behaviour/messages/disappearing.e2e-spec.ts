import type { AuthInfo, Message, MessagePage, Problem, Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Parley } from '../../support/parley.js';
import { fillRoom, holdRoom } from '../../support/rows.js';
import { sendFiles, Uploader } from '../../support/uploads.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const DAY = 86_400;

const setTimer = (room: Room, user: User, seconds: unknown) =>
  parley.call<Room & Problem>('PUT', `/api/rooms/${room.id}/timer/?active_user=${user.id}`, {
    body: { seconds },
  });

const pageOf = async ({ id }: Room, query: string, server = parley) =>
  (await server.get<MessagePage>(`/api/rooms/${id}/messages/${query}`)).body;

/** How long a message stays, in seconds. */
const lifetimeOf = ({ timestamp, expires_at }: Message) =>
  expires_at === undefined ? null : (Date.parse(expires_at) - Date.parse(timestamp)) / 1_000;

interface Row {
  seq: number;
  text: string;
  rev: number;
  deleted_at: Date | null;
}
const rowsOf = ({ id }: Room, server = parley) =>
  server.sql<Row>(
    'SELECT seq::int, text, rev::int, deleted_at FROM messages WHERE room_id = $1 ORDER BY seq',
    [id],
  );

/** Lets the time of the messages up to `seq` be over. */
const expire = ({ id }: Room, seq: number) =>
  parley.sql(
    `UPDATE messages SET expires_at = now() - interval '1 second' WHERE room_id = $1 AND seq <= $2`,
    [id, seq],
  );

async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await isDone()) return;
    await sleep(25);
  }
  throw new Error('It has not happened within 15 s.');
}

const areRemoved = async (room: Room, seqs: number, server = parley) =>
  (await rowsOf(room, server)).filter(({ text }) => text === '').length === seqs;

describe('the timer of a chat', () => {
  it('applies to messages that are sent from then on, of both members, and to no other', async () => {
    const { room, a, b } = await parley.newRoom();
    const before = await parley.send(room.id, a.id, 'before');
    const { status, body } = await setTimer(room, a, DAY);
    expect([status, body.timer]).toEqual([
      200,
      { seconds: DAY, user_id: a.id, after_seq: 1, changed_at: expect.any(String) as string },
    ]);
    // One by one, and many in one statement.
    const alone = await parley.send(room.id, b.id, 'alone');
    const many = await Promise.all(
      Array.from({ length: 30 }, (_, n) => parley.send(room.id, n % 2 ? a.id : b.id, `many ${n}`)),
    );
    for (const message of [alone, ...many]) expect(lifetimeOf(message)).toBeCloseTo(DAY, 1);

    await setTimer(room, b, null);
    const after = await parley.send(room.id, a.id, 'after');
    expect([lifetimeOf(before), lifetimeOf(after)]).toEqual([null, null]);
    const stored = await parley.history(room.id);
    expect(stored.map((message) => lifetimeOf(message) !== null)).toEqual([
      false,
      ...Array.from({ length: 31 }, () => true),
      false,
    ]);
  });

  it('is shown to both members at once, and by sync', async () => {
    const { room, a, b } = await parley.newRoom();
    const sockets = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const { body: set } = await setTimer(room, b, 3_600);
    for (const socket of sockets) {
      const frame = await socket.next('room');
      expect([frame.room.timer, frame.room.rev]).toEqual([set.timer, 1]);
    }
    const ack = await sockets[0]!.ask({ type: 'sync', rooms: { [room.id]: 0 } });
    expect(ack).toMatchObject({
      rooms: [{ reset: false, room: { timer: { seconds: 3_600, user_id: b.id } } }],
    });
    const message = sockets[0]!.next('message');
    await parley.send(room.id, b.id, 'hello');
    expect(lifetimeOf((await message).message)).toBeCloseTo(3_600, 1);
  });

  it('changes nothing when it is set to what it is', async () => {
    const { room, a, b } = await parley.newRoom();
    expect((await setTimer(room, a, null)).body.timer).toBeUndefined();
    const { body: first } = await setTimer(room, a, 60);
    const { status, body: again } = await setTimer(room, b, 60);
    expect([status, again.rev, again.timer]).toEqual([200, first.rev, first.timer]);
  });

  it.each([4, 31_536_001, 1.5, '60', true, undefined, {}])(
    'is refused as %p, by the name of the field',
    async (seconds) => {
      const { room, a } = await parley.newRoom();
      const { status, body } = await setTimer(room, a, seconds);
      expect([status, body.errors?.[0]?.field]).toEqual([400, 'seconds']);
    },
  );

  it.each([5, 31_536_000])('may be %p seconds', async (seconds) => {
    const { room, a } = await parley.newRoom();
    expect((await setTimer(room, a, seconds)).body.timer?.seconds).toBe(seconds);
  });

  it('is refused to others as a room that does not exist', async () => {
    const { room } = await parley.newRoom();
    const stranger = await parley.newUser();
    const answers = [
      await setTimer(room, stranger, 60),
      await setTimer({ ...room, id: 999_999 }, stranger, 60),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
  });
});

describe('a message whose time is over', () => {
  it('is shown to nobody, also before it is removed from the database', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(b.id);
    const texts = ['one', 'two', 'three'];
    const clientId = randomUUID();
    for (const text of texts)
      await parley.send(room.id, a.id, text, text === 'three' ? clientId : randomUUID());
    const held = await holdRoom(parley, room.id);
    await expire(room, 3);
    try {
      const shown: unknown[] = [
        ...(await Promise.all(
          ['', '?before=9', '?after=0', '?around=2', '?changed_since=0', '?page=1'].map((query) =>
            pageOf(room, query),
          ),
        )),
        await parley.room(room.id, b.id),
        (await parley.get(`/api/rooms/?active_user=${b.id}`)).body,
        await socket.ask({ type: 'sync', rooms: { [room.id]: 0 } }),
        await socket.ask({ type: 'sync', rooms: {} }),
      ];
      expect(await rowsOf(room)).toMatchObject(texts.map((text) => ({ text })));
      for (const each of shown) {
        const json = JSON.stringify(each);
        expect(json).toContain('"expires_at"');
        for (const text of texts) expect(json).not.toContain(`"${text}"`);
      }
    } finally {
      await held.release();
    }
    const { results } = await pageOf(room, '');
    expect(results).toHaveLength(3);
    for (const message of results) {
      expect(message.text).toBe('');
      expect(message.deleted_at! >= message.expires_at!).toBe(true);
    }
  });

  it('has no file from that time on, also before that is removed', async () => {
    const { room, a, b } = await parley.newRoom();
    const id = await new Uploader(parley, a.id).upload('a.txt', Buffer.from('content of the file'));
    const { body } = await sendFiles(parley, room, a, [id]);
    const get = () => fetch(`${parley.origin}${body.attachments![0]!.url}?active_user=${b.id}`);
    const before = await get();
    const etag = before.headers.get('ETag')!;
    expect([before.status, await before.text()]).toEqual([200, 'content of the file']);
    const held = await holdRoom(parley, room.id);
    await expire(room, 1);
    try {
      const after = await Promise.all([
        get(),
        fetch(`${parley.origin}${body.attachments![0]!.url}?active_user=${b.id}`, {
          headers: { 'If-None-Match': etag },
        }),
      ]);
      expect(after.map(({ status }) => status)).toEqual([404, 404]);
      expect(await parley.sql('SELECT FROM attachments WHERE id = $1 AND seq = 1', [id])).toHaveLength(1);
    } finally {
      await held.release();
    }
  });

  it('is removed while another room is held whose messages are due for longer, and so are those when it is free', async () => {
    const [first, second] = [await parley.newRoom(), await parley.newRoom()];
    for (const { room, a } of [first, second]) await parley.send(room.id, a.id, 'goes');
    const held = await holdRoom(parley, first.room.id);
    try {
      await expire(first.room, 1);
      await expire(second.room, 1);
      await until(() => areRemoved(second.room, 1));
      expect(await areRemoved(first.room, 0)).toBe(true);
    } finally {
      await held.release();
    }
    await until(() => areRemoved(first.room, 1));
  });

  it('is removed from the database, and changes neither seq, rev and counts nor what is sent to clients', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(b.id);
    await parley.send(room.id, a.id, 'stays');
    for (const text of ['goes', 'goes too']) await parley.send(room.id, a.id, text);
    const before = await parley.room(room.id, b.id);
    await parley.sql(
      `UPDATE messages SET expires_at = now() - interval '1 second' WHERE room_id = $1 AND seq > 1`,
      [room.id],
    );
    await until(() => areRemoved(room, 2));
    const rows = await rowsOf(room);
    expect(rows.map(({ text, rev }) => [text, rev])).toEqual([
      ['stays', 1],
      ['', 2],
      ['', 3],
    ]);
    const after = await parley.room(room.id, b.id);
    expect([after.rev, after.last_seq, after.unread_count]).toEqual([before.rev, 3, 3]);
    await socket.settled();
    expect(socket.frames.filter(({ type }) => type === 'updated' || type === 'room')).toEqual([]);
    expect(await socket.ask({ type: 'sync', rooms: { [room.id]: after.rev } })).toMatchObject({ rooms: [] });

    // Reading goes on as if nothing had happened.
    expect(await socket.ask({ type: 'read', room_id: room.id, seq: 2 })).toMatchObject({ unread_count: 1 });
    expect(await socket.ask({ type: 'read', room_id: room.id, seq: 3 })).toMatchObject({ unread_count: 0 });
  });

  it('is answered as it is when it is sent again with its client_id', async () => {
    const { room, a } = await parley.newRoom();
    const clientId = randomUUID();
    const first = await parley.send(room.id, a.id, 'sent by a device that was offline since', clientId);
    await expire(room, 1);
    await until(() => areRemoved(room, 1));
    const again = await parley.post<Message>(`/api/rooms/${room.id}/messages/`, {
      text: 'sent by a device that was offline since',
      active_user_id: a.id,
      client_id: clientId,
    });
    expect([again.status, again.body.id, again.body.text]).toEqual([200, first.id, '']);
    expect((await parley.room(room.id, a.id)).last_seq).toBe(1);
  });

  it('keeps the time at which its author has deleted it', async () => {
    const { room, a } = await parley.newRoom();
    await parley.send(room.id, a.id, 'deleted');
    await parley.sql(
      `UPDATE messages SET text = '', deleted_at = now(), expires_at = now() + interval '1 day' WHERE room_id = $1`,
      [room.id],
    );
    const [tombstone] = (await pageOf(room, '')).results;
    expect(tombstone!.deleted_at! < tombstone!.expires_at!).toBe(true);
    await expire(room, 1);
    const [expired] = (await pageOf(room, '')).results;
    expect(expired!.deleted_at! >= expired!.expires_at!).toBe(true);
  });
});

describe('10,000 messages whose time is over at once', () => {
  it('are removed without delaying a message of the same chat, and clients learn of them by a few changes', async () => {
    const count = 10_000;
    const { room, a, b } = await parley.newRoom();
    await fillRoom(parley, room.id, a.id, count);
    await parley.send(room.id, a.id, 'stays');
    const socket = await parley.userSocket(b.id);
    const { rev } = await parley.room(room.id, b.id);
    const start = performance.now();
    await expire(room, count);
    let slowest = 0;
    let sent = 0;
    await until(async () => {
      const sentAt = performance.now();
      await parley.send(room.id, b.id, 'meanwhile');
      sent++;
      slowest = Math.max(slowest, performance.now() - sentAt);
      const [left] = await parley.sql<{ left: number }>(
        `SELECT count(*)::int AS left FROM messages WHERE room_id = $1 AND seq <= $2 AND text <> ''`,
        [room.id, count],
      );
      return left?.left === 0;
    });
    const took = performance.now() - start;
    expect(sent).toBeGreaterThan(3);
    expect(slowest).toBeLessThan(took / 3);

    await until(async () => (await parley.room(room.id, b.id)).expired_seq === count);
    const after = await parley.room(room.id, b.id);
    const ownChanges = after.rev - rev - sent;
    expect(ownChanges).toBeGreaterThan(0);
    expect(ownChanges).toBeLessThanOrEqual(count / 100);
    const last = await socket.next('room', (frame) => frame.room.expired_seq === count);
    expect(last.room.rev).toBeLessThanOrEqual(after.rev);
    expect((await rowsOf(room)).filter(({ text }) => text === '')).toHaveLength(count);
  });
});

const old = ({ id }: Room, seq: number, days = 2) =>
  parley.sql(
    `UPDATE messages SET created_at = created_at - $3 * interval '1 day' WHERE room_id = $1 AND seq <= $2`,
    [id, seq, days],
  );
const start = () => Parley.start({ RATE_LIMIT: 'off', RETENTION_DAYS: '1' }, parley.databaseUrl);
const claim = (lastRoomId: number, end: string) =>
  parley.sql(
    `INSERT INTO retention_passes (id, last_room_id, claimed_until) VALUES (true, $1, now() + $2::interval)
     ON CONFLICT (id) DO UPDATE SET last_room_id = $1, claimed_until = now() + $2::interval, finished_at = NULL`,
    [lastRoomId, end],
  );
const stateOf = async ({ id }: Room) =>
  (
    await parley.sql<{ rev: number; expired_seq: number }>(
      'SELECT rev::int, expired_seq::int FROM rooms WHERE id = $1',
      [id],
    )
  )[0];

describe('RETENTION_DAYS', () => {
  beforeEach(() => parley.sql('DELETE FROM retention_passes'));

  it('removes what is older, once, however many servers start with it, and shows until when the rest stays', async () => {
    const rooms = await Promise.all(Array.from({ length: 20 }, () => parley.newRoom()));
    for (const { room, a } of rooms) {
      await fillRoom(parley, room.id, a.id, 5);
      await old(room, 3);
    }
    const [first] = rooms;
    const socket = await parley.userSocket(first!.b.id);
    const servers = await Promise.all([start(), start()]);
    try {
      await until(async () =>
        (await Promise.all(rooms.map(({ room }) => areRemoved(room, 3)))).every(Boolean),
      );
      for (const { room } of rooms) {
        expect((await rowsOf(room)).map(({ text }) => text)).toEqual(['', '', '', 'message 4', 'message 5']);
        expect(await stateOf(room)).toEqual({ rev: 6, expired_seq: 3 });
      }
      const info = await servers[0]!.get<AuthInfo>('/api/auth/');
      const { frames } = await servers[1]!.userSocket(first!.b.id);
      expect(info.body.limits.retention_seconds).toBe(DAY);
      expect(frames[0]).toMatchObject({ type: 'hello', limits: { retention_seconds: DAY } });
      const { results } = await pageOf(first!.room, '', servers[0]);
      expect(results.map((message) => lifetimeOf(message)! / DAY)).toEqual([1, 1, 1, 1, 1]);
      // A server without the setting, as there may be while it is changed, has the same database.
      expect(await socket.ask({ type: 'sync', rooms: { [first!.room.id]: 5 } })).toMatchObject({
        rooms: [{ reset: false, room: { expired_seq: 3, rev: 6 } }],
      });
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  it('hides what is older from the start, and applies with a timer as the shorter of the two', async () => {
    const { room, a } = await parley.newRoom();
    await setTimer(room, a, 60);
    await parley.send(room.id, a.id, 'short');
    await setTimer(room, a, 7 * DAY);
    await parley.send(room.id, a.id, 'long');
    await setTimer(room, a, null);
    await parley.send(room.id, a.id, 'for ever');
    await parley.send(room.id, a.id, 'today');
    await claim(0, '1 hour');
    const server = await start();
    try {
      expect(
        (await pageOf(room, '', server)).results.map((message) => Math.round(lifetimeOf(message)!)),
      ).toEqual([DAY, DAY, DAY, 60]);
      await old(room, 3);
      expect((await pageOf(room, '', server)).results.map(({ text }) => text)).toEqual(['today', '', '', '']);
      // The pass is another server's at this moment.
      expect((await rowsOf(room)).map(({ text }) => text)).toContain('for ever');
    } finally {
      await server.stop();
    }
  });

  it('removes what is older in other rooms while one is held', async () => {
    const [first, second] = [await parley.newRoom(), await parley.newRoom()];
    for (const { room, a } of [first, second]) {
      await parley.send(room.id, a.id, 'goes');
      await old(room, 1);
    }
    const held = await holdRoom(parley, first.room.id);
    const server = await start();
    try {
      await until(() => areRemoved(second.room, 1));
      expect(await areRemoved(first.room, 0)).toBe(true);
    } finally {
      await held.release();
      await server.stop();
    }
  });

  it('goes on where a killed server has stopped, in rooms with more messages than a step removes', async () => {
    const [done, next] = [await parley.newRoom(), await parley.newRoom()];
    for (const { room, a } of [done, next]) {
      await fillRoom(parley, room.id, a.id, 1_203);
      await old(room, 1_200);
    }
    await claim(done.room.id, '-1 second');
    const server = await start();
    try {
      await until(() => areRemoved(next.room, 1_200));
      expect((await stateOf(next.room))?.expired_seq).toBe(1_200);
      expect((await rowsOf(done.room)).filter(({ text }) => text === '')).toEqual([]);
      await until(
        async () =>
          (await parley.sql('SELECT FROM retention_passes WHERE finished_at IS NOT NULL')).length === 1,
      );
    } finally {
      await server.stop();
    }
  });
});
