import { createEffect, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import type { Chat } from '../realtime/chat.store';
import { newClientId, type OutboxEntry, OutboxSender } from '@parley/client';
import { createRequiredContext } from '../ui/required-context';
import { OutboxDb } from './outbox.db';
import { canOwn, own } from './outbox.owner';
import { reportNotKept } from './storage-notice';

/** What this user sends, from Enter until the server has it, across reloads. */
export interface Outbox {
  send(roomId: number, text: string): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
  /** The browser does not let us store: what waits would be lost with the window. */
  isVolatile: Accessor<boolean>;
}

export const [OutboxProvider, useOutbox] = createRequiredContext<Outbox>('Outbox');

export function createOutbox(chat: Chat): Outbox {
  const db = new OutboxDb();
  const [isVolatile, setVolatile] = createSignal(false);
  /** Of the entries that this window sends: how to let others do it. */
  const owned = new Map<string, () => void>();

  const sender = new OutboxSender({
    state: chat.state,
    dispatch: (event) => chat.dispatch(event),
    isConnected: () => chat.connection().name === 'open',
    transmit: ({ room_id, text, client_id }) =>
      chat.ask<'message'>({ type: 'message', room_id, text, client_id }),
    isOurs: (clientId) => owned.has(clientId),
  });

  const isKnown = (clientId: string) => chat.state().outbox.some((entry) => entry.client_id === clientId);

  async function keep(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch {
      lose();
    }
  }

  function lose(): void {
    setVolatile(true);
    reportNotKept('messages');
  }

  function store({ client_id, room_id, text, created_at, reason }: OutboxEntry): Promise<void> {
    return keep(db.put({ client_id, user_id: chat.me, room_id, text, created_at, reason }));
  }

  async function adopt(clientId: string, isWanted: () => Promise<boolean>): Promise<void> {
    const release = await own(clientId);
    if (!isKnown(clientId)) return release();
    if (!(await isWanted())) {
      chat.dispatch({ type: 'discarded', clientId });
      return release();
    }
    owned.set(clientId, release);
    sender.wake();
  }

  async function restore(): Promise<void> {
    for (const stored of await db.load(chat.me)) {
      const { user_id: _me, ...entry } = stored;
      if (isKnown(entry.client_id)) continue;
      const status = entry.reason === null ? 'waiting' : 'failed';
      chat.dispatch({ type: 'queued', entry: { ...entry, status, seq: null } });
      // Another window may have got it through, or discarded it, while we waited for our turn.
      // A disk that does not say counts as yes: sent twice is stored once, and not sent is lost.
      void adopt(entry.client_id, () => db.has(entry.client_id).catch(() => true));
    }
  }

  void restore().catch(lose);
  void canOwn();

  createEffect(
    on(chat.connection, ({ name }) => {
      if (name === 'open') sender.wake();
    }),
  );

  // What has left the outbox, by whatever way, leaves the disk.
  createEffect(
    on(
      () => chat.state().outbox,
      (now, before) => {
        for (const { client_id } of before ?? []) {
          if (now.some((entry) => entry.client_id === client_id)) continue;
          void keep(db.remove(client_id));
          owned.get(client_id)?.();
          owned.delete(client_id);
        }
        for (const entry of now) {
          const was = before?.find(({ client_id }) => client_id === entry.client_id);
          if (was && was.status !== entry.status && entry.status !== 'sent') void store(entry);
        }
      },
    ),
  );

  onCleanup(() => {
    for (const release of owned.values()) release();
    owned.clear();
  });

  return {
    isVolatile,
    send(roomId, text) {
      const entry: OutboxEntry = {
        client_id: newClientId(),
        room_id: roomId,
        text,
        created_at: new Date().toISOString(),
        status: 'waiting',
        reason: null,
        seq: null,
      };
      chat.dispatch({ type: 'queued', entry });
      // On disk first, then on the line: a window that dies in between loses nothing. A disk that has failed is not
      // waited for again.
      const stored = store(entry);
      const isReady = isVolatile() ? Promise.resolve() : stored;
      void isReady.then(() => adopt(entry.client_id, () => Promise.resolve(true)));
    },
    retry(clientId) {
      chat.dispatch({ type: 'waiting', clientId });
      sender.wake();
    },
    discard: (clientId) => chat.dispatch({ type: 'discarded', clientId }),
  };
}
