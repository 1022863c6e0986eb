import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** Waits until something holds, looking again and again. @throws with the sentence when it never does. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`);
    await sleep(10);
  }
}

/** How long something takes, in milliseconds, beside its result. */
export async function timed<T>(work: Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work;
  return { ms: Math.round(performance.now() - start), result };
}

/** A rejection instead of a hang. */
export async function within<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, null, { signal: timer.signal }).then(() => {
    throw new Error(`${what} took longer than ${timeoutMs} ms.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
