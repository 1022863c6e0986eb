import type { UserId } from '@parley/shared';
import { isId, isInteger, isRecord } from './checks.js';

/** What servers broadcast to each other: topic → payload. A new topic needs its check in {@link CHECKS}. */
export interface Topics {
  /** Presence deadlines of users that are connected to `node`, as the milliseconds that are left. */
  presence: { node: string; users: PresenceDeadline[] };
  /** The sender may lack presence deadlines: every server broadcasts its own. */
  presenceRequest: Record<never, never>;
}

export interface PresenceDeadline {
  userId: UserId;
  /** Zero or less: the user is offline. */
  leftMs: number;
}

export type Topic = keyof Topics;

/** Payloads come from another process, perhaps of another version: each is checked before it is handled. */
const CHECKS: { readonly [T in Topic]: (payload: unknown) => payload is Topics[T] } = {
  presence: (payload): payload is Topics['presence'] =>
    isRecord(payload) &&
    typeof payload['node'] === 'string' &&
    Array.isArray(payload['users']) &&
    payload['users'].every(isPresenceDeadline),
  presenceRequest: (payload): payload is Topics['presenceRequest'] => isRecord(payload),
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
