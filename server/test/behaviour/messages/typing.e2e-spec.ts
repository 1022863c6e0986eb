import { Parley } from '../../support/parley.js';
import { ownStatementsOf } from '../../support/statements.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off', TYPING_INTERVAL_SECONDS: '1' });
});
afterAll(() => parley.stop());

describe('typing', () => {
  it('reaches the other’s devices, on both kinds of sockets, and none of one’s own', async () => {
    const { room, a, b } = await parley.newRoom();
    const typist = await parley.userSocket(a.id);
    const own = [typist, await parley.userSocket(a.id), await parley.roomSocket(room.id, a.id)];
    const others = [
      await parley.userSocket(b.id),
      await parley.userSocket(b.id),
      await parley.roomSocket(room.id, b.id),
    ];
    expect(await typist.ask({ type: 'typing', room_id: room.id })).toEqual({ type: 'ack', ref: 1 });
    for (const socket of others) {
      expect(await socket.next('typing')).toEqual({ type: 'typing', room_id: room.id, user_id: a.id });
    }
    for (const socket of own) {
      await socket.settled();
      expect(socket.all('typing')).toEqual([]);
    }
  });

  it('D4: a thousand at once over many sockets are passed on once, each of them acked', async () => {
    const { room, a, b } = await parley.newRoom();
    const listener = await parley.userSocket(b.id);
    const typists = [
      await parley.userSocket(a.id),
      await parley.userSocket(a.id),
      await parley.roomSocket(room.id, a.id),
    ];
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => typists[i % 3]!.ask({ type: 'typing', room_id: room.id })),
    );
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['ack']));
    await listener.settled();
    expect(listener.all('typing')).toHaveLength(1);
  });

  it('D4: goes on being passed on, once per interval', async () => {
    const { room, a, b } = await parley.newRoom();
    const [typist, listener] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const passedOn: number[] = [];
    while (passedOn.length < 3) {
      await typist.ask({ type: 'typing', room_id: room.id });
      await listener.settled();
      if (listener.all('typing').length > passedOn.length) passedOn.push(performance.now());
    }
    const pauses = passedOn.slice(1).map((at, i) => at - passedOn[i]!);
    for (const pause of pauses) expect(pause).toBeGreaterThan(900);
  });

  it('of one user, or in one room, does not hold back another', async () => {
    const { room, a, b } = await parley.newRoom();
    const c = await parley.newUser();
    const { body: other } = await parley.post<{ id: number }>('/api/rooms/create/', {
      user_id: c.id,
      active_user_id: a.id,
    });
    const [ofA, ofB, ofC] = [
      await parley.userSocket(a.id),
      await parley.userSocket(b.id),
      await parley.userSocket(c.id),
    ];
    await ofA.ask({ type: 'typing', room_id: room.id });
    await ofA.ask({ type: 'typing', room_id: other.id });
    await ofB.ask({ type: 'typing', room_id: room.id });
    expect(await ofB.next('typing')).toMatchObject({ room_id: room.id, user_id: a.id });
    expect(await ofC.next('typing')).toMatchObject({ room_id: other.id, user_id: a.id });
    expect(await ofA.next('typing')).toMatchObject({ room_id: room.id, user_id: b.id });
  });

  it('touches no SQL', async () => {
    const { room, a, b } = await parley.newRoom();
    const [typist, listener] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const inRoom = await parley.roomSocket(room.id, b.id);
    await listener.settled();
    const statements = await ownStatementsOf(async () => {
      for (let i = 0; i < 10; i++) await typist.ask({ type: 'typing', room_id: room.id });
      await inRoom.ask({ type: 'typing' });
      await listener.next('typing');
    });
    expect(statements).toEqual([]);
  });

  it('is stored nowhere: a room of much typing is as new', async () => {
    const { room, a } = await parley.newRoom();
    const typist = await parley.userSocket(a.id);
    const before = await parley.room(room.id, a.id);
    await typist.ask({ type: 'typing', room_id: room.id });
    expect(await parley.room(room.id, a.id)).toEqual(before);
  });
});
