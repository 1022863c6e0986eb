import type { Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import type { TestSocket } from '../../support/test-socket.js';

/** A room of two new users, the first of whom looks on. */
async function watched(parley: Parley): Promise<{ room: Room; looker: User; other: User; eyes: TestSocket }> {
  const { room, a: looker, b: other } = await parley.newRoom();
  return { room, looker, other, eyes: await parley.userSocket(looker.id) };
}

const onlineIn = async (parley: Parley, user: User) =>
  (await parley.get<User[]>('/api/users/')).body.find(({ id }) => id === user.id);

describe('presence', () => {
  let parley: Parley;
  beforeAll(async () => {
    parley = await Parley.start({ PRESENCE_GRACE_SECONDS: '1', RATE_LIMIT: 'off' });
  });
  afterAll(() => parley.stop());

  it('is sent at once when a user connects, and is in every list', async () => {
    const { room, looker, other, eyes } = await watched(parley);
    const inRoom = await parley.roomSocket(room.id, looker.id);
    await parley.userSocket(other.id);
    const online = { type: 'presence', user_id: other.id, online: true, last_seen: null };
    expect(await eyes.next('presence')).toEqual(online);
    expect(await inRoom.next('presence', ({ user_id: id }) => id === other.id)).toEqual(online);
    expect(await onlineIn(parley, other)).toMatchObject({ online: true, last_seen: null });
    expect((await parley.room(room.id, looker.id)).users).toMatchObject([{ online: true }, { online: true }]);
  });

  it('begins with the first frame of a room socket that had named nobody', async () => {
    const { room, other, eyes } = await watched(parley);
    const socket = await parley.roomSocket(room.id);
    await socket.settled();
    await eyes.settled();
    expect(eyes.all('presence')).toEqual([]);
    socket.send({ type: 'typing', sender_id: other.id });
    expect(await eyes.next('presence')).toMatchObject({ user_id: other.id, online: true });
  });

  it('ends after a grace, with the time at which the user was last seen', async () => {
    const { other, eyes } = await watched(parley);
    const before = Date.now();
    const socket = await parley.userSocket(other.id);
    await eyes.next('presence');
    socket.close();
    const left = await eyes.next('presence');
    const after = Date.now();
    expect(left).toMatchObject({ user_id: other.id, online: false });
    expect(after - before).toBeGreaterThanOrEqual(1_000);
    expect(Date.parse(left.last_seen!)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(left.last_seen!)).toBeLessThanOrEqual(after);
    expect(await onlineIn(parley, other)).toMatchObject({ online: false, last_seen: left.last_seen });
  });

  it('does not flap when a user reloads, or closes one of two devices', async () => {
    const reloading = await watched(parley);
    const twoDevices = await watched(parley);
    const leaving = await watched(parley);
    const [first, phone, gone] = await Promise.all([
      parley.userSocket(reloading.other.id),
      parley.userSocket(twoDevices.other.id),
      parley.userSocket(leaving.other.id),
    ]);
    await parley.roomSocket(twoDevices.room.id, twoDevices.other.id);
    first.close();
    phone.close();
    await Promise.all([first.closed, phone.closed]);
    await parley.userSocket(reloading.other.id);
    gone.close();

    // It left after the others, so their frames have arrived when this one arrives.
    await leaving.eyes.next('presence', ({ online }) => !online);
    for (const { eyes, other } of [reloading, twoDevices]) {
      await eyes.settled();
      expect(eyes.all('presence')).toEqual([
        { type: 'presence', user_id: other.id, online: true, last_seen: null },
      ]);
    }
  });

  it('is unknown, not a time, of somebody who has never been here', async () => {
    const user = await parley.newUser();
    expect(await onlineIn(parley, user)).toMatchObject({ online: false, last_seen: null });
  });

  it('A10: of two users and their typing, receipts and messages reaches no third', async () => {
    const { room, looker: a, other: b, eyes: ofA } = await watched(parley);
    const [carol, stranger] = [await parley.newUser(), await parley.newUser()];
    const { body: carols } = await parley.post<Room>('/api/rooms/create/', {
      user_id: stranger.id,
      active_user_id: carol.id,
    });
    const onlookers = [
      await parley.userSocket(carol.id),
      await parley.roomSocket(carols.id),
      await parley.roomSocket(carols.id, carol.id),
    ];
    // Carol's own presence may arrive late.
    for (const socket of onlookers) await socket.settled();
    const before = onlookers.map((socket) => socket.frames.length);

    const ofB = await parley.userSocket(b.id);
    await ofA.next('presence');
    await ofB.ask({ type: 'typing', room_id: room.id });
    await ofA.next('typing');
    await ofB.ask({ type: 'message', room_id: room.id, text: 'private' });
    await ofA.ask({ type: 'delivered', room_id: room.id, seq: 1 });
    await ofA.ask({ type: 'read', room_id: room.id, seq: 1 });
    await parley.post('/api/rooms/create/', { user_id: (await parley.newUser()).id, active_user_id: a.id });
    await ofA.next('room');
    ofB.close();
    await ofA.next('presence', ({ online }) => !online);

    for (const [i, socket] of onlookers.entries()) {
      await socket.settled();
      // Nothing but what carol's own coming said, and the answer to `settled`.
      const foreign = socket.frames
        .slice(before[i])
        .filter((frame) => frame.type !== 'presence' || frame.user_id !== carol.id);
      expect(foreign.map(({ type }) => type)).toEqual(['error']);
    }
  });
});

describe('a socket that is dead without a word', () => {
  let parley: Parley;
  beforeAll(async () => {
    parley = await Parley.start({
      HEARTBEAT_SECONDS: '1',
      PRESENCE_TTL_SECONDS: '2',
      PRESENCE_GRACE_SECONDS: '0',
    });
  });
  afterAll(() => parley.stop());

  it('D2: is closed when it misses two pings, and its user is offline; one that answers stays', async () => {
    const { looker, other, eyes } = await watched(parley);
    const alive = await parley.roomSocket(
      (await parley.get<Room[]>(`/api/rooms/?active_user=${looker.id}`)).body[0]!.id,
    );
    const dead = await parley.userSocket(other.id, { autoPong: false });
    let pings = 0;
    dead.raw.on('ping', () => (pings += 1));
    await eyes.next('presence');

    expect(await eyes.next('presence')).toMatchObject({ user_id: other.id, online: false });
    expect(await dead.closed).toMatchObject({ code: 1006 });
    expect(pings).toBe(2);
    await Promise.all([alive.settled(), eyes.settled()]);
    expect(eyes.all('presence').map(({ online }) => online)).toEqual([true, false]);
  });

  it('does not take its user offline while another device answers', async () => {
    const { other, eyes } = await watched(parley);
    const dead = await parley.userSocket(other.id, { autoPong: false });
    await parley.userSocket(other.id);
    await dead.closed;
    await eyes.settled();
    expect(eyes.all('presence').map(({ online }) => online)).toEqual([true]);
  });

  it('is alive again with its next answer', async () => {
    const { other, eyes } = await watched(parley);
    const silent = await parley.userSocket(other.id, { autoPong: false });
    await eyes.next('presence');
    expect(await eyes.next('presence')).toMatchObject({ online: false });
    silent.raw.pong();
    expect(await eyes.next('presence')).toMatchObject({ user_id: other.id, online: true });
  });
});
