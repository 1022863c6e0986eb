import type { MessageReply } from '@parley/shared';
import type { ClientCore } from '../client-core.js';
import { newClientId } from '../messages/client-id.js';
import { ownMessage } from '../state/apply-outbox.js';
import type {
  OutboxEntry,
  QueuedChange,
  QueuedDeletion,
  QueuedEdit,
  QueuedFile,
  QueuedReaction,
} from '../state/chat-state.js';
import { createOutboxSender } from './outbox-sender.js';
import type { Uploads } from './uploads.js';
import { fromStored, toStored, type OutboxLock, type OutboxStorage } from './outbox-storage.js';

/** How long a deletion can be undone, in milliseconds. */
export const UNDO_MS = 8_000;

interface Ports {
  readonly storage?: OutboxStorage;
  readonly lock?: OutboxLock;
  readonly uploads?: Uploads;
  readonly now?: () => number;
}

/** A message: its id, or the client_id of one that is not acked. */
export type MessageKey = number | string;

/** What this user has done and the server has not acked, also across restarts if there is a storage. */
export interface Outbox {
  /** Sends what is unsent of an earlier run, from the storage, and what was unsent at `close`. */
  restore(): Promise<void>;
  /** Loads what other clients of the storage have queued since. */
  loadStored(): Promise<void>;
  /** Each returns the client_id of the entry. */
  send(roomId: number, text: string, replyTo: MessageReply | null, files: readonly QueuedFile[]): string;
  edit(roomId: number, message: MessageKey, text: string): string;
  remove(roomId: number, message: MessageKey): string;
  react(roomId: number, messageId: number, emoji: string, on: boolean): string;
  /** To be called when the client has connected. */
  wake(): void;
  /** To be called after each event: stores what changed in the outbox. */
  onChange(before: readonly OutboxEntry[], now: readonly OutboxEntry[]): void;
  /** Releases all locks, so that other clients with the same storage send what this one has not sent. */
  close(): void;
}

/** What an operation is about, besides what every entry has. */
type NewChange = Own<QueuedEdit> | Own<QueuedDeletion> | Own<QueuedReaction>;
type Own<Change extends QueuedChange> = Omit<
  Change,
  'client_id' | 'room_id' | 'created_at' | 'status' | 'reason' | 'rev'
>;

