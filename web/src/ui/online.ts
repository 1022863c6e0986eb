import { createSignal } from 'solid-js';

const [isOnline, setOnline] = createSignal(true);

/**
 * Whether the browser has a network at all. It may have one and no server, or a server (this machine) without one. True
 * until {@link watchNetwork}.
 */
export { isOnline };

/** Follows the browser's network. Called once, before the first render. */
export function watchNetwork(): void {
  update();
  for (const change of ['online', 'offline']) window.addEventListener(change, update);
}

function update(): void {
  setOnline(navigator.onLine);
}
