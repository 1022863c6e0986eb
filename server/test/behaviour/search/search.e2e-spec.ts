import { fold, foldQuery, type Message, type Room, type SearchPage, type User } from '@parley/shared';
import fc from 'fast-check';
import { gramAt } from '../../../src/search/grams.js';
import { readPage, type PostingsPage } from '../../../src/search/postings.js';
import { until } from '../../faults/harness/wait.js';
import { Parley } from '../../support/parley.js';
import { fillRoom } from '../../support/rows.js';
import { indexed as untilIndexed } from '../../support/search.js';

/** Indexed at once, and read where it is not. */
let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off', SEARCH_INDEX_SECONDS: '0.1' });
});
afterAll(() => parley.stop());

const path = (user: User, parameters: Record<string, string | number>) =>
  `/api/search/?${new URLSearchParams({ active_user: String(user.id), ...parameters } as Record<string, string>)}`;
const page = async (user: User, parameters: Record<string, string | number>) => {
  const { status, body } = await parley.get<SearchPage>(path(user, parameters));
  expect([parameters, status]).toEqual([parameters, 200]);
  return body;
};
/** The texts of all hits, on however many pages. */
async function hits(user: User, q: string, filters: Record<string, string | number> = {}): Promise<string[]> {
  const texts: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { results, next }: SearchPage = await page(user, { q, ...filters, ...(cursor ? { cursor } : {}) });
    texts.push(...results.map(({ message }) => message.text));
    cursor = next;
  }
  return texts;
}
const indexed = (roomId: number) => untilIndexed(parley, roomId);
/** Changes a message by SQL as an edit or a deletion does. @param values what else is set. */
const change = (roomId: number, seq: number, text: string, values: string) =>
  parley.sql(
    `WITH room AS (UPDATE rooms SET rev = rev + 1 WHERE id = $1 RETURNING rev)
     UPDATE messages m SET changed = true, rev = room.rev, text = $3, ${values} FROM room WHERE room_id = $1 AND seq = $2`,
    [roomId, seq, text],
  );

/** Which of `goe` and `sta` are in the index of the room. */
async function fragments({ id }: Pick<Room, 'id'>): Promise<string[]> {
  const pages = await parley.sql<PostingsPage>(
    `SELECT p.gram::float8 AS gram, p.data FROM message_search_pages p JOIN message_search_segments s ON s.id = p.segment_id
     WHERE s.room_id = $1 AND s.retired_at IS NULL`,
    [id],
  );
  return ['goe', 'sta'].filter((text) => {
    const lists: number[][] = [];
    for (const postings of pages) readPage(postings, { low: gramAt(text, 0), high: gramAt(text, 0) }, lists);
    return lists.length > 0;
  });
}