/** @param onStorageFailed called when entries can no longer be stored. */
export function createOutbox(
  client: ClientCore,
  { storage, lock, uploads, now = Date.now }: Ports,
  onStorageFailed: () => void,
): Outbox {
  /** Entries whose lock this client holds, with the function that releases it: only these are sent. */
  const locks = new Map<string, (() => void) | undefined>();
  /** Entries that were made by this client and have never been sent: they may still be changed. */
  const unsent = new Set<string>();
  let hasFailed = false;

  const sender = createOutboxSender(client, {
    now,
    isOurs: (clientId) => locks.has(clientId),
    isStillWanted: isStillStored,
    uploads,
    onSend: (clientId) => void unsent.delete(clientId),
  });

  const entries = () => client.state.outbox;
  const isKnown = (clientId: string) => entries().some(({ client_id }) => client_id === clientId);

  /** Reports a failure of the storage, and never rejects. */
  async function watchStorage(operation: Promise<void> | undefined): Promise<void> {
    try {
      await operation;
    } catch {
      hasFailed = true;
      onStorageFailed();
    }
  }

  const store = (entry: OutboxEntry) => watchStorage(storage?.put(toStored(entry, client.state.me)));

  /**
   * Another client may have sent or discarded an entry that is not in the storage any more. If the storage fails, the entry
   * is sent: repeating it changes nothing, but what is not sent is lost.
   */
  async function isStillStored(clientId: string): Promise<boolean> {
    if (!storage || hasFailed) return true;
    return storage.has(clientId).catch(() => true);
  }

  async function lockAndSend(clientId: string, isRestored = false): Promise<void> {
    const release = await lock?.(clientId);
    if (!isKnown(clientId)) return release?.();
    if (isRestored && !(await isStillStored(clientId))) {
      client.dispatch({ type: 'discarded', clientId });
      return release?.();
    }
    locks.set(clientId, release);
    sender.wake();
  }

  async function load(from: OutboxStorage): Promise<void> {
    for (const stored of await from.load(client.state.me)) {
      const entry = fromStored(stored);
      if (isKnown(entry.client_id)) continue;
      // A refused change was reported by the client that sent it, which ended before it could remove it.
      if (entry.kind !== 'send' && entry.reason !== null) void watchStorage(from.remove(entry.client_id));
      else {
        client.dispatch({ type: 'queued', entry: withinUndo(entry) });
        void lockAndSend(entry.client_id, true);
      }
    }
  }

  const loadStored = () => watchStorage(storage && load(storage));

  /** The clock may have been set back since it was stored. */
  function withinUndo(entry: OutboxEntry): OutboxEntry {
    return entry.kind === 'delete' ? { ...entry, send_at: Math.min(entry.send_at, now() + UNDO_MS) } : entry;
  }

  function queue(entry: OutboxEntry): string {
    const clientId = entry.client_id;
    unsent.add(clientId);
    client.dispatch({ type: 'queued', entry });
    // Stored before it is sent, so that a process that dies in between loses nothing. After a failure of the storage
    // entries do not wait for it.
    const stored = store(entry);
    void (hasFailed ? Promise.resolve() : stored).then(() => lockAndSend(clientId));
    return clientId;
  }

  const newEntry = (room_id: number) =>
    ({
      client_id: newClientId(),
      room_id,
      created_at: new Date(now()).toISOString(),
      status: 'waiting',
      reason: null,
    }) as const;

  const queueChange = (roomId: number, change: NewChange) =>
    queue({ ...newEntry(roomId), ...change, rev: null } as QueuedChange);

  /** Puts an entry that was not sent in the place of an earlier form of it. */
  function requeue(entry: OutboxEntry): string {
    client.dispatch({ type: 'requeued', entry: { ...entry, status: 'waiting', reason: null } });
    sender.wake();
    return entry.client_id;
  }

  /** The entry of a message of which the server can have nothing. */
  function unsentMessage(message: MessageKey) {
    return entries().find(
      (entry) =>
        entry.kind === 'send' &&
        entry.client_id === message &&
        (entry.status === 'failed' || unsent.has(entry.client_id)),
    );
  }

  function targetOf(roomId: number, message: MessageKey): Pick<QueuedChange, 'message_id' | 'of'> {
    if (typeof message === 'number') return { message_id: message, of: null };
    return { message_id: ownMessage(client.state, roomId, message)?.id ?? null, of: message };
  }

  /** A change of this kind to the same message that is not sent yet. */
  function earlier<Kind extends QueuedChange['kind']>(
    kind: Kind,
    { message_id, of }: Pick<QueuedChange, 'message_id' | 'of'>,
  ): Extract<QueuedChange, { kind: Kind }>[] {
    return entries().filter(
      (entry): entry is Extract<QueuedChange, { kind: Kind }> =>
        entry.kind === kind &&
        unsent.has(entry.client_id) &&
        (message_id === null ? entry.of === of : entry.message_id === message_id),
    );
  }

  return {
    restore() {
      for (const { client_id } of entries()) void lockAndSend(client_id);
      return loadStored();
    },

    loadStored,

    send(roomId, text, reply_to, files) {
      const more = files.length > 0 ? { files } : {};
      return queue({ ...newEntry(roomId), kind: 'send', text, reply_to, seq: null, ...more });
    },

    edit(roomId, message, text) {
      const own = unsentMessage(message);
      if (own?.kind === 'send') return requeue({ ...own, text });
      const target = targetOf(roomId, message);
      const [known] = earlier('edit', target);
      return known ? requeue({ ...known, text }) : queueChange(roomId, { kind: 'edit', ...target, text });
    },

    remove(roomId, message) {
      const own = unsentMessage(message);
      if (own) {
        client.dispatch({ type: 'discarded', clientId: own.client_id });
        return own.client_id;
      }
      const target = targetOf(roomId, message);
      const [known] = earlier('delete', target);
      return known?.client_id ?? queueChange(roomId, { kind: 'delete', ...target, send_at: now() + UNDO_MS });
    },

    react(roomId, messageId, emoji, on) {
      const target = targetOf(roomId, messageId);
      const known = earlier('react', target).find((entry) => entry.emoji === emoji);
      return known ? requeue({ ...known, on }) : queueChange(roomId, { kind: 'react', ...target, emoji, on });
    },

    wake: () => sender.wake(),

    onChange(before, after) {
      if (after === before) return;
      const next = new Map(after.map((entry) => [entry.client_id, entry]));
      // What changed is stored before the entries that it no longer refers to are removed.
      for (const entry of before) {
        const current = next.get(entry.client_id);
        if (current && current !== entry && current.status !== 'sent') void store(current);
      }
      for (const entry of before) {
        const clientId = entry.client_id;
        if (next.has(clientId)) continue;
        if (entry.kind === 'send' && entry.files) uploads?.forget(entry.files);
        void watchStorage(storage?.remove(clientId));
        unsent.delete(clientId);
        locks.get(clientId)?.();
        locks.delete(clientId);
      }
    },

    close() {
      sender.close();
      for (const release of locks.values()) release?.();
      locks.clear();
    },
  };
}
