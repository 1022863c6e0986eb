import { createSignal } from 'solid-js';

const TICK_MS = 20_000;

const [now, setNow] = createSignal(Date.now());
setInterval(() => setNow(Date.now()), TICK_MS);

/** The time, as exact as «5 min» needs it. */
export { now };
