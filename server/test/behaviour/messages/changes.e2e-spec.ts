import type { Message, MessageEdit, MessagePage, Problem, Room, SyncAck, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { statementsOf } from '../../support/statements.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

const MINUTES_AGO = (minutes: number) => `now() - interval '${minutes} minutes'`;

/** A room with one message of `a`, and both users' sockets. */
async function setUp(text = 'first') {
  const { room, a, b } = await parley.newRoom();
  const message = await parley.send(room.id, a.id, text);
  const [ofA, ofB] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
  return { room, a, b, message, ofA, ofB };
}

const edit = (id: number, user: User, text: string) =>
  parley.call<Message & Problem>('PATCH', `/api/messages/${id}/?active_user=${user.id}`, { body: { text } });
const remove = (id: number, user: User) =>
  parley.call('DELETE', `/api/messages/${id}/?active_user=${user.id}`);
const react = (id: number, user: User, emoji: string, method: 'PUT' | 'DELETE' = 'PUT') =>
  parley.call(method, `/api/messages/${id}/reactions/${encodeURIComponent(emoji)}/?active_user=${user.id}`);
const editsOf = async (id: number, user: User) =>
  (await parley.get<MessageEdit[]>(`/api/messages/${id}/edits/?active_user=${user.id}`)).body;
const stored = async (room: Room, seq = 1) => (await parley.history(room.id))[seq - 1]!;

describe('an edit', () => {
  it('reaches every socket of both users with the next rev, and leaves seq and unread as they are', async () => {
    const { room, a, b, message, ofA, ofB } = await setUp();
    const legacy = await parley.roomSocket(room.id);
    const ack = await ofA.ask({ type: 'edit', message_id: message.id, text: ' second ' });
    expect(ack).toMatchObject({ type: 'ack', message_id: message.id, rev: 2 });
    const updated = { message: { id: message.id, seq: 1, text: 'second' }, rev: 2 };
    for (const socket of [ofA, ofB, legacy]) expect(await socket.next('updated')).toMatchObject(updated);
    const changes = ofA.frames.filter(({ type }) => type === 'updated' || type === 'ack');
    expect(changes.map(({ type }) => type)).toEqual(['updated', 'ack']);
    const seen = await parley.room(room.id, b.id);
    expect(seen).toMatchObject({ last_seq: 1, rev: 2, unread_count: 1, last_message: { text: 'second' } });
    expect(Date.parse((await stored(room)).edited_at ?? '')).toBeGreaterThan(Date.parse(message.timestamp));
    expect(await editsOf(message.id, b)).toMatchObject([{ text: 'first' }]);
    expect(a.id).toBe(message.sender.id);
  });

  it('changes nothing when the text is the same, also when it is repeated', async () => {
    const { room, a, message, ofA } = await setUp();
    for (const text of ['first', 'second', 'second']) {
      expect(await edit(message.id, a, text)).toMatchObject({ status: 200, body: { text } });
    }
    expect(await ofA.ask({ type: 'edit', message_id: message.id, text: 'second' })).toMatchObject({ rev: 2 });
    expect(await parley.room(room.id, a.id)).toMatchObject({ rev: 2 });
    expect(await editsOf(message.id, a)).toHaveLength(1);
  });

  it('is found by sync and by changed_since when its frame is missed', async () => {
    const { room, a, b, message, ofB } = await setUp();
    await edit(message.id, a, 'second');
    const answer = (await ofB.ask({ type: 'sync', rooms: { [room.id]: 1 } })) as unknown as SyncAck;
    expect(answer.rooms).toMatchObject([{ reset: false, messages: [{ id: message.id, text: 'second' }] }]);
    const { body } = await parley.get<MessagePage>(
      `/api/rooms/${room.id}/messages/?changed_since=1&active_user=${b.id}`,
    );
    expect(body.results).toMatchObject([{ text: 'second' }]);
  });

  it('keeps every text of concurrent edits, each with a rev of its own', async () => {
    const { room, a, message } = await setUp('0');
    const texts = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
    const answers = await Promise.all(texts.map((text) => edit(message.id, a, text)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const last = await stored(room);
    const edits = await editsOf(message.id, a);
    expect(edits[0]?.text).toBe('0');
    expect([...edits.map(({ text }) => text), last.text].toSorted()).toEqual(['0', ...texts].toSorted());
    expect(await parley.room(room.id, a.id)).toMatchObject({ rev: 21, last_seq: 1 });
  });

  it('is refused to everyone but the author, for a text that is none, and after the window', async () => {
    const { a, b, message, ofA } = await setUp();
    expect(await edit(message.id, b, 'x')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await edit(message.id, a, ' \u200b')).toMatchObject({ status: 400, body: { code: 'bad_frame' } });
    expect(await edit(message.id, a, 'x'.repeat(4_001))).toMatchObject({ body: { code: 'too_long' } });
    await parley.sql(`UPDATE messages SET created_at = ${MINUTES_AGO(16)} WHERE id = $1`, [message.id]);
    expect(await edit(message.id, a, 'x')).toMatchObject({ status: 403, body: { code: 'edit_window_over' } });
    expect(await ofA.ask({ type: 'edit', message_id: message.id, text: 'x' })).toMatchObject({
      code: 'edit_window_over',
    });
    // The repetition of one whose ack was lost.
    expect((await edit(message.id, a, 'first')).status).toBe(200);
  });

  it('is refused as too many after a hundred', async () => {
    const { a, message } = await setUp();
    await parley.sql(
      `UPDATE messages SET edits = (SELECT jsonb_agg(jsonb_build_object('text', '', 'edited_at', now(), 'rev', 1)) FROM generate_series(1, 100))
       WHERE id = $1`,
      [message.id],
    );
    expect(await edit(message.id, a, 'x')).toMatchObject({ status: 409, body: { code: 'too_many' } });
  });

  it('leaves the message what its client_id names', async () => {
    const { room, a, ofA } = await setUp();
    const sent = { type: 'message', room_id: room.id, text: 'one', client_id: crypto.randomUUID() };
    const { message } = (await ofA.ask(sent)) as unknown as { message: Message };
    await edit(message.id, a, 'two');
    await react(message.id, a, '👍');
    const repeated = { id: message.id, text: 'two', reactions: [{ emoji: '👍', user_ids: [a.id] }] };
    expect(await ofA.ask(sent)).toMatchObject({ type: 'ack', message: repeated });
    await remove(message.id, a);
    expect(await ofA.ask(sent)).toMatchObject({ type: 'ack', message: { id: message.id, text: '' } });
  });
});

describe('a deletion', () => {
  it('leaves the message in its place without text, edits and reactions, for both', async () => {
    const { room, a, b, message, ofA, ofB } = await setUp();
    await edit(message.id, a, 'second');
    await react(message.id, b, '👍');
    expect(await ofA.ask({ type: 'delete', message_id: message.id })).toMatchObject({ type: 'ack', rev: 4 });
    const tombstone = { id: message.id, seq: 1, text: '', edited_at: null, reactions: [] };
    await ofB.settled();
    expect(ofB.all('updated').at(-1)).toMatchObject({ message: tombstone, rev: 4 });
    expect(await stored(room)).toMatchObject({ ...tombstone, deleted_at: expect.any(String) as string });
    expect(await editsOf(message.id, b)).toEqual([]);
    const rows = await parley.sql<{ row: string }>(
      `SELECT to_jsonb(m)::text AS row FROM messages m WHERE id = $1`,
      [message.id],
    );
    expect(rows[0]?.row).not.toMatch(/first|second|👍/);
    expect(await parley.room(room.id, b.id)).toMatchObject({ last_seq: 1, unread_count: 1, rev: 4 });
  });

  it('is answered alike when it is repeated, and ends edits and reactions', async () => {
    const { a, b, message, room } = await setUp();
    expect([(await remove(message.id, a)).status, (await remove(message.id, a)).status]).toEqual([204, 204]);
    expect(await edit(message.id, a, 'x')).toMatchObject({ status: 409, body: { code: 'deleted' } });
    expect(await react(message.id, b, '👍')).toMatchObject({ status: 409, body: { code: 'deleted' } });
    expect(await parley.room(room.id, a.id)).toMatchObject({ rev: 2 });
  });

  it('is refused to the receiver, and after the window', async () => {
    const { a, b, message } = await setUp();
    expect(await remove(message.id, b)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await parley.sql(`UPDATE messages SET created_at = ${MINUTES_AGO(24 * 60 + 1)} WHERE id = $1`, [
      message.id,
    ]);
    expect(await remove(message.id, a)).toMatchObject({ status: 403, body: { code: 'edit_window_over' } });
  });
});

describe('a reaction', () => {
  it('is there once per user and emoji, in the order of first use', async () => {
    const { room, a, b, message, ofA, ofB } = await setUp();
    const frame = { type: 'react', message_id: message.id, on: true };
    expect(await ofB.ask({ ...frame, emoji: '👍' })).toMatchObject({ type: 'ack', rev: 2 });
    expect(await ofB.ask({ ...frame, emoji: '👍' })).toMatchObject({ type: 'ack', rev: 2 });
    expect((await react(message.id, a, '❤️')).status).toBe(204);
    expect((await react(message.id, a, '👍')).status).toBe(204);
    const both = [
      { emoji: '👍', user_ids: [b.id, a.id] },
      { emoji: '❤️', user_ids: [a.id] },
    ];
    expect((await stored(room)).reactions).toEqual(both);
    await ofA.settled();
    expect(ofA.all('updated').map(({ rev }) => rev)).toEqual([2, 3, 4]);
    expect(ofA.all('updated').at(-1)?.message.reactions).toEqual(both);
    for (const emoji of ['👍', '👍']) expect((await react(message.id, b, emoji, 'DELETE')).status).toBe(204);
    expect((await stored(room)).reactions).toEqual([
      { emoji: '❤️', user_ids: [a.id] },
      { emoji: '👍', user_ids: [a.id] },
    ]);
    expect(await parley.room(room.id, b.id)).toMatchObject({ rev: 5, unread_count: 1 });
    await react(message.id, a, '❤️', 'DELETE');
    await react(message.id, a, '👍', 'DELETE');
    expect((await stored(room)).reactions).toEqual([]);
  });

  it.each(['👩🏻‍❤️‍💋‍👨🏻', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '🇪🇺', '👨‍👩‍👧‍👦'])('can be %s', async (emoji) => {
    const { room, b, message } = await setUp();
    expect((await react(message.id, b, emoji)).status).toBe(204);
    expect((await stored(room)).reactions).toEqual([{ emoji, user_ids: [b.id] }]);
  });

  it.each(['x', '👍👍', '❤', '', ' 👍', '👍'.repeat(100), '🇪', '\u200d', '<b>'])(
    'is refused when it is %j',
    async (emoji) => {
      const { message, ofB } = await setUp();
      const answer = await ofB.ask({ type: 'react', message_id: message.id, emoji, on: true });
      expect(answer).toMatchObject({ type: 'error', code: 'bad_frame', message: 'emoji: must be one emoji' });
    },
  );

  it('is refused as too many beyond twenty different ones, and not when the emoji is there', async () => {
    const { a, b, message } = await setUp();
    const emojis = Array.from({ length: 21 }, (_, i) => String.fromCodePoint(0x1f600 + i));
    const statuses: number[] = [];
    for (const [i, emoji] of emojis.entries())
      statuses.push((await react(message.id, i % 2 ? a : b, emoji)).status);
    expect(statuses).toEqual([...Array<number>(20).fill(204), 409]);
    expect((await react(message.id, a, emojis[0]!)).status).toBe(204);
  });
});

describe('a reply', () => {
  it('shows what it answers in every answer and frame, as that is now', async () => {
    const { room, a, b, message, ofA, ofB } = await setUp('é'.repeat(50) + '😀'.repeat(100));
    const frame = { type: 'message', room_id: room.id, text: 'an answer', reply_to: message.id };
    const quote = {
      id: message.id,
      seq: 1,
      sender_id: a.id,
      text: 'é'.repeat(50) + '😀'.repeat(50),
      deleted: false,
    };
    expect(await ofB.ask(frame)).toMatchObject({ message: { reply_to: quote } });
    expect(await ofA.next('message')).toMatchObject({ message: { reply_to: quote } });
    await edit(message.id, a, 'another text');
    const edited = { ...quote, text: 'another text' };
    expect((await stored(room, 2)).reply_to).toEqual(edited);
    expect((await parley.room(room.id, a.id)).last_message?.reply_to).toEqual(edited);
    const { body: rooms } = await parley.get<Room[]>(`/api/rooms/?active_user=${b.id}`);
    expect(rooms[0]?.last_message?.reply_to).toEqual(edited);
    const answer = (await ofA.ask({ type: 'sync', rooms: { [room.id]: 1 } })) as unknown as SyncAck;
    expect(answer.rooms[0]?.messages[1]?.reply_to).toEqual(edited);
    await remove(message.id, a);
    expect((await stored(room, 2)).reply_to).toEqual({ ...quote, text: '', deleted: true });
    const changed = await edit((await stored(room, 2)).id, b, 'another answer');
    expect(changed.body.reply_to).toMatchObject({ deleted: true });
  });

  it('keeps its place among other messages of a batch', async () => {
    const { room, message, ofA, ofB } = await setUp();
    const frames = Array.from({ length: 40 }, (_, i) => ({
      type: 'message',
      room_id: room.id,
      text: `${i}`,
      ...(i % 3 ? {} : { reply_to: message.id }),
    }));
    await Promise.all(frames.map((frame) => ofA.ask(frame)));
    await ofB.settled();
    const seqs = ofB.all('message').map(({ message: { seq } }) => seq);
    expect(seqs).toEqual(Array.from({ length: 40 }, (_, i) => i + 2));
  });

  it('costs a page one statement more, and a page without replies none', async () => {
    const { room, a, message } = await setUp();
    await react(message.id, a, '👍');
    const read = () => parley.get(`/api/rooms/${room.id}/messages/?active_user=${a.id}`);
    const page = async () => {
      await read();
      return statementsOf(read);
    };
    const plain = (await page()).length;
    for (let i = 0; i < 3; i++)
      await parley.post(`/api/rooms/${room.id}/messages/`, {
        text: 'x',
        reply_to: message.id,
        active_user_id: a.id,
      });
    expect((await page()).length).toBe(plain + 1);
  });
});
