import { createComputed, createSignal, getListener, untrack, type Accessor, type Signal } from 'solid-js';

/**
 * Reads a record by key. A computation that reads a key runs again only when the value of that key is another one, not
 * when the record is. Keys that were read once are kept until the owner is disposed.
 */
export function createKeyed<T>(
  record: Accessor<Readonly<Record<number, T>>>,
): (key: number) => T | undefined {
  const read = new Map<number, Signal<T | undefined>>();

  createComputed(() => {
    const now = record();
    for (const [key, [, set]] of read) set(() => now[key]);
  });

  return (key) => {
    const now = untrack(record)[key];
    if (!getListener()) return now;
    let signal = read.get(key);
    if (!signal) read.set(key, (signal = createSignal(now)));
    return signal[0]();
  };
}
