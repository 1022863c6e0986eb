import type { UserId } from '@parley/shared';
import { isId, isIds, isInteger, isRecord } from './checks.js';

/** Payloads that servers broadcast, by topic. Each topic needs a check in {@link CHECKS}. */
export interface Topics {
  /** Presence deadlines of users that are connected to the server `node`. */
  presence: { node: string; users: PresenceDeadline[] };
  /** Requests that every server broadcasts its presence deadlines. */
  presenceRequest: Record<never, never>;
  /** Users whose profile has changed: cached ones are read again. */
  profilesChanged: { userIds: number[] };
  /** Sessions that ended: their sockets are closed. */
  sessionsEnded: { sessionIds: number[] };
}

export interface PresenceDeadline {
  userId: UserId;
  /** Milliseconds until the deadline. Zero or less: the user has no socket there any more. */
  leftMs: number;
}

export type Topic = keyof Topics;

/** Payloads are checked before they are handled, because they come from another process, perhaps of another version. */
const CHECKS: { readonly [T in Topic]: (payload: unknown) => payload is Topics[T] } = {
  presence: (payload): payload is Topics['presence'] =>
    isRecord(payload) &&
    typeof payload['node'] === 'string' &&
    Array.isArray(payload['users']) &&
    payload['users'].every(isPresenceDeadline),
  presenceRequest: (payload): payload is Topics['presenceRequest'] => isRecord(payload),
  profilesChanged: (payload): payload is Topics['profilesChanged'] =>
    isRecord(payload) && isIds(payload['userIds']),
  sessionsEnded: (payload): payload is Topics['sessionsEnded'] =>
    isRecord(payload) && isIds(payload['sessionIds']),
};

export function isTopic(topic: unknown): topic is Topic {
  return typeof topic === 'string' && Object.hasOwn(CHECKS, topic);
}

export function isPayloadOf<T extends Topic>(topic: T, payload: unknown): payload is Topics[T] {
  return CHECKS[topic](payload);
}

function isPresenceDeadline(value: unknown): value is PresenceDeadline {
  return isRecord(value) && isId(value['userId']) && isInteger(value['leftMs']);
}
