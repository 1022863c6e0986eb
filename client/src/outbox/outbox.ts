import type { ClientCore } from '../client-core.js';
import { newClientId } from '../messages/client-id.js';
import type { OutboxEntry } from '../state/chat-state.js';
import { createOutboxSender } from './outbox-sender.js';
import type { OutboxLock, OutboxStorage } from './outbox-storage.js';

interface Ports {
  readonly storage?: OutboxStorage;
  readonly lock?: OutboxLock;
}

/** What this user sends, from `send` until the server has it, across restarts if the storage outlives them. */
export interface Outbox {
  /** Takes up what an earlier run has stored, and what this client had before `close`, and not sent. */
  restore(): Promise<void>;
  /** @returns the client_id of the message. */
  send(roomId: number, text: string): string;
  /** Something is to be sent, or there is a connection again. */
  wake(): void;
  /** After each event: what has left the outbox, for whatever reason, leaves the storage. */
  onChange(before: readonly OutboxEntry[], now: readonly OutboxEntry[]): void;
  /** Lets other clients with the same storage send what this one has not. */
  close(): void;
}

/** `onStorageFailed`: unsent messages are lost with the process. */
export function createOutbox(
  client: ClientCore,
  { storage, lock }: Ports,
  onStorageFailed: () => void,
): Outbox {
  /** Of the entries that this client sends: how to release their locks. */
  const locks = new Map<string, (() => void) | undefined>();
  const sender = createOutboxSender(client, (clientId) => locks.has(clientId));
  let hasFailed = false;

  const isKnown = (clientId: string) => client.state.outbox.some(({ client_id }) => client_id === clientId);

  async function keep(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch {
      hasFailed = true;
      onStorageFailed();
    }
  }

  const store = ({ status: _status, seq: _seq, ...entry }: OutboxEntry) =>
    keep(storage?.put({ ...entry, user_id: client.state.me }));

  async function adopt(clientId: string, isWanted?: () => Promise<boolean>): Promise<void> {
    const release = await lock?.(clientId);
    if (!isKnown(clientId)) return release?.();
    if (isWanted && !(await isWanted())) {
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
      client.dispatch({ type: 'queued', entry: { ...entry, status, seq: null } });
      // Another client may have sent or discarded it while this one waited for the lock. A storage that does not
      // answer counts as yes: a message that is sent twice is stored once, and one that is not sent is lost.
      void adopt(clientId, () => from.has(clientId).catch(() => true));
    }
  }

  return {
    restore() {
      for (const { client_id } of client.state.outbox) void adopt(client_id);
      return keep(storage && load(storage));
    },

    send(room_id, text) {
      const entry: OutboxEntry = {
        client_id: newClientId(),
        room_id,
        text,
        created_at: new Date().toISOString(),
        status: 'waiting',
        reason: null,
        seq: null,
      };
      client.dispatch({ type: 'queued', entry });
      // Stored first, then sent: a process that dies in between loses nothing. A storage that has failed is not
      // waited for again.
      const stored = store(entry);
      void (hasFailed ? Promise.resolve() : stored).then(() => adopt(entry.client_id));
      return entry.client_id;
    },

    wake: () => sender.wake(),

    onChange(before, now) {
      if (now === before) return;
      for (const { client_id: clientId, status } of before) {
        const next = now.find(({ client_id }) => client_id === clientId);
        if (!next) {
          void keep(storage?.remove(clientId));
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
