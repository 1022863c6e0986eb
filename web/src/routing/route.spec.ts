import * as fc from 'fast-check';
import { hrefOf, parseRoute } from './route';

describe('route', () => {
  it('reads back what it wrote', () => {
    const roomId = fc.option(fc.integer({ min: 1, max: 2 ** 40 }));
    const as = fc.option(fc.string({ minLength: 1, unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.record({ roomId, as }), (route) => {
        const url = new URL(hrefOf(route), 'http://parley.test');
        expect(parseRoute(url.pathname, url.search)).toEqual(route);
      }),
    );
  });

  it.each(['/rooms/', '/rooms/0', '/rooms/-1', '/rooms/1e3', '/rooms/abc', '/elsewhere', '/rooms/1/2'])(
    'knows that %s is no page',
    (pathname) => expect(parseRoute(pathname, '').roomId).toBeNaN(),
  );

  it('takes a trailing slash', () =>
    expect(parseRoute('/rooms/7/', '?as=bob')).toEqual({ roomId: 7, as: 'bob' }));
});
