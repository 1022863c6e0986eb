import type {
  ErrorCode,
  MessageAck,
  MessagePage,
  ReceiptAck,
  Room,
  ServerFrame,
  SyncAck,
  User,
} from '@parley/shared';
import type { OutboxEntry } from './chat-state.js';

/** Everything that can change the state: the server's frames, the answers to what was asked, the user's own deeds. */
export type ChatEvent =
  | ServerFrame
  | { type: 'users-loaded'; users: User[] }
  | { type: 'rooms-loaded'; rooms: Room[] }
  /** `asked`: the revisions that were sent. */
  | { type: 'synced'; answer: SyncAck; asked: Readonly<Record<string, number>> }
  /** A page of history. `askedRev`: the room's revision when it was asked for. */
  | { type: 'page-loaded'; roomId: number; askedRev: number; page: Pick<MessagePage, 'results'> }
  | { type: 'message-acked'; clientId: string; ack: MessageAck }
  | { type: 'receipt-acked'; ack: ReceiptAck }
  | { type: 'typing-faded'; roomId: number }
  | { type: 'queued'; entry: OutboxEntry }
  | { type: 'waiting'; clientId: string }
  | { type: 'failed'; clientId: string; reason: ErrorCode }
  | { type: 'discarded'; clientId: string };