describe('a search finds a fragment', () => {
  const TEXTS = [
    'Übermäßig schöne Straßen in Łódź',
    'Crème brûlée, naïve façade',
    'Съешь же ещё этих мягких французских булок',
    'مَرْحَبًا بِالعَالَم',
    'שָׁלוֹם עוֹלָם',
    'ที่นี่มีกาแฟอร่อย',
    '今日は東京で寿司を食べた',
    '한국어로 검색하기',
    'Birthday 🎂🎉 tonight 👨‍👩‍👧 👍🏽',
    'İSTANBUL ve Iğdır',
    'ＦＵＬＬ ｗｉｄｔｈ ﬁne',
    'ΟΔΥΣΣΕΑΣ',
    'a_b 100% \\ [x](y) (a|b)* ^$ ..',
    'two  lines\nof one text',
  ];
  const CASES: [query: string, text: number][] = [
    ['strasse', 0],
    ['STRASSEN', 0],
    ['ßen', 0],
    ['lodz', 0],
    ['berma', 0],
    ['BRULEE', 1],
    ['rûl', 1],
    ['ещё', 2],
    ['ЕЩЕ', 2],
    ['ранц', 2],
    ['مرحبا', 3],
    ['العالم', 3],
    ['שלום', 4],
    ['וֹלָ', 4],
    ['กาแฟ', 5],
    ['東京', 6],
    ['寿', 6],
    ['色', -1],
    ['京東', -1],
    ['검색', 7],
    ['색하', 7],
    ['🎂', 8],
    ['🎂🎉 TO', 8],
    ['👍', 8],
    ['istanbul', 9],
    ['IĞDIR', 9],
    ['full WIDTH', 10],
    ['fine', 10],
    ['οδυσσεας', 11],
    ['σεασ', 11],
    ['100%', 12],
    ['_b', 12],
    ['%', 12],
    ['\\', 12],
    ['(a|b)*', 12],
    ['a%b', -1],
    ['a.b', -1],
    ['two lines', 13],
    ['  of one  ', 13],
  ];
  let user: User;
  let roomId: number;
  beforeAll(async () => {
    const made = await parley.newRoom();
    [user, roomId] = [made.a, made.room.id];
    for (const text of TEXTS) await parley.send(roomId, user.id, text);
  });

  it.each(CASES)('%s right after the ack', async (query, text) => {
    expect(await hits(user, query)).toEqual(text === -1 ? [] : [TEXTS[text]]);
  });

  describe('in the index', () => {
    beforeAll(async () => {
      await fillRoom(parley, roomId, user.id, 64);
      await indexed(roomId);
    });

    it.each(CASES)('%s', async (query, text) => {
      expect(await hits(user, query)).toEqual(text === -1 ? [] : [TEXTS[text]]);
    });

    it('nothing by marks and white space alone', async () => {
      expect([await hits(user, ' '), await hits(user, '\u0301'), await hits(user, '\u200b')]).toEqual([
        [],
        [],
        [],
      ]);
    });
  });
});

const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString();
/** The messages of `fillRoom` from one seq to before another, newest first. */
const between = (after: number, before: number) =>
  Array.from({ length: before - after }, (_, i) => `message ${before - 1 - i}`);

/** Few characters, so that texts share fragments: several scripts, marks, two units in one, and what a pattern would mean. */
const PIECES = [...'abAB éßıж東京한국かが%_ ', 'e\u0301', 'مَر', 'กา', '🎂', '👍🏽', '\n'];
const someText = (most: number) =>
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: most }).map((pieces) => pieces.join(''));

interface SearchedRoom {
  texts: string[];
  more: string[];
  /** To messages by their place among all, in order. */
  changes: { at: number; change: 'edit' | 'delete' | 'expire'; text: string }[];
  queries: string[];
  limit: number;
}

const searchedRoom: fc.Arbitrary<SearchedRoom> = fc.record({
  texts: fc.array(someText(40), { minLength: 64, maxLength: 90, size: 'max' }),
  more: fc.array(someText(40), { maxLength: 70, size: 'max' }),
  changes: fc.array(
    fc.record({
      at: fc.nat(),
      change: fc.constantFrom('edit' as const, 'edit' as const, 'delete' as const, 'expire' as const),
      text: someText(40),
    }),
    { maxLength: 20, size: 'max' },
  ),
  queries: fc.array(someText(5), { minLength: 6, maxLength: 6 }),
  limit: fc.integer({ min: 5, max: 50 }),
});

describe('a search of random texts', () => {
  it('finds what a filter of all messages finds, whatever is indexed, edited, deleted or expired', async () => {
    await fc.assert(
      fc.asyncProperty(searchedRoom, async ({ texts, more, changes, queries, limit }) => {
        const { room, a } = await parley.newRoom();
        const there: (string | null)[] = [...texts, ...more];
        const check = async () => {
          for (const query of queries) {
            const wanted = foldQuery(query);
            const expected = there.filter(
              (text) => text !== null && wanted !== '' && fold(text).includes(wanted),
            );
            expect([query, await hits(a, query, { limit })]).toEqual([query, expected.toReversed()]);
          }
        };
        await fillRoom(parley, room.id, a.id, texts.length, texts);
        await indexed(room.id);
        if (more.length > 0) await fillRoom(parley, room.id, a.id, more.length, more);
        for (const { at, change: what, text } of changes) {
          const place = at % there.length;
          if (there[place] === null) continue;
          there[place] = what === 'edit' ? text : null;
          if (what === 'edit') await change(room.id, place + 1, text, 'edited_at = now()');
          if (what === 'delete') await change(room.id, place + 1, '', 'edited_at = NULL, deleted_at = now()');
          if (what === 'expire')
            await parley.sql(
              `UPDATE messages SET expires_at = now() - interval '1 second' WHERE room_id = $1 AND seq = $2`,
              [room.id, place + 1],
            );
        }
        await check();
        await indexed(room.id);
        await check();
      }),
      { numRuns: 8, interruptAfterTimeLimit: 60_000 },
    );
  });
});

