import type { ClientCore } from '../client-core.js';
import { newClientId } from '../messages/client-id.js';
import type { OutboxEntry } from '../state/chat-state.js';
import { createOutboxSender } from './outbox-sender.js';
import type { OutboxLock, OutboxStorage } from './outbox-storage.js';

interface Ports {
  readonly storage?: OutboxStorage;
  readonly lock?: OutboxLock;
}

/** The messages of this user that the server has not acked, also across restarts if there is a storage. */
export interface Outbox {
  /** Sends the unsent messages of an earlier run, from the storage, and those that were unsent at `close`. */
  restore(): Promise<void>;
  /** @returns the client_id of the message. */
  send(roomId: number, text: string): string;
  /** To be called when the client has connected. */
  wake(): void;
  /** To be called after each event: stores what changed in the outbox. */
  onChange(before: readonly OutboxEntry[], now: readonly OutboxEntry[]): void;
  /** Releases all locks, so that other clients with the same storage send what this one has not sent. */
  close(): void;
}

/** @param onStorageFailed called when unsent messages can no longer be stored. */
export function createOutbox(
  client: ClientCore,
  { storage, lock }: Ports,
  onStorageFailed: () => void,
): Outbox {
  /** Entries whose lock this client holds, with the function that releases it: only these are sent. */
  const locks = new Map<string, (() => void) | undefined>();
  const sender = createOutboxSender(client, (clientId) => locks.has(clientId));
  let hasFailed = false;

  const isKnown = (clientId: string) => client.state.outbox.some(({ client_id }) => client_id === clientId);

  /** Reports a failure of the storage, and never rejects. */
  async function watchStorage(operation: Promise<void> | undefined): Promise<void> {
    try {
      await operation;
    } catch {
      hasFailed = true;
      onStorageFailed();
    }
  }

  const store = ({ status: _status, seq: _seq, ...entry }: OutboxEntry) =>
    watchStorage(storage?.put({ ...entry, user_id: client.state.me }));

  async function lockAndSend(clientId: string, isStillStored?: () => Promise<boolean>): Promise<void> {
    const release = await lock?.(clientId);
    if (!isKnown(clientId)) return release?.();
    if (isStillStored && !(await isStillStored())) {
      client.dispatch({ type: 'discarded', clientId });
      return release?.();
    }
    locks.set(clientId, release);
    sender.wake();
  }

  async function load(from: OutboxStorage): Promise<void> {
    for (const { user_id: _me, ...entry } of await from.load(client.state.me)) {
      const { client_id: clientId, reason } = entry;
      if (isKnown(clientId)) continue;
      const status = reason === null ? 'waiting' : 'failed';
      client.dispatch({ type: 'queued', entry: { kind: 'send', ...entry, status, seq: null } });
      // Another client may have sent or discarded it while this one waited for the lock. If the storage fails, the
      // message is sent: the server stores a repeated message once, but a message that is not sent is lost.
      void lockAndSend(clientId, () => from.has(clientId).catch(() => true));
    }
  }

  return {
    restore() {
      for (const { client_id } of client.state.outbox) void lockAndSend(client_id);
      return watchStorage(storage && load(storage));
    },

    send(room_id, text) {
      const entry: OutboxEntry = {
        kind: 'send',
        client_id: newClientId(),
        room_id,
        text,
        created_at: new Date().toISOString(),
        status: 'waiting',
        reason: null,
        seq: null,
      };
      client.dispatch({ type: 'queued', entry });
      // Stored before it is sent, so that a process that dies in between loses nothing. After a failure of the storage
      // messages do not wait for it.
      const stored = store(entry);
      void (hasFailed ? Promise.resolve() : stored).then(() => lockAndSend(entry.client_id));
      return entry.client_id;
    },

    wake: () => sender.wake(),

    onChange(before, now) {
      if (now === before) return;
      for (const { client_id: clientId, status } of before) {
        const next = now.find(({ client_id }) => client_id === clientId);
        if (!next) {
          void watchStorage(storage?.remove(clientId));
          locks.get(clientId)?.();
          locks.delete(clientId);
        } else if (next.status !== status && next.status !== 'sent') void store(next);
      }
    },

    close() {
      for (const release of locks.values()) release?.();
      locks.clear();
    },
  };
}
