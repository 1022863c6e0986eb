import type { MessagePage, Problem, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { fillRoom } from '../../support/rows.js';
import { statementsOf, type Statement } from '../../support/statements.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const numbers = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/** A room of a and b with so many messages of a. */
async function roomWith(count: number): Promise<{ room: Room; a: User; b: User }> {
  const made = await parley.newRoom();
  await fillRoom(parley, made.room.id, made.a.id, count);
  return made;
}

const pageOf = (room: Room, query: string) =>
  parley.get<MessagePage & Problem>(`/api/rooms/${room.id}/messages/${query}`);

const queryOf = (url: string | null) => url && new URL(url).search;

/** What a page holds, and whether it leads on. */
async function looksLike(room: Room, query: string) {
  const { body } = await pageOf(room, query);
  const seqs = body.results.map(({ seq }) => seq);
  return {
    seqs: [seqs[0], seqs.at(-1)],
    next: queryOf(body.next),
    previous: queryOf(body.previous),
    count: body.count,
  };
}

/** Every `seq` on the way from a page to the end of its chain, page by page. */
async function chain(room: Room, query: string, direction: 'next' | 'previous'): Promise<number[]> {
  const seqs: number[] = [];
  let url: string | null = `/api/rooms/${room.id}/messages/${query}`;
  while (url) {
    const { body }: { body: MessagePage } = await parley.get<MessagePage>(url);
    const page = body.results.map(({ seq }) => seq);
    seqs.push(...(direction === 'next' ? page : page.toReversed()));
    const onward: string | null = body[direction];
    url = onward && onward.replace(parley.origin, '');
  }
  return seqs;
}

describe('a page of history', () => {
  it('before a place, after a place, and at both ends', async () => {
    const { room } = await roomWith(50);
    const count = 50;
    expect(await looksLike(room, '?before=30')).toEqual({
      seqs: [29, 10],
      next: '?before=10',
      previous: '?after=29',
      count,
    });
    expect(await looksLike(room, '?before=11')).toEqual({
      seqs: [10, 1],
      next: null,
      previous: '?after=10',
      count,
    });
    expect(await looksLike(room, '?before=1')).toMatchObject({
      seqs: [undefined, undefined],
      next: null,
      previous: '?after=0',
    });
    expect(await looksLike(room, '?before=51')).toMatchObject({
      seqs: [50, 31],
      next: '?before=31',
      previous: null,
    });
    expect(await looksLike(room, '?before=9007199254740991')).toMatchObject({
      seqs: [50, 31],
      previous: null,
    });
    expect(await looksLike(room, '?after=0')).toMatchObject({
      seqs: [20, 1],
      next: null,
      previous: '?after=20',
    });
    expect(await looksLike(room, '?after=29')).toMatchObject({
      seqs: [49, 30],
      next: '?before=30',
      previous: '?after=49',
    });
    expect(await looksLike(room, '?after=30')).toMatchObject({
      seqs: [50, 31],
      next: '?before=31',
      previous: null,
    });
    expect(await looksLike(room, '?after=50')).toMatchObject({
      seqs: [undefined, undefined],
      next: '?before=51',
      previous: null,
    });
    expect(await looksLike(room, '?after=9007199254740991')).toMatchObject({
      next: '?before=51',
      previous: null,
    });
    expect(await looksLike(room, '?after=10&page_size=3')).toMatchObject({ seqs: [13, 11] });
  });

  it.each([
    // [query, newest and oldest seq, next, previous]
    ['in the middle', '?around=30', [39, 20], '?before=20', '?after=39'],
    ['in the middle of an odd number', '?around=30&page_size=7', [33, 27], '?before=27', '?after=33'],
    ['alone', '?around=30&page_size=1', [30, 30], '?before=30', '?after=30'],
    ['as the newer of two', '?around=30&page_size=2', [30, 29], '?before=29', '?after=30'],
    ['as near to the middle as the oldest can be', '?around=1', [20, 1], null, '?after=20'],
    ['just off the oldest end', '?around=11', [20, 1], null, '?after=20'],
    ['one further', '?around=12', [21, 2], '?before=2', '?after=21'],
    ['one before the newest page', '?around=40', [49, 30], '?before=30', '?after=49'],
    ['just off the newest end', '?around=41', [50, 31], '?before=31', null],
    ['as near to the middle as the newest can be', '?around=50', [50, 31], '?before=31', null],
    ['clamped to the newest', '?around=51', [50, 31], '?before=31', null],
    ['clamped to the newest, however far', '?around=9007199254740991', [50, 31], '?before=31', null],
    ['in all of the room', '?around=30&page_size=50', [50, 1], null, null],
    ['in all of a room smaller than the page', '?around=3&page_size=100', [50, 1], null, null],
  ])('around a message has it %s: %s', async (_title, query, seqs, next, previous) => {
    const { room } = await roomWith(50);
    const size = new URLSearchParams(query).get('page_size');
    const onward = (way: string | null) => way && (size ? `?page_size=${size}&${way.slice(1)}` : way);
    expect(await looksLike(room, query)).toEqual({
      seqs,
      next: onward(next),
      previous: onward(previous),
      count: 50,
    });
  });

  it.each([1, 2])('around any message of a room of %d is the whole room', async (count) => {
    const { room } = await roomWith(count);
    for (const seq of [1, 2, 3]) {
      expect(await looksLike(room, `?around=${seq}`)).toEqual({
        seqs: [count, 1],
        next: null,
        previous: null,
        count,
      });
    }
    expect(await looksLike(room, '?around=2&page_size=1')).toMatchObject({
      seqs: [count, count],
      next: count > 1 ? '?page_size=1&before=2' : null,
      previous: null,
    });
  });

  it('around a message has it in every room, at every place, and never more or fewer than fit', async () => {
    for (const count of [1, 2, 3, 8]) {
      const { room } = await roomWith(count);
      for (const size of [1, 2, 3, 4, 7, 8, 9]) {
        for (const around of numbers(1, count)) {
          const { results } = (await pageOf(room, `?around=${around}&page_size=${size}`)).body;
          const seqs = results.map(({ seq }) => seq);
          expect(seqs).toContain(around);
          expect(seqs).toEqual(numbers(seqs.at(-1)!, seqs[0]!).toReversed());
          expect(seqs).toHaveLength(Math.min(size, count));
        }
      }
    }
  });

  it('of an empty room is empty, from wherever', async () => {
    const { room } = await parley.newRoom();
    for (const query of [
      '',
      '?before=1',
      '?before=100',
      '?after=0',
      '?after=100',
      '?around=1',
      '?around=100',
      '?changed_since=0',
    ]) {
      expect((await pageOf(room, query)).body).toEqual({ count: 0, next: null, previous: null, results: [] });
    }
  });

  it.each([1, 7, 20, 49, 50, 100])(
    'leads on to every message once, %d a page, in both directions',
    async (size) => {
      const { room } = await roomWith(50);
      const down = numbers(1, 50).toReversed();
      expect(await chain(room, `?page_size=${size}`, 'next')).toEqual(down);
      expect(await chain(room, `?before=51&page_size=${size}`, 'next')).toEqual(down);
      expect(await chain(room, `?after=0&page_size=${size}`, 'previous')).toEqual(numbers(1, 50));
      const last = Math.ceil(50 / size);
      expect(await chain(room, `?page=${last}&page_size=${size}`, 'previous')).toEqual(numbers(1, 50));
      const older = await chain(room, `?around=30&page_size=${size}`, 'next');
      const newer = await chain(room, `?around=30&page_size=${size}`, 'previous');
      expect(older).toEqual(numbers(1, older[0]!).toReversed());
      expect(newer).toEqual(numbers(newer[0]!, 50));
      expect(new Set([...older, ...newer]).size).toBe(50);
    },
  );

  it('before a place stays what it is while new messages come', async () => {
    const { room, a } = await roomWith(30);
    const first = (await pageOf(room, '')).body;
    await parley.send(room.id, a.id, 'in between');
    const before = Math.min(...first.results.map(({ seq }) => seq));
    expect((await looksLike(room, `?before=${before}`)).seqs).toEqual([10, 1]);
  });

  it('around a message leads to the new messages that come meanwhile', async () => {
    const { room, a } = await roomWith(30);
    const newest = (await pageOf(room, '?around=30')).body;
    const middle = (await pageOf(room, '?around=15&page_size=5')).body;
    await parley.send(room.id, a.id, 'in between');
    expect([queryOf(newest.previous), newest.results[0]!.seq]).toEqual([null, 30]);
    expect(await looksLike(room, '?after=30')).toMatchObject({ seqs: [31, 31], previous: null });
    expect(await looksLike(room, '?around=15&page_size=5')).toEqual({
      seqs: [17, 13],
      next: queryOf(middle.next),
      previous: queryOf(middle.previous),
      count: 31,
    });
    expect(await chain(room, '?around=15&page_size=5', 'previous')).toEqual(numbers(13, 31));
  });

  it('around a message is whole and in the middle while messages are sent', async () => {
    const { room, a } = await roomWith(30);
    const sending = Promise.all(numbers(1, 20).map((i) => parley.send(room.id, a.id, `live ${i}`)));
    for (const around of [5, 15, 30, 1_000]) {
      const { results, count, previous } = (await pageOf(room, `?around=${around}&page_size=9`)).body;
      const seqs = results.map(({ seq }) => seq);
      expect(seqs).toEqual(numbers(seqs[0]! - 8, seqs[0]!).toReversed());
      expect(seqs.at(-1)).toBe(Math.max(1, Math.min(around - 4, count - 8)));
      expect(previous === null).toBe(seqs[0] === count);
    }
    await sending;
  });

  it.each([
    'page=1&before=5',
    'before=5&after=1',
    'page=2&after=1',
    'changed_since=1&page=1',
    'changed_since=0&before=5',
    'after=1&changed_since=0',
    'page=1&around=5',
    'around=5&before=5',
    'after=1&around=5',
    'around=5&changed_since=0',
  ])('asked for in two ways at once is refused: %s', async (query) => {
    const { room } = await roomWith(1);
    const { status, body } = await pageOf(room, `?${query}`);
    expect([status, body.errors?.length]).toEqual([400, 1]);
  });

  it('around one place and before another is refused with the field and the rule', async () => {
    const { room } = await roomWith(1);
    const { status, body } = await pageOf(room, '?around=5&before=5');
    expect([status, body.errors]).toEqual([
      400,
      [{ field: 'around', message: 'cannot be combined with before' }],
    ]);
  });

  it.each([
    'before=0',
    'before=-1',
    'before=x',
    'before=1.5',
    'before=',
    'before=9007199254740992',
    'after=-1',
    'after=x',
    'after=1&after=2',
    'around=0',
    'around=-1',
    'around=x',
    'around=1.5',
    'around=',
    'around=9007199254740992',
    'around=1&around=2',
    'around=5&page_size=0',
    'around=5&page_size=101',
    'changed_since=-1',
    'changed_since=x',
    "before=1'--",
    'before[$gt]=1&before=x',
  ])('C9, C11: with a place that is none is refused: %s', async (query) => {
    const { room } = await roomWith(1);
    expect((await pageOf(room, `?${query}`)).status).toBe(400);
  });

  it('comes from the address that was called', async () => {
    const { room } = await roomWith(21);
    const byName = parley.origin.replace('127.0.0.1', 'localhost');
    const response = await fetch(`${byName}/api/rooms/${room.id}/messages?active_user=${room.users[0].id}`);
    const { next } = (await response.json()) as MessagePage;
    expect(next).toBe(`${byName}/api/rooms/${room.id}/messages?active_user=${room.users[0].id}&page=2`);
  });
});

describe('what changed since a revision', () => {
  it('is every new message since, newest first', async () => {
    const { room, a, b } = await roomWith(10);
    await parley.post(`/api/messages/${(await parley.send(room.id, a.id, 'eleven')).id}/read/`);
    await parley.send(room.id, b.id, 'twelve');
    const seqsSince = async (rev: number) =>
      (await pageOf(room, `?changed_since=${rev}`)).body.results.map(({ seq }) => seq);
    // Revisions: 1…11 messages, 12 the receipt, 13 a message.
    expect(await seqsSince(13)).toEqual([]);
    expect(await seqsSince(12)).toEqual([12]);
    expect(await seqsSince(11)).toEqual([12]);
    expect(await seqsSince(10)).toEqual([12, 11]);
    expect(await seqsSince(0)).toEqual(numbers(1, 12).toReversed());
  });

  it('is refused with 410 when it is more than 300 changes, or a revision that is yet to come', async () => {
    const { room } = await roomWith(301);
    const since = async (rev: number) => {
      const { status, body } = await pageOf(room, `?changed_since=${rev}`);
      return [status, body.results?.length];
    };
    expect(await since(0)).toEqual([410, undefined]);
    expect(await since(1)).toEqual([200, 300]);
    expect(await since(301)).toEqual([200, 0]);
    expect(await since(302)).toEqual([410, undefined]);
  });

  it('has messages that were changed later in it, however old they are', async () => {
    const { room, a } = await roomWith(500);
    // As an edit of message 3 will leave it.
    await parley.sql('UPDATE rooms SET rev = 501 WHERE id = $1', [room.id]);
    await parley.sql('UPDATE messages SET rev = 501, changed = true WHERE room_id = $1 AND seq = 3', [
      room.id,
    ]);
    await parley.send(room.id, a.id, 'new');
    const { body } = await pageOf(room, '?changed_since=500');
    expect(body.results.map(({ seq }) => seq)).toEqual([501, 3]);
  });
});

describe('a deep page', () => {
  let room: Room;
  beforeAll(async () => {
    ({ room } = await roomWith(20_000));
    await pageOf(room, '');
    await parley.sql('VACUUM ANALYZE messages');
  });

  interface Plan {
    'Node Type': string;
    'Index Name'?: string;
    'Shared Hit Blocks': number;
    'Shared Read Blocks': number;
    Plans?: Plan[];
  }

  const indexesIn = (plan: Plan): string[] => [
    ...(plan['Index Name'] ? [plan['Index Name']] : []),
    ...(plan.Plans ?? []).flatMap(indexesIn),
  ];

  /** How the rows of a page are found: indexes, and blocks touched. */
  async function planOf({ text, values }: Statement): Promise<{ indexes: string[]; blocks: number }> {
    const sql = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
    const [row] = await parley.sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>(sql, values);
    const plan = row!['QUERY PLAN'][0].Plan;
    return { indexes: indexesIn(plan), blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  }

  const ownPageOf = (query: string) => pageOf(room, `${query || '?'}&active_user=${room.users[0].id}`);

  it.each([
    '?page=1000',
    '?before=21',
    '?after=0',
    '?before=10000',
    '?around=1',
    '?around=10000',
    '?around=10000&page_size=100',
    '?page=200&page_size=100',
  ])('costs what the first costs, statements and blocks: %s', async (query) => {
    const size = query.includes('page_size') ? '?page_size=100' : '';
    const first = await statementsOf(() => ownPageOf(size));
    const deep = await statementsOf(() => ownPageOf(query));
    expect(first.map(({ name }) => name)).toEqual(['rooms-state', 'messages-range']);
    expect(deep.map(({ name }) => name)).toEqual(['rooms-state', 'messages-range']);
    const [planOfFirst, planOfDeep] = [await planOf(first[1]!), await planOf(deep[1]!)];
    // One primary key: that of the table, or (PARTITIONED=1) of the room's partition.
    expect(planOfFirst.indexes).toEqual([expect.stringMatching(/^messages_(\d_)?pkey$/)]);
    expect(planOfDeep.indexes).toEqual(planOfFirst.indexes);
    expect(Math.abs(planOfDeep.blocks - planOfFirst.blocks)).toBeLessThanOrEqual(4);
  });

  it('of what changed looks at the newest messages only', async () => {
    const statements = await statementsOf(() => ownPageOf('?changed_since=19980'));
    expect(statements.map(({ name }) => name)).toEqual(['rooms-state', 'messages-changes']);
    const { blocks } = await planOf(statements[1]!);
    expect(blocks).toBeLessThan(40);
  });
});
