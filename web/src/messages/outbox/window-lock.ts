import { newClientId, type OutboxLock } from '@parley/client';

/** Locks that take longer, in milliseconds, for a name that no other window can hold, do not work. */
const LOCK_TIMEOUT_MS = 1_000;

let areUsable: Promise<boolean> | undefined;

/**
 * Waits until no other window of this browser sends the message, and keeps others from it until the function it
 * resolves with is called or the window is closed. Where the browser has no locks (plain http) or refuses them (blocked
 * site data), every window may send: the server keeps one. Never rejects.
 */
export const lockInWindow: OutboxLock = async (clientId) => {
  if (!(await areLocksUsable())) return doNothing;
  try {
    return await request(`parley-outbox-${clientId}`);
  } catch {
    // Refused from now on: as without locks.
    return doNothing;
  }
};

/** Whether locks work here. Called early, no message has to wait for the answer. */
export function areLocksUsable(): Promise<boolean> {
  areUsable ??= probe();
  return areUsable;
}

async function probe(): Promise<boolean> {
  const granted = request(`parley-probe-${newClientId()}`).then((release) => {
    release();
    return true;
  });
  const timeout = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), LOCK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([granted, timeout]);
  } catch {
    // Missing, or refused: that is the answer.
    return false;
  }
}

function request(name: string): Promise<() => void> {
  return new Promise((granted, refused) => {
    navigator.locks
      .request(name, () => new Promise<void>((release) => granted(release)))
      .then(undefined, refused);
  });
}

function doNothing(): void {
  // Nothing is held.
}
