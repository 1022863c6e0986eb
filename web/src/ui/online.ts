import { createSignal } from 'solid-js';

const [isOnline, setOnline] = createSignal(navigator.onLine);
for (const change of ['online', 'offline']) {
  window.addEventListener(change, () => setOnline(navigator.onLine));
}

/** Whether the browser has a network at all. It may have one and no server, or a server (this machine) without one. */
export { isOnline };
