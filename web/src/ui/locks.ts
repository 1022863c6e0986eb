/*
 * Locks that the windows of this browser share. They end with their window, however it ends, so that no window waits for one that is
 * gone.
 */

/**
 * Holds a lock as soon as it can, until the function that it returns is called. Where the browser has no locks (plain http),
 * it holds it at once: each window is alone there.
 */
export function holdLock(name: string, mode: LockMode, onHeld?: () => void): () => void {
  const giveUp = new AbortController();
  let release: (() => void) | undefined;
  const hold = () => {
    onHeld?.();
    return new Promise<void>((resolve) => (release = resolve));
  };
  if (areThere()) {
    // Refused: given up, or the browser blocks the data of this site. Then this window does without.
    navigator.locks.request(name, { mode, signal: giveUp.signal }, hold).catch(() => undefined);
  } else {
    void hold();
  }
  return () => {
    giveUp.abort();
    release?.();
  };
}

/** The names of the locks that some window of this browser holds. Never rejects. */
export async function heldLocks(): Promise<ReadonlySet<string>> {
  if (!areThere()) return new Set();
  try {
    const { held = [] } = await navigator.locks.query();
    return new Set(held.flatMap(({ name }) => name ?? []));
  } catch {
    // As above.
    return new Set();
  }
}

function areThere(): boolean {
  return 'locks' in navigator;
}
