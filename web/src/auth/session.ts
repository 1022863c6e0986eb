import type { AuthMode, User } from '@parley/shared';
import { hrefOf } from '../routing/route';
import { createRequiredContext } from '../ui/required-context';

/** Whose window this is, and how its URLs and requests say so. In simulation they name the user; a session is a cookie. */
export interface Session {
  readonly user: User;
  readonly mode: AuthMode;
  /** The URL of a request or a socket. */
  urlOf(path: string): string;
  /** The fields by which a request with a body names its user. */
  readonly named: { active_user_id?: number };
  /** The URL of room `roomId` in the page, at the message `at` when given, or of the list. */
  hrefTo(roomId: number | null, at?: number): string;
}

export const [SessionProvider, useSession] = createRequiredContext<Session>('Session');

export function sessionOf(user: User, mode: AuthMode): Session {
  if (mode === 'accounts') {
    return { user, mode, urlOf: (path) => path, named: {}, hrefTo: (roomId, at) => hrefOf(roomId, null, at) };
  }
  return {
    user,
    mode,
    urlOf: (path) => `${path}${path.includes('?') ? '&' : '?'}active_user=${user.id}`,
    named: { active_user_id: user.id },
    hrefTo: (roomId, at) => hrefOf(roomId, user.username, at),
  };
}

/** The URL of this user's socket. */
export function socketUrl(session: Session): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${session.urlOf('/ws/')}`;
}
