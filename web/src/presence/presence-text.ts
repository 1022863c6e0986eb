import type { User } from '@parley/shared';
import { times, words } from '../words/words';

/**
 * `online`, `last seen 5 minutes ago`; empty when it is not known, which is not the same as offline. `isKnown` is false
 * without a connection: `online` is what was last known.
 */
export function presenceText(user: User, isKnown: boolean, now: number): string {
  if (user.online) return onlineText(isKnown);
  return user.last_seen === null ? '' : times.lastSeen(user.last_seen, now);
}

export function onlineText(isKnown: boolean): string {
  return isKnown ? words.presence.online : words.presence.lastKnownOnline;
}
