import type { Message, Room, ServerFrame, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Parley } from '../../support/parley.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** `seq` of every message in the order in which the socket received it, by ack or by frame. */
function observedOf(socket: TestSocket): number[] {
  return socket.frames.flatMap((frame: ServerFrame) =>
    (frame.type === 'message' || frame.type === 'ack') && 'message' in frame ? [frame.message.seq] : [],
  );
}

/** Fifty senders, four messages each: one in three over HTTP, over a user socket, over a room socket. */
async function sendFromFiftySides(server: Parley, room: Room, a: User, b: User): Promise<TestSocket[]> {
  const sockets: TestSocket[] = [];
  await Promise.all(
    numbers(50).map(async (side) => {
      const sender = side % 2 ? a : b;
      const fields = () => (side % 4 ? { client_id: randomUUID() } : {});
      const socket =
        side % 3 === 0
          ? null
          : side % 3 === 1
            ? await server.userSocket(sender.id)
            : await server.roomSocket(room.id, sender.id);
      if (socket) sockets.push(socket);
      const texts = numbers(4).map((n) => `${side}/${n}`);
      await Promise.all(
        texts.map((text) =>
          socket
            ? socket.ask({
                type: 'message',
                text,
                ...fields(),
                ...(side % 3 === 1 ? { room_id: room.id } : {}),
              })
            : server.send(room.id, sender.id, text, fields().client_id),
        ),
      );
    }),
  );
  return sockets;
}

describe('the order of a room', () => {
  it('D8: is 1…n without a gap, in commit order, and the same on every socket of both users', async () => {
    const { room, a, b } = await parley.newRoom();
    const listeners = [
      await parley.userSocket(a.id),
      await parley.userSocket(b.id),
      await parley.roomSocket(room.id),
      await parley.roomSocket(room.id, b.id),
    ];
    const senders = await sendFromFiftySides(parley, room, a, b);
    await Promise.all([...listeners, ...senders].map((socket) => socket.settled()));

    const rows = await parley.sql<{ seq: number; rev: number; created_at: Date }>(
      'SELECT seq::int, rev::int, created_at FROM messages WHERE room_id = $1 ORDER BY seq',
      [room.id],
    );
    expect(rows.map(({ seq }) => seq)).toEqual(numbers(200));
    expect(rows.map(({ rev }) => rev)).toEqual(numbers(200));
    const times = rows.map(({ created_at: at }) => at.getTime());
    expect(times).toEqual(times.toSorted((x, y) => x - y));

    for (const listener of listeners) expect(observedOf(listener)).toEqual(numbers(200));
    for (const sender of senders) {
      const observed = observedOf(sender);
      // It came while others were sending already: from its first on it received all, its own by ack, in order.
      expect(observed).toEqual(numbers(200).slice(200 - observed.length));
    }
    expect((await parley.history(room.id)).map(({ seq }) => seq)).toEqual(numbers(200));
    expect(await parley.room(room.id, a.id)).toMatchObject({ last_seq: 200, rev: 200, unread_count: 100 });
  });

  it('D8: has no gap when two servers write to one room', async () => {
    const other = await Parley.start({ RATE_LIMIT: 'off' }, parley.databaseUrl);
    try {
      const { room, a, b } = await parley.newRoom();
      await Promise.all([sendFromFiftySides(parley, room, a, b), sendFromFiftySides(other, room, b, a)]);
      const history = await parley.history(room.id);
      expect(history.map(({ seq }) => seq)).toEqual(numbers(400));
      expect(new Set(history.map(({ id }) => id)).size).toBe(400);
      const ofB = history.filter(({ sender }) => sender.id === b.id).length;
      expect(await other.room(room.id, a.id)).toMatchObject({ last_seq: 400, rev: 400, unread_count: ofB });
    } finally {
      await other.stop();
    }
  });

  it.each(['user', 'room', 'unnamed room'])(
    'is the order in which one %s socket sent, also on a server that has only just started',
    async (kind) => {
      const { room, a } = await parley.newRoom();
      const fresh = await Parley.start({ RATE_LIMIT: 'off' }, parley.databaseUrl);
      try {
        const socket =
          kind === 'user'
            ? await fresh.userSocket(a.id)
            : await fresh.roomSocket(room.id, kind === 'room' ? a.id : undefined);
        const named = kind === 'user' ? { room_id: room.id } : { sender_id: a.id };
        const texts = numbers(300).map(String);
        await Promise.all(
          texts.map(async (text, i) => {
            // In bursts over many turns of the event loop, with and without a client_id.
            for (let turn = 0; turn < i / 10; turn++) await new Promise(setImmediate);
            await socket.ask({
              type: 'message',
              ...named,
              text,
              ...(i % 2 ? { client_id: randomUUID() } : {}),
            });
          }),
        );
        const history: Message[] = await parley.history(room.id);
        expect(history.map(({ text }) => text)).toEqual(texts);
      } finally {
        await fresh.stop();
      }
    },
  );

  it('keeps a deleted place out of nowhere: a refused message takes no number', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const frame = { type: 'message', room_id: room.id };
    await Promise.all(
      numbers(30).map((n) =>
        socket.ask(n % 3 ? { ...frame, text: `${n}` } : { ...frame, text: 'x', reply_to: n + 1e9 }),
      ),
    );
    expect((await parley.history(room.id)).map(({ seq }) => seq)).toEqual(numbers(20));
    expect(observedOf(socket)).toEqual(numbers(20));
  });
});
