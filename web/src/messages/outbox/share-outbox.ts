import { onCleanup } from 'solid-js';
import type { Chat } from '../../realtime/chat.store';
import { IndexedDbStorage } from './indexeddb-storage';
import { areLocksUsable, lockInWindow } from './window-lock';

/** An entry is in the storage this long after it was queued, in milliseconds. */
const STORED_MS = 500;

/**
 * Says to the other windows of this browser that something was queued, and takes over what they have queued when they are
 * closed before it is sent. Without channels or locks that is done by the next window that is opened.
 */
export function shareOutbox({ client, me }: Chat): void {
  const storage = new IndexedDbStorage();
  /** Entries of other windows, whose locks those have. */
  const waiting = new Set<string>();
  let isClosed = false;
  let channel: BroadcastChannel;
  try {
    channel = new BroadcastChannel(`parley-outbox-${me}`);
  } catch {
    // Missing, or refused.
    return;
  }

  async function adopt(): Promise<void> {
    // Blocked storage has nothing, and the outbox says so.
    const stored = (await areLocksUsable()) ? await storage.load(me).catch(() => []) : [];
    const known = new Set(client.state.outbox.map(({ client_id }) => client_id));
    for (const { client_id: clientId } of stored)
      if (!known.has(clientId) && !waiting.has(clientId)) void takeOver(clientId);
  }

  async function takeOver(clientId: string): Promise<void> {
    waiting.add(clientId);
    const release = await lockInWindow(clientId);
    release();
    waiting.delete(clientId);
    if (!isClosed) await client.restoreUnsent();
  }

  function say(): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A channel has no other origins.
    if (!isClosed) channel.postMessage(null);
  }

  channel.addEventListener('message', () => void adopt());
  const unsubscribe = client.subscribe((after, before) => {
    if (after.outbox.length > before.outbox.length) setTimeout(say, STORED_MS);
  });
  // What is waiting in the others.
  void adopt();
  onCleanup(() => {
    isClosed = true;
    unsubscribe();
    channel.close();
  });
}
