import {
  listSettingsOf,
  MAX_PINNED_ROOMS,
  MUTED_FOREVER,
  type Problem,
  type Room,
  type RoomSettings,
  type User,
} from '@parley/shared';
import { RESTORE_REV_STEP } from '../../../src/database/restore-rev-step.js';
import { accountTools, PASSWORD } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { privacyTools } from '../../support/privacy.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const pathOf = (room: Room, user: User) => `/api/rooms/${room.id}/settings/?active_user=${user.id}`;
const change = (room: Room, user: User, body: object) =>
  parley.call<RoomSettings & Problem>('PATCH', pathOf(room, user), { body });
const settingsOf = async (room: Room, user: User) =>
  (await parley.get<RoomSettings>(pathOf(room, user))).body;
const listOf = async (user: User) => (await parley.get<Room[]>(`/api/rooms/?active_user=${user.id}`)).body;
/** What a client makes of the room that it got. */
const derived = (room: Room, user: User) => listSettingsOf(room, user.id, Date.now());

const NOT_SHARED = { share_read: null, share_delivered: null, share_typing: null, share_presence: null };
const UNLISTED = { pinned: false, muted_until: null, archived: false, marked_unread: false };

describe('the settings of a chat', () => {
  it('are none at first, and are changed field by field', async () => {
    const { room, a } = await parley.newRoom();
    expect(await settingsOf(room, a)).toEqual({ ...NOT_SHARED, ...UNLISTED });
    expect(await parley.room(room.id, a.id)).not.toHaveProperty('listing');
    expect((await change(room, a, { pinned: true })).body).toEqual({
      ...NOT_SHARED,
      ...UNLISTED,
      pinned: true,
    });
    const { body } = await change(room, a, { muted_until: MUTED_FOREVER });
    expect(body).toMatchObject({ pinned: true, muted_until: MUTED_FOREVER });
    expect((await change(room, a, { pinned: false })).body).toMatchObject({ muted_until: MUTED_FOREVER });
    expect((await change(room, a, { muted_until: null })).body).toMatchObject(UNLISTED);
    expect((await change(room, a, {})).body).toMatchObject(UNLISTED);
  });

  it('are in the room as the user sees it, one by one and in the list, and never in that of the other', async () => {
    const { room, a, b } = await parley.newRoom();
    await parley.send(room.id, b.id, 'hello');
    const before = [await parley.room(room.id, b.id), await listOf(b)];
    await change(room, a, { pinned: true, marked_unread: true, muted_until: MUTED_FOREVER });
    const single = await parley.room(room.id, a.id);
    expect(derived(single, a)).toEqual({
      pinned: true,
      muted_until: MUTED_FOREVER,
      archived: false,
      marked_unread: true,
    });
    expect(await listOf(a)).toEqual([single]);
    expect([await parley.room(room.id, b.id), await listOf(b)]).toEqual(before);
  });

  it('go to the own user sockets as a frame, with what the room has, and to no other socket', async () => {
    const { room, a, b } = await parley.newRoom();
    const own = [await parley.userSocket(a.id), await parley.userSocket(a.id)];
    const others = [
      await parley.userSocket(b.id),
      await parley.roomSocket(room.id, a.id),
      await parley.roomSocket(room.id, b.id),
    ];
    const { body } = await change(room, a, { archived: true });
    const { listing } = await parley.room(room.id, a.id);
    for (const socket of own) {
      expect(await socket.next('settings')).toEqual({ ...body, type: 'settings', room_id: room.id, listing });
    }
    for (const socket of others) {
      await socket.settled();
      expect(socket.all('settings')).toEqual([]);
    }
  });

  it('archive a chat until its next message, of either member, and keep it archived while it is muted', async () => {
    const { room, a, b } = await parley.newRoom();
    await parley.send(room.id, b.id, 'hello');
    for (const sender of [a, b]) {
      expect((await change(room, a, { archived: true })).body.archived).toBe(true);
      await parley.send(room.id, sender.id, 'again');
      expect((await settingsOf(room, a)).archived).toBe(false);
    }
    await change(room, a, { archived: true, muted_until: MUTED_FOREVER });
    await parley.send(room.id, b.id, 'are you there?');
    expect((await settingsOf(room, a)).archived).toBe(true);
    expect((await change(room, a, { muted_until: null })).body.archived).toBe(false);
  });

  it('mark a chat as unread until the user reads further', async () => {
    const { room, a, b } = await parley.newRoom();
    const first = await parley.send(room.id, b.id, 'hello');
    await parley.post(`/api/messages/${first.id}/read/`, { active_user_id: a.id });
    expect((await change(room, a, { marked_unread: true })).body.marked_unread).toBe(true);
    const next = await parley.send(room.id, b.id, 'and?');
    expect((await settingsOf(room, a)).marked_unread).toBe(true);
    await parley.post(`/api/messages/${next.id}/read/`, { active_user_id: a.id });
    expect((await settingsOf(room, a)).marked_unread).toBe(false);
    await change(room, a, { marked_unread: true });
    expect((await change(room, a, { marked_unread: false })).body.marked_unread).toBe(false);
  });

  it('end a mute when its time is over', async () => {
    const { room, a } = await parley.newRoom();
    const soon = new Date(Date.now() + 600).toISOString();
    expect((await change(room, a, { muted_until: soon })).body.muted_until).toBe(soon);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await settingsOf(room, a)).muted_until).toBeNull();
    for (const past of ['1970-01-01T00:00:00Z', '2020-02-29T00:00:00.5Z']) {
      expect((await change(room, a, { muted_until: past })).body.muted_until).toBeNull();
    }
  });

  it('unpin what is archived, and take from the archive what is pinned', async () => {
    const { room, a } = await parley.newRoom();
    await change(room, a, { pinned: true });
    expect((await change(room, a, { archived: true })).body).toMatchObject({ pinned: false, archived: true });
    expect((await change(room, a, { pinned: true })).body).toMatchObject({ pinned: true, archived: false });
    const both = { pinned: true, archived: true };
    expect((await change(room, a, both)).body).toMatchObject(both);
  });

  it('pin so many chats and no more, and those again that are pinned', async () => {
    const { room: extra, a } = await parley.newRoom();
    const rooms: Room[] = [];
    for (let i = 0; i < MAX_PINNED_ROOMS; i++) {
      const other = await parley.newUser();
      const { body: room } = await parley.post<Room>('/api/rooms/create/', {
        user_id: other.id,
        active_user_id: a.id,
      });
      rooms.push(room);
      expect((await change(room, a, { pinned: true })).status).toBe(200);
    }
    const refused = await change(extra, a, { pinned: true, archived: true });
    expect([refused.status, refused.body.code]).toEqual([409, 'too_many']);
    expect(await settingsOf(extra, a)).toMatchObject(UNLISTED);
    expect((await change(rooms[0]!, a, { pinned: true })).status).toBe(200);
    await change(rooms[1]!, a, { pinned: false });
    expect((await change(extra, a, { pinned: true })).status).toBe(200);
  });

  it('refuse what is not one, with the name of the field', async () => {
    const { room, a } = await parley.newRoom();
    const wrong: [object, string][] = [
      [{ pinned: 1 }, 'pinned'],
      [{ pinned: null }, 'pinned'],
      [{ archived: 'yes' }, 'archived'],
      [{ marked_unread: null }, 'marked_unread'],
      [{ muted_until: 5 }, 'muted_until'],
      [{ muted_until: 'tomorrow' }, 'muted_until'],
      [{ muted_until: '2026-13-01T00:00:00Z' }, 'muted_until'],
      [{ muted: true }, 'muted'],
    ];
    for (const [body, field] of wrong) {
      const answer = await change(room, a, body);
      expect([answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    }
    expect((await parley.call('PATCH', `/api/rooms/${room.id}/settings/`, { body: {} })).status).toBe(400);
    const stranger = await parley.newUser();
    expect((await change(room, stranger, { pinned: true })).status).toBe(404);
  });

  it('are counted for each user without a gap, and sync brings those that a client has missed', async () => {
    const { room, a, b } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const sync = async (fields: object) => {
      const answer = await socket.ask({ type: 'sync', rooms: {}, ...fields });
      if (!('unknown' in answer)) throw new Error(JSON.stringify(answer));
      return answer;
    };
    expect(await sync({})).not.toHaveProperty('listings');
    expect((await sync({ listing_rev: 0 })).listings).toEqual([]);
    const changes = Array.from({ length: 12 }, (_, i) => change(room, a, { pinned: i % 2 === 0 }));
    await Promise.all([...changes, change(room, b, { pinned: true })]);
    const { listings } = await sync({ listing_rev: 0 });
    const { listing } = await parley.room(room.id, a.id);
    expect(listings).toEqual([{ room_id: room.id, ...listing }]);
    expect(listing?.rev).toBe(12);
    expect((await sync({ listing_rev: 11 })).listings).toEqual(listings);
    expect((await sync({ listing_rev: 12 })).listings).toEqual([]);
    const frames = socket.all('settings').map((frame) => frame.listing?.rev);
    expect(Math.max(...frames.map((rev) => rev ?? 0))).toBe(12);
    // The answer to a sync has them in the rooms, too.
    expect((await sync({})).rooms.map((entry) => entry.room.listing)).toEqual([listing]);
    // A client that has more, or less by a restore, has them of another database.
    const { listings_reset: isReset, listings: all } = await sync({ listing_rev: 13 });
    expect([isReset, all]).toEqual([true, listings]);
    await parley.sql('UPDATE room_member_settings SET rev = rev + $1', [RESTORE_REV_STEP]);
    await parley.sql('UPDATE users SET listing_rev = listing_rev + $1', [RESTORE_REV_STEP]);
    const restored = await sync({ listing_rev: 12 });
    expect(restored).toMatchObject({ listings_reset: true, listings: [{ rev: 12 + RESTORE_REV_STEP }] });
    expect(await sync({ listing_rev: 12 + RESTORE_REV_STEP })).not.toHaveProperty('listings_reset');
    expect(await sync({ listing_rev: 0 })).not.toHaveProperty('listings_reset');
    expect(await socket.ask({ type: 'sync', rooms: {}, listing_rev: -1 })).toMatchObject({
      code: 'bad_frame',
    });
  });
});