describe('a search', () => {
  it('returns each hit with its neighbours, newest first, page by page', async () => {
    const { room, a, b } = await parley.newRoom();
    await fillRoom(parley, room.id, a.id, 150);
    await indexed(room.id);
    await parley.send(room.id, b.id, 'the newest');
    const first = await page(a, { q: 'message', limit: 50 });
    expect(first.results.map(({ message }) => message.seq)).toEqual(
      Array.from({ length: 50 }, (_, i) => 150 - i),
    );
    expect(first.results[0]).toMatchObject({
      before: { seq: 149 },
      after: { text: 'the newest', sender: { id: b.id } },
    });
    const rest = await page(a, { q: 'message', limit: 50, cursor: first.next! });
    expect(rest.results.map(({ message }) => message.seq)).toEqual(
      Array.from({ length: 50 }, (_, i) => 100 - i),
    );
    expect(await hits(b, 'message')).toHaveLength(150);
    expect(await hits(a, 'sage 1')).toEqual(
      Array.from({ length: 150 }, (_, i) => `message ${150 - i}`).filter((text) =>
        text.startsWith('message 1'),
      ),
    );
    const oldest = await page(a, {
      q: 'message 1',
      limit: 50,
      cursor: String((await parley.history(room.id))[1]!.id),
    });
    expect(oldest).toMatchObject({ results: [{ before: null, message: { seq: 1 } }], next: null });
  });

  it('merges the rooms of the user by time, and finds nothing of others', async () => {
    const { room, a, b } = await parley.newRoom();
    const c = await parley.newUser();
    const other = (
      await parley.post<{ id: number }>('/api/rooms/create/', { user_id: c.id, active_user_id: a.id })
    ).body;
    for (let n = 1; n <= 3; n++) {
      await parley.send(room.id, a.id, `needle ${n} to b`);
      await parley.send(other.id, c.id, `needle ${n} to a`);
    }
    const all = [3, 2, 1].flatMap((n) => [`needle ${n} to a`, `needle ${n} to b`]);
    expect(await hits(a, 'needle')).toEqual(all);
    expect(await hits(b, 'needle')).toEqual(all.filter((text) => text.endsWith('to b')));
    expect(await hits(await parley.newUser(), 'needle')).toEqual([]);
    expect(await hits(a, 'needle', { limit: 1 })).toEqual(all);

    const filtered = (filters: Record<string, string | number>) => hits(a, 'needle', filters);
    expect(await filtered({ room: other.id })).toEqual(all.filter((text) => text.endsWith('to a')));
    expect(await filtered({ from: c.username.toUpperCase() })).toEqual(
      all.filter((text) => text.endsWith('to a')),
    );
    expect(await filtered({ from: a.username })).toEqual(all.filter((text) => text.endsWith('to b')));
    expect(await filtered({ from: b.username })).toEqual([]);
    expect(await filtered({ from: 'nobody-at-all' })).toEqual([]);
    expect(await filtered({ room: room.id, from: c.username })).toEqual([]);
    expect((await parley.get(path(b, { q: 'needle', room: other.id }))).status).toBe(404);
    // A cursor of another search is a place in time, and no more.
    const { next } = await page(a, { q: 'needle', limit: 1 });
    expect(await hits(b, 'needle', { cursor: next! })).toEqual(all.filter((text) => text.endsWith('to b')));
  });

  it('keeps to a range of time, in the index and beyond it', async () => {
    const { room, a } = await parley.newRoom();
    await fillRoom(parley, room.id, a.id, 100);
    await indexed(room.id);
    await fillRoom(parley, room.id, a.id, 10);
    await parley.sql(
      `UPDATE messages SET created_at = timestamptz '2020-01-01Z' + seq * interval '1 day' WHERE room_id = $1`,
      [room.id],
    );
    expect(await hits(a, 'message', { after: day(20), before: day(25) })).toEqual(between(20, 25));
    expect(await hits(a, 'message', { after: day(98), before: day(105) })).toEqual(between(98, 105));
    expect(await hits(a, 'message', { after: day(109) })).toEqual(between(109, 111));
    expect(await hits(a, 'message', { before: day(3) })).toEqual(between(1, 3));
    expect(await hits(a, 'message', { after: day(25), before: day(20) })).toEqual([]);
    expect(await hits(a, 'message', { after: day(200) })).toEqual([]);
  });

  it('does not find a removed text, and finds an edited one by its new text, before the index knows', async () => {
    const { room, a } = await parley.newRoom();
    const sent: Message[] = [];
    for (const text of ['ocean one', 'ocean two', 'ocean three'])
      sent.push(await parley.send(room.id, a.id, text));
    await fillRoom(parley, room.id, a.id, 64);
    await indexed(room.id);
    expect(await hits(a, 'ocean')).toHaveLength(3);
    await change(room.id, 1, '', 'edited_at = NULL, deleted_at = now()');
    await change(room.id, 2, 'mountain two', 'edited_at = now()');
    expect([await hits(a, 'ocean'), await hits(a, 'mountain')]).toEqual([['ocean three'], ['mountain two']]);
    expect((await page(a, { q: 'mountain' })).results[0]).toMatchObject({
      before: null,
      after: { text: 'ocean three' },
    });
    await indexed(room.id);
    expect([await hits(a, 'ocean'), await hits(a, 'mountain')]).toEqual([['ocean three'], ['mountain two']]);
  });

  it('has no fragment of a text that has disappeared, by its timer or RETENTION_DAYS, and keeps those of others', async () => {
    const [timed, old] = [await parley.newRoom(), await parley.newRoom()];
    const setTimer = (seconds: number | null) =>
      parley.call('PUT', `/api/rooms/${timed.room.id}/timer/?active_user=${timed.a.id}`, {
        body: { seconds },
      });
    await setTimer(3_600);
    for (const { room, a } of [timed, old]) await parley.send(room.id, a.id, 'goes');
    await setTimer(null);
    for (const { room, a } of [timed, old]) await parley.send(room.id, a.id, 'stays');
    for (const { room } of [timed, old]) await indexed(room.id);
    expect([await fragments(timed.room), await fragments(old.room)]).toEqual([
      ['goe', 'sta'],
      ['goe', 'sta'],
    ]);

    for (const table of ['messages', 'message_search_segments'])
      await parley.sql(`UPDATE ${table} SET expires_at = expires_at - interval '1 hour' WHERE room_id = $1`, [
        timed.room.id,
      ]);
    await parley.sql(
      `UPDATE messages SET created_at = now() - interval '2 days' WHERE room_id = $1 AND seq = 1`,
      [old.room.id],
    );
    const settings = { RATE_LIMIT: 'off', RETENTION_DAYS: '1', SEARCH_INDEX_SECONDS: '0.1' };
    const server = await Parley.start(settings, parley.databaseUrl);
    try {
      for (const { room } of [timed, old]) {
        await until('it is gone', async () => (await fragments(room)).join() === 'sta');
      }
    } finally {
      await server.stop();
    }
    for (const { a } of [timed, old]) expect(await hits(a, 'stays')).toEqual(['stays']);
  });

  it.each<[string, Record<string, string>]>([
    ['q', {}],
    ['q', { q: '' }],
    ['q', { q: 'a\0b' }],
    ['q', { q: 'x'.repeat(201) }],
    ['room', { q: 'x', room: 'first' }],
    ['from', { q: 'x', from: '' }],
    ['before', { q: 'x', before: 'yesterday' }],
    ['after', { q: 'x', after: '2024-02-30T00:00:00Z' }],
    ['cursor', { q: 'x', cursor: '0' }],
    ['limit', { q: 'x', limit: '51' }],
    ['sort', { q: 'x', sort: 'id' }],
  ])('refuses a wrong %s', async (field, parameters) => {
    const { room } = await parley.newRoom();
    const { status, body } = await parley.get<{ errors: { field: string }[] }>(
      path(room.users[0], parameters),
    );
    expect([status, body.errors.map((error) => error.field)]).toEqual([400, [field]]);
  });
});
