import * as fc from 'fast-check';
import { hrefOf, parseRoute } from './route';

describe('route', () => {
  it('reads back what it wrote', () => {
    const roomId = fc.option(fc.integer({ min: 1, max: 2 ** 40 }));
    const as = fc.option(fc.string({ minLength: 1, unit: 'grapheme' }));
    fc.assert(
      fc.property(roomId, as, (id, name) => {
        const url = new URL(hrefOf(id, name), 'http://parley.test');
        const page = id === null ? { page: 'list' } : { page: 'room', roomId: id, at: null };
        expect(parseRoute(url.pathname, url.search)).toEqual({ ...page, as: name });
      }),
    );
  });

  it.each([
    '/rooms/',
    '/rooms/0',
    '/rooms/-1',
    '/rooms/1e3',
    '/rooms/abc',
    '/elsewhere',
    '/register/1',
    '/rooms/1/2',
  ])('is not found for %s', (pathname) =>
    expect(parseRoute(pathname, '?as=bob')).toEqual({ page: 'notFound', as: 'bob' }),
  );

  it.each([
    ['', null],
    ['#', null],
    ['#invite=', null],
    ['#invite=Ab3_-x', 'Ab3_-x'],
  ])('creates an account at /register%s', (hash, invite) =>
    expect(parseRoute('/register', '', hash)).toEqual({ page: 'register', invite, as: null }),
  );

  it('shows the requests at /requests', () =>
    expect(parseRoute('/requests', '')).toEqual({ page: 'requests', as: null }));

  it('takes a trailing slash', () =>
    expect(parseRoute('/rooms/7/', '?as=bob')).toEqual({ page: 'room', roomId: 7, at: null, as: 'bob' }));

  it.each([
    ['120', 120],
    ['0', null],
    ['-3', null],
    ['1e3', null],
    ['', null],
  ])('opens a room at the message of ?at=%s', (at, seq) =>
    expect(parseRoute('/rooms/7', `?as=bob&at=${at}`)).toMatchObject({ page: 'room', roomId: 7, at: seq }),
  );
});
