import { createSignal } from 'solid-js';

const TICK_MS = 20_000;

const [now, setNow] = createSignal(Date.now());

/** The time in milliseconds, as exact as «5 minutes ago» needs it. Stands still until {@link startClock}. */
export { now };

/** Moves the time on. Called once, before the first render. */
export function startClock(): void {
  setInterval(() => setNow(Date.now()), TICK_MS);
}
