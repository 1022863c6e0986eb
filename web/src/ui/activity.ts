const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove', 'focus'] as const;

/** Calls back whenever the user does something in this window, until `signal` aborts. */
export function onActivity(act: () => void, signal: AbortSignal): void {
  for (const sign of SIGNS) window.addEventListener(sign, act, { signal, passive: true, capture: true });
}

/** Calls back when the browser says that the network is another one now, or is gone, until `signal` aborts. */
export function onNetworkChange(change: () => void, signal: AbortSignal): void {
  window.addEventListener('offline', change, { signal });
  window.addEventListener('online', change, { signal });
  // Chromium only, and not in TypeScript's library.
  const { connection } = navigator as { connection?: EventTarget };
  connection?.addEventListener('change', change, { signal });
}
