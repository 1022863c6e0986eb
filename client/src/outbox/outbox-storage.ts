import type { ErrorCode } from '@parley/shared';

/** A message as it is stored until the server has acknowledged it. */
export interface StoredEntry {
  client_id: string;
  user_id: number;
  room_id: number;
  text: string;
  /** Local clock, ISO-8601. */
  created_at: string;
  /** Why the server refused it; null while it has not. A sentence if a page before error codes stored it. */
  reason: ErrorCode | null;
}

/** Where unsent messages outlive the process. Every method rejects when nothing can be stored. */
export interface OutboxStorage {
  /** The unsent messages of this user, oldest first. */
  load(userId: number): Promise<StoredEntry[]>;
  /** Resolves once the entry would survive a crash. */
  put(entry: StoredEntry): Promise<void>;
  has(clientId: string): Promise<boolean>;
  remove(clientId: string): Promise<void>;
}

/**
 * Waits until no other client with the same storage sends this message, and keeps others from it until the function
 * that it resolves with is called. Never rejects.
 */
export type OutboxLock = (clientId: string) => Promise<() => void>;
