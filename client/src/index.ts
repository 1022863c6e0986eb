export { createBareClient, type BareClient, type Client, type StateListener } from './client.js';
export { createClient, watchConnection } from './connection/watch-connection.js';
export type { ClientOptions } from './client-options.js';
export type { RequestFrame } from './client-core.js';
export type { ConnectionState, StopReason } from './connection/connection-machine.js';
export type { Socket, Transport } from './connection/transport.js';
export { watch, type RoomEvents } from './events/watch.js';
export { emptied } from './state/apply-expiry.js';
export { watchExpiry } from './expiry/watch-expiry.js';
export { newClientId } from './messages/client-id.js';
export { whenSent } from './outbox/when-sent.js';
export { UNDO_MS, type MessageKey } from './outbox/outbox.js';
export type { Uploads } from './outbox/uploads.js';
export type { OutboxLock, OutboxStorage, StoredEntry } from './outbox/outbox-storage.js';
export {
  firstUnread,
  peerWatermarks,
  readThrough,
  watermarksOf,
  type Watermarks,
} from './receipts/receipts.js';
export { RequestError } from './requests/request-table.js';
export { applyEvent } from './state/apply-event.js';
export type { ChatEvent } from './state/chat-event.js';
export {
  emptyState,
  newClientRoom,
  type ChatState,
  type OutboxEntry,
  type QueuedChange,
  type QueuedFile,
  type QueuedMessage,
  type OutboxStatus,
  type ReceiptKind,
  type ClientRoom,
} from './state/chat-state.js';
export { optimistic } from './state/optimistic.js';
export { unsentMessages } from './state/unsent-messages.js';
export { endOf, segmentAt, type Segment, type Segments } from './state/segments.js';
