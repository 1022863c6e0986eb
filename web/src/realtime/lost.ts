import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import type { ConnectionState } from '@parley/client';

/** A connection that is back sooner than this, in milliseconds, is not worth a word. */
export const UNNOTICED_MS = 2_000;
/** What was said stands for this long at least, in milliseconds: a word that flickers is worse than none. */
const LEAST_SAID_MS = 1_000;

/**
 * Whether the connection is lost, as far as the user is concerned: stopped, silent, or closed for a while. Everything
 * that says so (the banner, grey presence) reads this one signal.
 */
export function createLost(
  connection: Accessor<ConnectionState>,
  isSilent: Accessor<boolean>,
): Accessor<boolean> {
  const [isLost, setLost] = createSignal(false);
  let lostAt = 0;

  function lose(): void {
    if (!isLost()) lostAt = Date.now();
    setLost(true);
  }

  // A memo: from one attempt to the next nothing changes here, the waiting time least of all.
  const condition = createMemo(() => {
    const { name } = connection();
    if (name === 'stopped') return 'lost';
    if (name === 'open') return isSilent() ? 'lost' : 'fine';
    return 'closed';
  });

  createEffect(
    on(condition, (now) => {
      if (now === 'lost') return lose();
      const waitMs = now === 'closed' ? UNNOTICED_MS : Math.max(0, lostAt + LEAST_SAID_MS - Date.now());
      const timer = setTimeout(() => (now === 'closed' ? lose() : setLost(false)), waitMs);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  return isLost;
}
