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

  it('of an empty room is empty, from wherever', async () => {
    const { room } = await parley.newRoom();
    for (const query of ['', '?before=1', '?before=100', '?after=0', '?after=100', '?changed_since=0']) {
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
    },
  );

  it('before a place stays what it is while new messages come', async () => {
    const { room, a } = await roomWith(30);
    const first = (await pageOf(room, '')).body;
    await parley.send(room.id, a.id, 'in between');
    const before = Math.min(...first.results.map(({ seq }) => seq));
    expect((await looksLike(room, `?before=${before}`)).seqs).toEqual([10, 1]);
  });

  it.each([
    'page=1&before=5',
    'before=5&after=1',
    'page=2&after=1',
    'changed_since=1&page=1',
    'changed_since=0&before=5',
    'after=1&changed_since=0',
  ])('asked for in two ways at once is refused: %s', async (query) => {
    const { room } = await roomWith(1);
    const { status, body } = await pageOf(room, `?${query}`);
    expect([status, body.errors?.length]).toEqual([400, 1]);
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

  it.each(['?page=1000', '?before=21', '?after=0', '?before=10000', '?page=200&page_size=100'])(
    'costs what the first costs, statements and blocks: %s',
    async (query) => {
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
    },
  );

  it('of what changed looks at the newest messages only', async () => {
    const statements = await statementsOf(() => ownPageOf('?changed_since=19980'));
    expect(statements.map(({ name }) => name)).toEqual(['rooms-state', 'messages-changes']);
    const { blocks } = await planOf(statements[1]!);
    expect(blocks).toBeLessThan(40);
  });
});
