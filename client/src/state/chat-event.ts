import type {
  ChangeAck,
  ErrorCode,
  MessageAck,
  MessagePage,
  ReceiptAck,
  Room,
  ServerFrame,
  SyncAck,
  User,
} from '@parley/shared';
import type { ClientRoom, OutboxEntry } from './chat-state.js';

/** Everything that changes the state: frames, replies to requests, actions of the user. */
export type ChatEvent =
  | ServerFrame
  | { type: 'users-loaded'; users: User[] }
  | { type: 'rooms-loaded'; rooms: Room[] }
  /** What this device kept of an earlier run: only where nothing has come from the server yet. */
  | { type: 'restored'; rooms: readonly Room[] }
  /** `sentRevs`: the revisions in the request. */
  | { type: 'synced'; answer: SyncAck; sentRevs: Readonly<Record<string, number>> }
  /** A page of history. `requestedAtRev`: the room's revision when it was requested. */
  | { type: 'page-loaded'; roomId: number; requestedAtRev: number; page: Pick<MessagePage, 'results'> }
  | { type: 'message-acked'; clientId: string; ack: MessageAck }
  | { type: 'change-acked'; clientId: string; ack: ChangeAck }
  | { type: 'receipt-acked'; ack: ReceiptAck }
  | { type: 'typing-faded'; roomId: number }
  /** The time of messages is over: these rooms, without their content. */
  | { type: 'expired'; rooms: Readonly<Record<number, ClientRoom>> }
  | { type: 'queued'; entry: OutboxEntry }
  /** The user has changed an entry that was not sent yet. */
  | { type: 'requeued'; entry: OutboxEntry }
  | { type: 'waiting'; clientId: string }
  | { type: 'failed'; clientId: string; reason: ErrorCode }
  | { type: 'discarded'; clientId: string };
