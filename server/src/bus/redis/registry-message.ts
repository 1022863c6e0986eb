import type { UserId } from '@parley/shared';
import { isCount, isIds, isRecord } from '../checks.js';

/** Messages between subscription registries. `version` numbers the announcements of the sender from 1; 0: none yet. */
export type RegistryMessage =
  /** To all: users that the sender has subscribed and unsubscribed. */
  | { type: 'announce'; version: number; added: UserId[]; removed: UserId[] }
  /** To all, periodically: the sender is alive, and this is its last announcement. */
  | { type: 'heartbeat'; version: number }
  /** To one server or all: requests a snapshot. */
  | { type: 'snapshotRequest'; version: number }
  /** The reply: all users that the sender has subscribed. */
  | { type: 'snapshot'; version: number; userIds: UserId[] }
  /** The sender now knows the receiver's announcements up to `version`; before it knew those up to `knownVersion`. */
  | { type: 'ack'; version: number; knownVersion: number };

/** Checks the whole message before any of it is used, because it comes from another process. @throws Error */
export function checkedRegistryMessage(value: unknown): RegistryMessage {
  if (isRecord(value) && isCount(value['version']) && hasFieldsOfItsType(value))
    return value as RegistryMessage;
  throw new Error('malformed registry message');
}

function hasFieldsOfItsType(value: Record<string, unknown>): boolean {
  switch (value['type'] as RegistryMessage['type']) {
    case 'announce':
      return value['version'] !== 0 && isIds(value['added']) && isIds(value['removed']);
    case 'heartbeat':
    case 'snapshotRequest':
      return true;
    case 'snapshot':
      return isIds(value['userIds']);
    case 'ack':
      return isCount(value['knownVersion']);
    default:
      return false;
  }
}
