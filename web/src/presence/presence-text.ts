import type { User } from '@parley/shared';
import { lastSeen } from '../ui/time';

/** `online`, `last seen 5 min ago`; empty when it is not known, which is not the same as offline. */
export function presenceText(user: User, now: number): string {
  if (user.online) return 'online';
  return user.last_seen === null ? '' : lastSeen(user.last_seen, now);
}