describe('with accounts', () => {
  let accounts: Parley;
  beforeAll(async () => {
    accounts = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
  });
  afterAll(() => accounts.stop());
  const { as, newChat, newPerson, roomOf, block, listed, send } = privacyTools(() => accounts);
  const { registered } = accountTools(() => accounts);

  it('keep a chat archived whose other member the user has blocked, whatever that one sends', async () => {
    const { a, b, room } = await newChat();
    await block(a, b);
    await as(a, 'PATCH', `/api/rooms/${room.id}/settings/`, { archived: true });
    await send(b, room.id, 'hello?');
    const seen = await listed(a, room.id);
    expect(listSettingsOf(seen!, a.user.id, Date.now()).archived).toBe(true);
  });

  it('are deleted with the account, and stay for the other', async () => {
    const [a, b] = [await registered(), await newPerson()];
    const room = await roomOf(a, b);
    await send(a, room.id, 'hello');
    for (const person of [a, b]) {
      await as(person, 'PATCH', `/api/rooms/${room.id}/settings/`, { pinned: true, share_read: false });
    }
    expect((await as(a, 'DELETE', '/api/me/', { password: PASSWORD })).status).toBe(204);
    const rows = await accounts.sql<{ user_id: number }>(
      'SELECT user_id::int FROM room_member_settings WHERE room_id = $1',
      [room.id],
    );
    expect(rows).toEqual([{ user_id: b.user.id }]);
    expect((await as<RoomSettings>(b, 'GET', `/api/rooms/${room.id}/settings/`)).body).toMatchObject({
      pinned: true,
      share_read: false,
    });
  });
});
