import type { Message, MessageEdit, MessagePage, Problem, Room, SearchPage, SyncAck } from '@parley/shared';
import type { Person } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { privacyTools } from '../../support/privacy.js';
import { fillRoom } from '../../support/rows.js';
import { indexed } from '../../support/search.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off', SEARCH_INDEX_SECONDS: '0.1' });
});
afterAll(() => parley.stop());

const { as, open, roomAs, send, newChat, newRequest, block, unblock, listed } = privacyTools(() => parley);

const edit = (person: Person, id: number, text: string) =>
  as<Message & Problem>(person, 'PATCH', `/api/messages/${id}/`, { text });
const react = (person: Person, id: number, emoji: string, method: 'PUT' | 'DELETE' = 'PUT') =>
  as<Problem>(person, method, `/api/messages/${id}/reactions/${encodeURIComponent(emoji)}/`);
const remove = (person: Person, id: number) => as<Problem>(person, 'DELETE', `/api/messages/${id}/`);
const page = async (person: Person, room: Room, query = '') =>
  (await as<MessagePage>(person, 'GET', `/api/rooms/${room.id}/messages/${query}`)).body.results;
const editsOf = async (person: Person, id: number) =>
  (await as<MessageEdit[]>(person, 'GET', `/api/messages/${id}/edits/`)).body.map(({ text }) => text);

const found = async (person: Person, q: string, limit = 20) => {
  const { body } = await as<SearchPage>(person, 'GET', `/api/search/?q=${q}&limit=${limit}`);
  return { texts: body.results.map(({ message }) => message.text), next: body.next };
};

const contentOf = ({ text, edited_at, deleted_at, reactions, reply_to }: Message) => ({
  text,
  edited_at,
  deleted_at,
  reactions,
  reply_to,
});

/** Everything that a person can read of a room, without the presence and the receipts of the other. */
async function readBy(person: Person, room: Room) {
  const own = await roomAs(person, room.id);
  const socket = await open(person.token);
  const synced = (await socket.ask({
    type: 'sync',
    rooms: { [room.id]: own.rev - 1 },
  })) as unknown as SyncAck;
  socket.terminate();
  const inList = await listed(person, room.id);
  return {
    rev: own.rev,
    unread: own.unread_count,
    last: own.last_message && contentOf(own.last_message),
    inList: inList?.last_message && contentOf(inList.last_message),
    messages: (await page(person, room)).map(contentOf),
    changed: (await page(person, room, '?changed_since=0')).map(contentOf),
    synced: synced.rooms[0]?.messages.map(contentOf),
  };
}

