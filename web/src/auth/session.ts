import type { User } from '@parley/shared';
import { createRequiredContext } from '../ui/required-context';

/** How a request says who asks. In simulation the caller names itself; with accounts this will be a session. */
export interface Session {
  readonly user: User;
  /** For a query string, without `?`. */
  readonly query: string;
}

export const [SessionProvider, useSession] = createRequiredContext<Session>('Session');

export function sessionOf(user: User): Session {
  return { user, query: `active_user=${user.id}` };
}

/** Where this user's socket is. */
export function socketUrl(session: Session): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/?${session.query}`;
}
