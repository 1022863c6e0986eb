import type { MessageReply } from '@parley/shared';
import type { OutboxEntry, QueuedChange, QueuedMessage } from '../state/chat-state.js';

/** Each kind of entry without what only a running client knows. */
type Stored<Entry> = Entry extends OutboxEntry ? Omit<Entry, 'status' | 'seq' | 'rev'> : never;

/** An operation as it is stored until the server has acked it. */
export type StoredEntry = (Stored<OutboxEntry> | EarlierEntry) & { user_id: number };

/** What a client of an earlier version has stored: always a message. Its `reason` may be a sentence. */
type EarlierEntry = Omit<Stored<QueuedMessage>, 'kind' | 'reply_to'> & {
  kind?: 'send';
  reply_to?: MessageReply | null;
};

/** Where the outbox outlives the process. Every method rejects when the storage fails. */
export interface OutboxStorage {
  /** The entries of this user, oldest first. */
  load(userId: number): Promise<StoredEntry[]>;
  /** Resolves once the entry would survive a crash. */
  put(entry: StoredEntry): Promise<void>;
  has(clientId: string): Promise<boolean>;
  remove(clientId: string): Promise<void>;
}

/**
 * A lock per entry among the clients with one storage: resolves when this client holds it, with the function that
 * releases it. Never rejects.
 */
export type OutboxLock = (clientId: string) => Promise<() => void>;

/** An entry as it was stored. */
export function toStored(entry: OutboxEntry, user_id: number): StoredEntry {
  if (entry.kind === 'send') {
    const { status: _status, seq: _seq, ...stored } = entry;
    return { ...stored, user_id };
  }
  const { status: _status, rev: _rev, ...stored } = entry;
  return { ...stored, user_id };
}

/** An entry from the storage, as it is queued again. */
export function fromStored({ user_id: _me, ...stored }: StoredEntry): OutboxEntry {
  const status = stored.reason === null ? 'waiting' : 'failed';
  if (stored.kind === undefined || stored.kind === 'send') {
    return { ...stored, kind: 'send', reply_to: stored.reply_to ?? null, status, seq: null };
  }
  return { ...stored, status, rev: null } as QueuedChange;
}
