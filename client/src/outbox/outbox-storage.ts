import type { ErrorCode } from '@parley/shared';

/** An operation as it is stored until the server has acked it. */
export interface StoredEntry {
  /** Absent in what a page without kinds has stored: then a message. */
  kind?: 'send';
  client_id: string;
  user_id: number;
  room_id: number;
  text: string;
  /** Local clock, ISO-8601. */
  created_at: string;
  /** Why the server refused it; null: not refused. An entry of a page before error codes has a sentence here. */
  reason: ErrorCode | null;
}

/** Where unsent messages outlive the process. Every method rejects when the storage fails. */
export interface OutboxStorage {
  /** The unsent messages of this user, oldest first. */
  load(userId: number): Promise<StoredEntry[]>;
  /** Resolves once the entry would survive a crash. */
  put(entry: StoredEntry): Promise<void>;
  has(clientId: string): Promise<boolean>;
  remove(clientId: string): Promise<void>;
}

/**
 * A lock per message among the clients with one storage: resolves when this client holds it, with the function that
 * releases it. Never rejects.
 */
export type OutboxLock = (clientId: string) => Promise<() => void>;
