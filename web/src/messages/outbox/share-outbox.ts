import { onCleanup } from 'solid-js';
import type { Chat } from '../../realtime/chat.store';
import { areLocksUsable } from './window-lock';

/** An entry is in the storage this long after it was queued, in milliseconds. */
const STORED_MS = 500;

/**
 * Says to the other windows of this browser that something was queued, and takes over what they have queued when they are
 * closed before it is sent. Without channels or locks that is done by the next window that is opened.
 */
export function shareOutbox({ client, me }: Chat): void {
  let channel: BroadcastChannel;
  try {
    channel = new BroadcastChannel(`parley-outbox-${me}`);
  } catch {
    // Missing, or refused.
    return;
  }
  const adopt = async () => {
    if (await areLocksUsable()) await client.adoptUnsent();
  };
  channel.addEventListener('message', () => void adopt());
  const unsubscribe = client.subscribe((after, before) => {
    if (after.outbox.length > before.outbox.length) setTimeout(say, STORED_MS);
  });
  let isClosed = false;
  function say(): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A channel has no other origins.
    if (!isClosed) channel.postMessage(null);
  }
  // What is waiting in the others.
  void adopt();
  onCleanup(() => {
    isClosed = true;
    unsubscribe();
    channel.close();
  });
}
