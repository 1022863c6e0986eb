import type { User } from '@parley/shared';
import { createRequiredContext } from '../ui/required-context';

/** How a request says who asks. In simulation the caller names itself; with accounts this will be a session. */
export interface Asker {
  readonly user: User;
  /** For a query string, without `?`. */
  readonly query: string;
}

export const [AskerProvider, useAsker] = createRequiredContext<Asker>('Asker');

export function askerOf(user: User): Asker {
  return { user, query: `active_user=${user.id}` };
}

/** Where this user's socket is. */
export function socketUrl(asker: Asker): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/?${asker.query}`;
}
