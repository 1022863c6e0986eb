import type { Room } from '@parley/shared';
import type { Person } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { privacyTools } from '../../support/privacy.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const { as, newPerson, roomOf, open, listed, roomAs, send, newChat, newRequest, block, unblock } =
  privacyTools(() => parley);

const setTimer = (person: Person, { id }: Room, seconds: number | null) =>
  as<Room & { code?: string }>(person, 'PUT', `/api/rooms/${id}/timer/`, { seconds });

describe('a timer of a chat in which one has blocked the other', () => {
  it('cannot be set by the blocker, and is set by the blocked without a sign to either that there is a block', async () => {
    const [{ a, b, room }, plain] = [await newChat(), await newChat()];
    await setTimer(b, room, 60);
    await setTimer(plain.b, plain.room, 60);
    await block(b, a);
    const [mine, theirs] = [await open(a.token), await open(b.token)];
    const before = await roomAs(b, room.id);
    const refused = await setTimer(b, room, 3_600);
    expect([refused.status, refused.body.code]).toEqual([403, 'blocked']);

    const set = await setTimer(a, room, 86_400);
    const unblocked = await setTimer(plain.a, plain.room, 86_400);
    expect([set.status, set.body.timer?.seconds, set.body.timer?.after_seq]).toEqual([
      unblocked.status,
      unblocked.body.timer?.seconds,
      unblocked.body.timer?.after_seq,
    ]);
    expect((await mine.next('room')).room.timer).toEqual(set.body.timer);
    const sent = await send(a, room.id, 'while blocked');
    expect(sent.expires_at).toBeDefined();

    await theirs.settled();
    expect(theirs.frames.filter(({ type }) => type === 'room' || type === 'message')).toEqual([]);
    expect(await roomAs(b, room.id)).toEqual(before);
    expect(before.timer?.seconds).toBe(60);

    await unblock(b, a);
    expect((await roomAs(b, room.id)).timer).toEqual(set.body.timer);
  });

  it('says nothing to the blocker of messages beyond what the blocker sees', async () => {
    const { a, b, room } = await newChat();
    await block(b, a);
    const before = await roomAs(b, room.id);
    for (let i = 0; i < 3; i++) await send(a, room.id, `while blocked ${i}`);
    await parley.sql(`UPDATE messages SET expires_at = now() WHERE room_id = $1`, [room.id]);
    await parley.sql(`UPDATE rooms SET expired_seq = last_seq WHERE id = $1`, [room.id]);
    const after = await roomAs(b, room.id);
    expect([after.last_seq, after.rev, after.unread_count, after.expired_seq]).toEqual([
      before.last_seq,
      before.rev,
      before.unread_count,
      before.last_seq,
    ]);
  });
});

describe('a timer of somebody new', () => {
  it('cannot be set by the receiver before the request is accepted', async () => {
    const { a, b, room } = await newRequest();
    const refused = await setTimer(b, room, 60);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect((await setTimer(a, room, 60)).status).toBe(200);
    expect((await roomAs(b, room.id)).timer?.seconds).toBe(60);
    await as(b, 'POST', `/api/rooms/${room.id}/accept/`);
    expect((await setTimer(b, room, null)).body.timer).toMatchObject({ seconds: null, user_id: b.user.id });
  });

  it('does not show a chat without messages to the other', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const theirs = await open(b.token);
    expect((await setTimer(a, room, 60)).status).toBe(200);
    await theirs.settled();
    expect(theirs.frames.filter(({ type }) => type === 'room')).toEqual([]);
    expect(await listed(b, room.id)).toBeUndefined();
    await send(a, room.id, 'hello');
    expect((await listed(b, room.id))?.timer?.seconds).toBe(60);
  });

  it('is refused in a chat whose other account is deleted', async () => {
    const { a, b, room } = await newChat();
    await parley.sql('UPDATE rooms SET closed = true WHERE id = $1', [room.id]);
    const refused = await setTimer(a, room, 60);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect((await roomAs(b, room.id)).timer).toBeUndefined();
  });
});
