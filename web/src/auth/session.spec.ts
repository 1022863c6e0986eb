import type { User } from '@parley/shared';
import { sessionOf } from './session';

const alice: User = { id: 7, username: 'alice', display_name: 'Alice', online: true, last_seen: null };

describe('sessionOf', () => {
  it('names the user in every URL and body in simulation', () => {
    const session = sessionOf(alice, 'simulation');
    expect(session.urlOf('/api/rooms/')).toBe('/api/rooms/?active_user=7');
    expect(session.urlOf('/api/rooms/3/messages/?before=9')).toBe(
      '/api/rooms/3/messages/?before=9&active_user=7',
    );
    expect(session.named).toEqual({ active_user_id: 7 });
    expect(session.hrefTo(3)).toBe('/rooms/3?as=alice');
  });

  it('names nobody with accounts: the cookie does', () => {
    const session = sessionOf(alice, 'accounts');
    expect(session.urlOf('/ws/')).toBe('/ws/');
    expect(session.urlOf('/api/rooms/3/messages/?before=9')).toBe('/api/rooms/3/messages/?before=9');
    expect(session.named).toEqual({});
    expect(session.hrefTo(3)).toBe('/rooms/3');
    expect(session.hrefTo(null)).toBe('/');
  });
});
