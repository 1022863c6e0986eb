import type { MessagePage, Problem, Room, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';

let parley: Parley;
let room: Room;
let a: User;
beforeAll(async () => {
  parley = await Parley.start();
  ({ room, a } = await parley.newRoom());
  for (let i = 1; i <= 45; i++) await parley.send(room.id, a.id, `message ${i}`);
});
afterAll(() => parley.stop());

const page = (query: string) => parley.get<MessagePage & Problem>(`/api/rooms/${room.id}/messages/${query}`);
const url = (query: string) => `${parley.origin}/api/rooms/${room.id}/messages/${query}`;

describe('pages of history, as the first client turns them', () => {
  it('are 20 messages, newest first, joined by absolute addresses', async () => {
    const [first, second, third] = [await page(''), await page('?page=2'), await page('?page=3')];
    expect([first, second, third].map(({ body }) => [body.count, body.next, body.previous])).toEqual([
      [45, url('?page=2'), null],
      [45, url('?page=3'), url('?page=1')],
      [45, null, url('?page=2')],
    ]);
    const texts = [first, second, third].flatMap(({ body }) => body.results.map(({ text }) => text));
    expect(texts).toEqual(Array.from({ length: 45 }, (_, i) => `message ${45 - i}`));
    expect(third.body.results).toHaveLength(5);
  });

  it('keep page_size and the rest of the address in next and previous', async () => {
    const { body } = await page('?page_size=10&page=2&x=%C3%A9');
    expect(new URL(body.next!).searchParams.toString()).toBe('page_size=10&x=%C3%A9&page=3');
    expect(new URL(body.previous!).searchParams.get('page')).toBe('1');
    expect(body.results.map(({ seq }) => seq)).toEqual([35, 34, 33, 32, 31, 30, 29, 28, 27, 26]);
  });

  it('past the end are 404; the only page of an empty room is empty', async () => {
    expect((await page('?page=4')).status).toBe(404);
    expect((await page('?page=46&page_size=1')).status).toBe(404);
    const { room: empty } = await parley.newRoom();
    const ofEmpty = (query: string) => parley.get<MessagePage>(`/api/rooms/${empty.id}/messages/${query}`);
    expect((await ofEmpty('')).body).toEqual({ count: 0, next: null, previous: null, results: [] });
    expect((await ofEmpty('?page=2')).status).toBe(404);
  });

  it.each([1, 45, 100])('take a page_size of %d', async (size) => {
    expect((await page(`?page_size=${size}`)).body.results).toHaveLength(Math.min(size, 45));
  });

  it.each([
    'page_size=0',
    'page_size=101',
    'page_size=1e9',
    'page_size=-1',
    'page_size=NaN',
    'page_size=x',
    'page_size=',
  ])('C11: are refused with %s', async (query) => {
    const { status, body } = await page(`?${query}`);
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'page_size']);
  });

  it.each(['page=0', 'page=-1', 'page=x', 'page=1.5', 'page=last'])(
    'C11: are refused with %s',
    async (query) => {
      expect((await page(`?${query}`)).status).toBe(400);
    },
  );
});
