import type { Room, User } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../../support/accounts.js';
import { Eyes, useEverything } from '../../support/eyes.js';
import { privacyTools } from '../../support/privacy.js';
import type { TestSocket } from '../../support/test-socket.js';
import { setUpTwoServers } from '../../support/two-servers.js';

const servers = setUpTwoServers({ PRESENCE_GRACE_SECONDS: '0', TYPING_INTERVAL_SECONDS: '0.01' });

const { as, newPerson, roomOf, open, listed, send, newChat, block } = privacyTools(() => servers.near);
const distant = privacyTools(() => servers.far);

const roomPeer = ({ users }: Room, { user }: Person) => users.find(({ id }) => id !== user.id)!;

/** Everything that the blocker can do, from two servers, short of lifting the block. */
async function beBusy(b: Person, sockets: readonly TestSocket[], room: Room): Promise<void> {
  const inRoom = { room_id: room.id };
  for (const socket of sockets) {
    await socket.ask({ type: 'typing', ...inRoom });
    await socket.ask({ type: 'delivered', ...inRoom, seq: 99 });
    await socket.ask({ type: 'read', ...inRoom, seq: 99 });
    expect(await socket.ask({ type: 'message', ...inRoom, text: 'no' })).toMatchObject({ code: 'blocked' });
    await socket.ask({ type: 'sync', rooms: {} });
  }
  const device = await distant.open(b.token, `/ws/chat/${room.id}/`);
  await device.ask({ type: 'typing' });
  device.close();
  await as(b, 'PATCH', `/api/rooms/${room.id}/settings/`, { share_read: false, share_presence: false });
  await as(b, 'PATCH', `/api/rooms/${room.id}/settings/`, { share_read: null, share_presence: true });
  await as(b, 'PATCH', '/api/me/', { share_read: false, share_delivered: false, display_name: 'Other' });
  await as(b, 'POST', `/api/rooms/${room.id}/report/`, { reason: 'noise' });
  await as(b, 'POST', `/api/rooms/${room.id}/accept/`);
  expect((await block(b, { user: roomPeer(room, b) } as Person)).status).toBe(204);
}

/** A chat in which both have written and read. Then the other goes away, or blocks the first and is busy. */
async function story(goes: 'offline' | 'blocks', hides: object): Promise<string> {
  const { a, b, room } = await newChat();
  const eyes = await Eyes.open(servers, a, room);
  const ofB = [await open(b.token), await distant.open(b.token)];
  if (Object.keys(hides).length > 0) await as(b, 'PATCH', '/api/me/', hides);
  await send(b, room.id, 'second');
  await ofB[0]!.ask({ type: 'read', room_id: room.id, seq: 1 });
  await send(a, room.id, 'third');
  for (const socket of eyes.sockets.slice(0, 2)) {
    await socket.next('message', ({ message }) => message.text === 'third');
  }
  await eyes.begin();
  const isOffline = () =>
    eyes.sockets.every((socket) =>
      socket.all('presence').some(({ user_id, online }) => user_id === b.user.id && !online),
    );
  if (goes === 'blocks') expect((await block(b, a)).status).toBe(204);
  else for (const socket of ofB) socket.terminate();
  // Presence is the one thing that comes.
  for (let i = 0; i < 40 && !isOffline(); i++) await sleep(50);
  await eyes.settled();
  if (goes === 'blocks') await beBusy(b, ofB, room);
  await useEverything(eyes, room, b);
  if (goes === 'blocks') await beBusy(b, ofB, room);
  await eyes.settled();
  return eyes.seen(
    new Map([
      [a.user.id, 'A'],
      [b.user.id, 'B'],
    ]),
  );
}

/** Somebody writes to a stranger for the first time, who is offline, or online and has blocked the other. */
async function firstContact(isBlocked: boolean): Promise<string> {
  const [a, b] = [await newPerson(), await newPerson()];
  const ofB = isBlocked ? await open(b.token) : null;
  if (isBlocked) await block(b, a);
  const room = await roomOf(a, b);
  const eyes = await Eyes.open(servers, a, room);
  await useEverything(eyes, room, b);
  if (ofB) {
    await ofB.settled();
    expect(ofB.frames.map(({ type }) => type)).toEqual(['hello', 'error']);
    expect(await ofB.ask({ type: 'sync', rooms: {} })).toMatchObject({ rooms: [] });
    expect((await as(b, 'GET', `/api/rooms/${room.id}/`)).status).toBe(404);
  }
  const names = new Map([
    [a.user.id, 'A'],
    [b.user.id, 'B'],
  ]);
  return eyes.seen(names);
}

describe('a blocked user', () => {
  it.each([
    ['nothing', {}],
    ['receipts', { share_read: false, share_delivered: false }],
    ['presence', { share_presence: false }],
  ])(
    'sees what it sees of somebody who went offline, byte for byte, who hides %s',
    async (_, hides) => {
      const blocked = await story('blocks', hides);
      expect(blocked).toBe(await story('offline', hides));
      expect(blocked).toContain('"text": "four"');
    },
    30_000,
  );

  it('sees what it sees of a stranger who is offline, when it writes for the first time', async () => {
    expect(await firstContact(true)).toBe(await firstContact(false));
  }, 30_000);

  it('cannot find by the numbers or times of a room that it was blocked before', async () => {
    const [a, b, c] = [await newPerson(), await newPerson(), await newPerson()];
    await block(b, a);
    const [{ id: earlier }] = (await servers.near.sql<{ id: number }>(
      'SELECT max(id)::int AS id FROM rooms',
    )) as [{ id: number }];
    expect((await as(a, 'GET', `/api/rooms/${earlier}/`)).status).toBe(404);
    const [before, room] = [await roomOf(a, c), await roomOf(a, b)];
    expect(room.id).toBeGreaterThan(before.id);
    expect(Date.parse(room.created_at)).toBeGreaterThanOrEqual(Date.parse(before.created_at));
  });

  it('stays blocked when both open the chat at the same moment', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 10 }, async () => [await newPerson(), await newPerson()]),
    );
    for (const [a, b] of pairs as [Person, Person][]) {
      const [room] = await Promise.all([roomOf(a, b), distant.block(b, a)]);
      await send(a, room.id, 'hello');
      expect((await listed(b, room.id))?.last_seq ?? 0).toBe(0);
      expect((await as<User[]>(b, 'GET', '/api/me/blocked/')).body).toMatchObject([{ id: a.user.id }]);
    }
  });
});
