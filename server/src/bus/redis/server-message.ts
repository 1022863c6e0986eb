import { BusEvent } from '../bus-event.js';
import { isCount, isRecord } from '../checks.js';
import { isPayloadOf, isTopic, type Topic, type Topics } from '../topics.js';
import { checkedRegistryMessage, type RegistryMessage } from './registry-message.js';

type Broadcast = { [T in Topic]: { kind: 'broadcast'; topic: T; payload: Topics[T] } }[Topic];

/** What servers send to each other. On the wire: `<server>|<kind>|<body>`. */
export type ServerMessage =
  | { kind: 'events'; events: BusEvent[] }
  | { kind: 'registry'; message: RegistryMessage }
  | Broadcast
  /** Events for the receiver may not have arrived; the last of them was sent `sinceLastMs` milliseconds ago. */
  | { kind: 'missedEvents'; sinceLastMs: number };

export function serializeEvents(server: string, events: string): string {
  return `${server}|events|${events}`;
}

export function serializeRegistryMessage(server: string, message: RegistryMessage): string {
  return `${server}|registry|${JSON.stringify(message)}`;
}

export function serializeBroadcast<T extends Topic>(server: string, topic: T, payload: Topics[T]): string {
  return `${server}|broadcast|${JSON.stringify({ topic, payload })}`;
}

export function serializeMissedEvents(server: string, sinceLastMs: number): string {
  return `${server}|missedEvents|${Math.floor(sinceLastMs)}`;
}

export function senderOf(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf('|')));
}

/** Checks the whole message, so that a malformed one changes nothing. @throws Error that says what is malformed. */
export function parseServerMessage(text: string): ServerMessage {
  const kindAt = senderOf(text).length + 1;
  const bodyAt = text.indexOf('|', kindAt) + 1;
  if (kindAt === 1 || bodyAt === 0) throw new Error('no sender or no kind');
  const kind = text.slice(kindAt, bodyAt - 1);
  const body = text.slice(bodyAt);
  switch (kind) {
    case 'events':
      return { kind, events: BusEvent.parseAll(body) };
    case 'registry':
      return { kind, message: checkedRegistryMessage(JSON.parse(body)) };
    case 'broadcast':
      return checkedBroadcast(JSON.parse(body));
    case 'missedEvents':
      return { kind, sinceLastMs: checkedCount(body) };
    default:
      throw new Error('unknown kind of message');
  }
}

function checkedCount(text: string): number {
  const count: unknown = JSON.parse(text);
  if (!isCount(count)) throw new Error('malformed number');
  return count;
}

function checkedBroadcast(value: unknown): Broadcast {
  if (!isRecord(value) || !isTopic(value['topic'])) throw new Error('unknown topic');
  const { topic, payload } = value;
  if (!isPayloadOf(topic, payload)) throw new Error(`malformed payload of ${topic}`);
  return { kind: 'broadcast', topic, payload } as Broadcast;
}
