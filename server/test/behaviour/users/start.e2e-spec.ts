import type { AuthInfo, MessagePage, Problem, Room, Start, User } from '@parley/shared';
import { accountTools } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { bearer } from '../../support/sessions.js';
import { statementNamesOf } from '../../support/statements.js';

const seqsOf = (page: MessagePage | null) => page?.results.map(({ seq }) => seq) ?? [];

describe('the start in simulation', () => {
  let parley: Parley;
  let room: Room;
  let a: User;
  let b: User;
  let foreign: Room;
  beforeAll(async () => {
    parley = await Parley.start({ RATE_LIMIT: 'off' });
    ({ room, a, b } = await parley.newRoom());
    ({ room: foreign } = await parley.newRoom());
    await parley.send(foreign.id, foreign.users[0].id, 'a secret');
    for (let n = 1; n <= 130; n++) await parley.send(room.id, a.id, `message ${n}`);
  });
  afterAll(() => parley.stop());

  const start = async (query: string) => (await parley.get<Start>(`/api/start/?${query}`)).body;

  it('is what the calls say that it takes the place of', async () => {
    const { auth, users, rooms, page } = await start(`as=${a.username}&room=${room.id}`);
    const of = `active_user=${a.id}`;
    expect(auth).toEqual((await parley.get<AuthInfo>(`/api/auth/?${of}`)).body);
    expect(users).toEqual((await parley.get<User[]>('/api/users/')).body);
    expect(rooms).toEqual((await parley.get<Room[]>(`/api/rooms/?${of}`)).body);
    const asked = await parley.get<MessagePage>(`/api/rooms/${room.id}/messages/?page_size=60&${of}`);
    expect(page).toEqual(asked.body);
  });

  it('names the user by id as well, and by name in whatever case', async () => {
    expect((await start(`active_user=${b.id}`)).auth.user?.id).toBe(b.id);
    expect((await start(`as=${b.username.toUpperCase()}`)).auth.user?.id).toBe(b.id);
  });

  it('has the page around the first unread message, or around the one that is asked for', async () => {
    const unread = seqsOf((await start(`as=${b.username}&room=${room.id}`)).page);
    expect([unread.at(-1), unread[0]]).toEqual([1, 60]);
    const asked = seqsOf((await start(`as=${b.username}&room=${room.id}&around=70`)).page);
    expect([asked.at(-1), asked[0]]).toEqual([40, 99]);
  });

  it('leads on from its page', async () => {
    const { page } = await start(`as=${a.username}&room=${room.id}`);
    const next = await fetch(page!.next!);
    expect(seqsOf((await next.json()) as MessagePage)[0]).toBe(70);
  });

  it.each(['', 'as=nobody-has-this-name', 'active_user=999999999'])(
    'has no rooms when it is asked with «%s», which names no user',
    async (query) => {
      const { auth, users, rooms, page } = await start(query);
      expect([auth.user, rooms, page]).toEqual([null, null, null]);
      expect(users.length).toBeGreaterThan(1);
    },
  );

  it('answers a room of others like one that does not exist', async () => {
    const [of, none] = [
      await start(`as=${a.username}&room=${foreign.id}`),
      await start(`as=${a.username}&room=999999999`),
    ];
    expect(of).toEqual(none);
    expect(of.page).toBeNull();
    expect(JSON.stringify(of)).not.toContain('secret');
  });

  it.each([
    ['room', 'room=x'],
    ['room', 'room=0'],
    ['around', 'around=-1'],
    ['as', `as=${'x'.repeat(33)}`],
    ['as', 'as=%00'],
    ['active_user', 'active_user=x'],
    ['size', 'size=1'],
  ])('refuses a wrong %s (%s), and names it', async (field, query) => {
    const { status, body } = await parley.get<Problem>(`/api/start/?${query}`);
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  it.each([
    ['/?as=al%2Cice', 'as=al%2Cice'],
    [`/rooms/7?as=alice&at=12`, 'as=alice&room=7&around=12'],
    ['/rooms/7/?at=x', 'room=7'],
    ['/rooms/07?at=12', ''],
    ['/requests', ''],
  ])('is named by the page %s, so that the browser asks for it at once', async (path, query) => {
    const { headers } = await parley.get(path);
    const [first] = headers.get('Link')?.split(', ') ?? [];
    expect(first).toBe(`</api/start/?${query}>; rel=preload; as=fetch; crossorigin`);
  });

  it('is named beside the parts that the page loads in simulation, which are there', async () => {
    const { headers } = await parley.get('/');
    const [, ...parts] = headers.get('Link')?.split(', ') ?? [];
    expect(parts).toHaveLength(2);
    for (const part of parts) {
      const [, path = ''] = /^<(\/assets\/simulation-[\w-]+\.js)>; rel=modulepreload$/.exec(part) ?? [];
      expect((await fetch(`${parley.origin}${path}`)).status).toBe(200);
    }
  });

  it('takes no more statements than the calls that it takes the place of', async () => {
    const path = `/api/rooms/${room.id}/messages/?page_size=60&active_user=${a.id}`;
    const calls = await statementNamesOf(async () => {
      await parley.get('/api/auth/');
      await parley.get('/api/users/');
      await parley.get(`/api/rooms/?active_user=${a.id}`);
      await parley.get(path);
    });
    const one = await statementNamesOf(() => start(`as=${a.username}&room=${room.id}`));
    expect(one.toSorted()).toEqual(calls.toSorted());
  });
});

describe('the start with accounts', () => {
  let parley: Parley;
  beforeAll(async () => {
    parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
  });
  afterAll(() => parley.stop());
  const { newPerson, roomOf } = accountTools(() => parley);

  const start = (query: string, token?: string) =>
    parley.call<Start>('GET', `/api/start/?${query}`, { headers: token ? bearer(token) : {} });

  it('is public, and says nothing of anyone without a session', async () => {
    const { status, body } = await start('as=alice&room=1');
    expect(status).toBe(200);
    expect(body).toEqual({ auth: (await parley.get('/api/auth/')).body, users: [], rooms: null, page: null });
  });

  it('has the rooms of the session, and the page of a room of theirs only', async () => {
    const [me, other, stranger] = await Promise.all([newPerson(), newPerson(), newPerson()]);
    const room = await roomOf(me, other);
    await parley.call('POST', `/api/rooms/${room.id}/messages/`, {
      body: { text: 'a secret' },
      headers: bearer(me.token),
    });
    const { body } = await start(`room=${room.id}`, me.token);
    expect([body.auth.user?.id, body.users, body.rooms?.map(({ id }) => id)]).toEqual([
      me.user.id,
      [],
      [room.id],
    ]);
    expect(body.page?.results.map(({ text }) => text)).toEqual(['a secret']);
    expect(body.page?.results[0]).toEqual(body.rooms?.[0]?.last_message);
    const foreign = await start(`room=${room.id}&as=${me.user.username}`, stranger.token);
    expect(foreign.body).toMatchObject({ rooms: [], page: null });
    expect(JSON.stringify(foreign.body)).not.toContain('secret');
  });

  it('refuses to act as another user than that of the session', async () => {
    const [me, other] = await Promise.all([newPerson(), newPerson()]);
    expect((await start(`active_user=${other.user.id}`, me.token)).status).toBe(403);
  });
});