describe('what a blocked user does to messages', () => {
  it('is acked to that user, and nothing of it reaches the one who has blocked', async () => {
    const { a, b, room } = await newChat();
    const mine = await send(a, room.id, 'one of a');
    await edit(a, mine.id, 'edited before the block');
    await react(b, mine.id, '👍');
    const theirs = await send(b, room.id, 'one of b');
    const { status, body: answer } = await as<Message>(a, 'POST', `/api/rooms/${room.id}/messages/`, {
      text: 'an answer',
      reply_to: mine.id,
    });
    expect(status).toBe(201);
    await block(b, a);
    const before = await readBy(b, room);
    const editsBefore = await editsOf(b, mine.id);
    const socket = await open(b.token);
    const ofA = await open(a.token);

    expect((await edit(a, mine.id, 'edited while blocked')).body.text).toBe('edited while blocked');
    expect((await edit(a, mine.id, 'edited twice')).status).toBe(200);
    expect((await edit(a, answer.id, 'another answer')).status).toBe(200);
    expect((await react(a, theirs.id, '❤️')).status).toBe(204);
    expect((await react(a, mine.id, '🎉')).status).toBe(204);
    expect(await ofA.ask({ type: 'react', message_id: theirs.id, emoji: '👀', on: true })).toMatchObject({
      type: 'ack',
    });
    await ofA.settled();
    expect(ofA.all('updated')).toHaveLength(6);
    await socket.settled();
    // `settled` itself makes one error.
    expect(socket.frames.map(({ type }) => type)).toEqual(['hello', 'error']);
    expect(await readBy(b, room)).toEqual(before);
    expect(await editsOf(b, mine.id)).toEqual(editsBefore);
    expect(await editsOf(a, mine.id)).toEqual([
      'one of a',
      'edited before the block',
      'edited while blocked',
    ]);

    // What was done meanwhile comes when the block is lifted.
    const { rev } = await roomAs(b, room.id);
    await unblock(b, a);
    const synced = (await socket.ask({ type: 'sync', rooms: { [room.id]: rev } })) as unknown as SyncAck;
    expect(synced.rooms[0]?.messages.map(({ text }) => text)).toEqual([
      'edited twice',
      'one of b',
      'another answer',
    ]);
    const now = await page(b, room);
    expect(now.map(({ text }) => text)).toEqual((await page(a, room)).map(({ text }) => text));
    expect(now[0]?.reply_to?.text).toBe('edited twice');
    expect(now[1]?.reactions).toEqual([
      { emoji: '❤️', user_ids: [a.user.id] },
      { emoji: '👀', user_ids: [a.user.id] },
    ]);
  });

  it('removes the content for both when it is a deletion, without a frame to the one who has blocked', async () => {
    const { a, b, room } = await newChat();
    const mine = await send(a, room.id, 'to be deleted');
    await block(b, a);
    const { rev } = await roomAs(b, room.id);
    const socket = await open(b.token);
    await edit(a, mine.id, 'edited');
    expect((await remove(a, mine.id)).status).toBe(204);
    await socket.settled();
    expect(socket.all('updated')).toEqual([]);
    expect(await roomAs(b, room.id)).toMatchObject({ rev, last_message: { text: '' } });
    const rows = await parley.sql(`SELECT FROM messages m WHERE m::text LIKE '%to be deleted%'`);
    expect(rows).toEqual([]);
  });

  it('is found by what the one who has blocked still sees, before the index knows of it and after', async () => {
    const { a, b, room } = await newChat();
    const messages: Message[] = [];
    for (const n of [1, 2, 3]) messages.push(await send(a, room.id, `harbour ${n}`));
    await block(b, a);
    await edit(a, messages[0]!.id, 'lighthouse 1');
    await edit(a, messages[1]!.id, 'lighthouse 2');
    await react(a, messages[2]!.id, '👍');
    await send(a, room.id, 'lighthouse 4');
    const nothing = { texts: [], next: null };
    const all = { texts: ['harbour 3', 'harbour 2', 'harbour 1'], next: null };
    const check = async () => {
      // Not even a cursor shows that there is something.
      for (const limit of [1, 20]) expect(await found(b, 'lighthouse', limit)).toEqual(nothing);
      expect(await found(b, 'harbour')).toEqual(all);
      expect((await found(a, 'lighthouse')).texts).toEqual(['lighthouse 4', 'lighthouse 2', 'lighthouse 1']);
      expect((await found(a, 'harbour')).texts).toEqual(['harbour 3']);
    };
    await check();
    // Enough for a segment of the index.
    await fillRoom(parley, room.id, a.user.id, 64);
    await indexed(parley, room.id);
    await check();
    await unblock(b, a);
    expect((await found(b, 'lighthouse')).texts).toHaveLength(3);
    expect((await found(b, 'harbour')).texts).toEqual(['harbour 3']);
  });

  it('is refused to the one who has blocked, with the code of a message', async () => {
    const { a, b, room } = await newChat();
    const [mine, theirs] = [await send(b, room.id, 'mine'), await send(a, room.id, 'theirs')];
    await block(b, a);
    const late = await send(a, room.id, 'not seen');
    const answers = [await edit(b, mine.id, 'x'), await remove(b, mine.id), await react(b, theirs.id, '👍')];
    expect(answers.map(({ status, body: { code } }) => [status, code])).toEqual(
      answers.map(() => [403, 'blocked']),
    );
    // What is beyond the end of the view does not exist.
    expect((await react(b, late.id, '👍')).status).toBe(404);
    expect((await as(b, 'GET', `/api/messages/${late.id}/edits/`)).status).toBe(404);
  });
});

describe('a request', () => {
  it('takes no reaction before it is accepted, and shows what its sender changes', async () => {
    const { a, b, room } = await newRequest();
    const [first] = await page(b, room);
    expect(await react(b, first!.id, '👍')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const socket = await open(b.token);
    expect((await edit(a, first!.id, 'hello')).status).toBe(200);
    expect(await socket.next('updated')).toMatchObject({ message: { text: 'hello' } });
    expect((await as(b, 'POST', `/api/rooms/${room.id}/accept/`)).status).toBe(200);
    expect((await react(b, first!.id, '👍')).status).toBe(204);
  });
});

describe('a member who hides that messages are read', () => {
  it('shows it in no `updated`, and each member gets its own rev', async () => {
    const { a, b, room } = await newChat();
    const mine = await send(a, room.id, 'read in secret');
    await as(b, 'PATCH', '/api/me/', { share_read: false, share_delivered: false });
    const [ofA, ofB] = [await open(a.token), await open(b.token)];
    await ofB.ask({ type: 'read', room_id: room.id, seq: mine.seq });
    await react(b, mine.id, '👍');
    const [toA, toB] = [await ofA.next('updated'), await ofB.next('updated')];
    expect([toA.message.is_read, toB.message.is_read]).toEqual([false, true]);
    expect([toA.rev, toB.rev]).toEqual([(await roomAs(a, room.id)).rev, (await roomAs(b, room.id)).rev]);
    expect(toB.rev).toBeGreaterThan(toA.rev);
  });
});
