import type { Bubble } from './bubbles';

/**
 * The messages of a log, with those that are on their way at its end. One that was refused stays among those that were sent
 * at its time.
 * @param clockAheadMs how far the clock of this device, by which unsent messages have their time, is ahead of the server's.
 */
export function withUnsent(
  confirmed: readonly Bubble[],
  unsent: readonly Bubble[],
  clockAheadMs: number,
): Bubble[] {
  const all = [...confirmed];
  for (const bubble of unsent) {
    const time = Date.parse(bubble.at) - clockAheadMs;
    const place = bubble.outbox?.status === 'failed' ? all.findIndex(({ at }) => Date.parse(at) > time) : -1;
    all.splice(place < 0 ? all.length : place, 0, bubble);
  }
  return all;
}

export type WithUnsent = typeof withUnsent;
