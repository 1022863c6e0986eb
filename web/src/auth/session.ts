import type { User } from '@parley/shared';
import { createRequiredContext } from '../ui/required-context';

/** Who this window acts as, and how a request proves it. In simulation it names the user; with accounts it will not. */
export interface Session {
  readonly user: User;
  /** For a query string, without `?`. */
  readonly query: string;
}

export const [SessionProvider, useSession] = createRequiredContext<Session>('Session');

export function sessionOf(user: User): Session {
  return { user, query: `active_user=${user.id}` };
}

/** The URL of this user's socket. */
export function socketUrl(session: Session): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/?${session.query}`;
}
