import { createSignal, onCleanup, type Accessor } from 'solid-js';

/** Whether the browser has a network at all. It may have one and no server, or a server (this machine) without one. */
export function createOnline(): Accessor<boolean> {
  const [isOnline, setOnline] = createSignal(navigator.onLine);
  const untilCleanup = new AbortController();
  onCleanup(() => untilCleanup.abort());
  for (const change of ['online', 'offline'])
    window.addEventListener(change, () => setOnline(navigator.onLine), untilCleanup);
  return isOnline;
}
