import type { ErrorCode } from '@parley/shared';
import type { Transport } from './connection/transport.js';
import type { OutboxLock, OutboxStorage } from './outbox/outbox-storage.js';
import type { Uploads } from './outbox/uploads.js';

export interface ClientOptions {
  /** The user whose client this is. */
  readonly userId: number;
  /** URL of the user socket. A function is called before each connection, so that the URL may change. */
  readonly url: string | (() => string);
  /** Default: the platform's WebSocket. Node 20 has none. */
  readonly transport?: Transport;
  /** The clock, in milliseconds since 1970. Default: Date.now. */
  readonly now?: () => number;
  /** Where unsent messages are stored. Default: nowhere, they live as long as the process. */
  readonly storage?: OutboxStorage;
  /** Keeps clients with the same storage from sending the same message twice. Default: none. */
  readonly lock?: OutboxLock;
  /** Uploads the files of messages. Default: messages with files are refused. */
  readonly uploads?: Uploads;
  /** A request without a reply for this long, in milliseconds, fails. Default: ACK_TIMEOUT_MS. */
  readonly ackTimeoutMs?: number;
  /** Time between two `sync`, in milliseconds. Default: `heartbeat_seconds` of the server. */
  readonly syncIntervalMs?: number;
  /** Longest wait before a reconnect, in milliseconds. Default: MAX_RECONNECT_DELAY_MS. */
  readonly maxReconnectDelayMs?: number;
  /**
   * Called for an `error` frame that answers no waiting request: a refused `typing` or ping, or the reply to a request
   * that has timed out (the outbox has sent its message again).
   */
  readonly onError?: (code: ErrorCode, message: string) => void;
}
