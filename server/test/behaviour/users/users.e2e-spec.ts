import type { Problem, User } from '@parley/shared';
import { Parley } from '../../support/parley.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

const create = (username: unknown) => parley.post<User & Problem>('/api/users/', { username });
const names = async (query: string) =>
  (await parley.get<User[]>(`/api/users/?${query}`)).body.map(({ username }) => username);

describe('a new user', () => {
  it('has the name it asked for, and is there to talk to', async () => {
    const { status, body } = await create('Frida');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: body.id,
      username: 'Frida',
      display_name: 'Frida',
      online: false,
      last_seen: null,
    });
    expect((await parley.get<User[]>('/api/users/')).body).toContainEqual(body);
  });

  it('cannot have a name that is taken, in whatever case, also when several ask at once', async () => {
    expect((await create('Greta')).status).toBe(201);
    expect(await create('gRETA')).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'username', message: 'is taken' }] },
    });
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => create('harald')))).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted((x, y) => x - y)).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it.each(['x', '7up', 'a.b-c_d', 'A'.repeat(32)])('may be called %s', async (username) => {
    expect((await create(username)).status).toBe(201);
  });

  it.each<[unknown]>([
    [''],
    [' '],
    ['a b'],
    ['.a'],
    ['-a'],
    ['é'],
    ['a\0'],
    ['a\n'],
    ['a'.repeat(33)],
    ['<b>'],
    [`a';--`],
    [1],
    [null],
    [['a']],
    [{ $ne: 'a' }],
    [undefined],
  ])('C9: may not be called %j', async (username) => {
    const { status, body } = await create(username);
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'username']);
  });
});

describe('the search for users', () => {
  beforeAll(async () => {
    for (const username of ['zoe.match', 'match.zoe', 'MATCHLESS', 'per_cent']) await create(username);
  });

  it('finds any part of a name in any case, those that begin with it first', async () => {
    expect(await names('search=match')).toEqual(['match.zoe', 'MATCHLESS', 'zoe.match']);
    expect(await names('search=OE.M')).toEqual(['zoe.match']);
    expect(await names('search=nobody')).toEqual([]);
  });

  it.each(['%', '_%', '%25', "' OR 1=1 --", "'); DROP TABLE users; --", '\\', '$1', '.*', '\ud83d\ude00'])(
    'C9: takes %s for what it is, text',
    async (text) => {
      expect(await names(`search=${encodeURIComponent(text)}`)).toEqual([]);
    },
  );

  it('C9: takes an underscore for an underscore', async () => {
    expect(await names('search=r_c')).toEqual(['per_cent']);
    expect(await names('search=p_r')).toEqual([]);
  });

  it('brings as many as asked for', async () => {
    expect(await names('limit=2')).toEqual(['alice', 'bob']);
    expect(await names('search=match&limit=1')).toEqual(['match.zoe']);
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=1e9',
    'limit=-1',
    'limit=NaN',
    'limit=x',
    'limit=1.5',
    'limit=1&limit=2',
  ])('C11: is refused with %s', async (query) => {
    const { status, body } = await parley.get<Problem>(`/api/users/?${query}`);
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'limit']);
  });

  it.each(['search=%00', `search=${'x'.repeat(101)}`, 'search=a&search=b'])(
    'C9: is refused with %s',
    async (query) => {
      const { status, body } = await parley.get<Problem>(`/api/users/?${query}`);
      expect([status, body.errors?.[0]?.field]).toEqual([400, 'search']);
    },
  );
});
