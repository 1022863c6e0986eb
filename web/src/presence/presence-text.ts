import type { User } from '@parley/shared';
import { lastSeen } from '../ui/time';

/**
 * `online`, `last seen 5 min ago`; empty when it is not known, which is not the same as offline. `isKnown` false: there
 * is no connection, and `online` is what was last known.
 */
export function presenceText(user: User, isKnown: boolean, now: number): string {
  if (user.online) return isKnown ? 'online' : 'last known online';
  return user.last_seen === null ? '' : lastSeen(user.last_seen, now);
}
