import { createSignal } from 'solid-js';

const [progress, setAll] = createSignal<ReadonlyMap<string, number>>(new Map());

/** How much of a file has arrived, from 0 to 1; undefined: its upload has not begun. */
export function progressOf(key: string): number | undefined {
  return progress().get(key);
}

/** @param share null: the file is sent, or given up. */
export function setProgress(key: string, share: number | null): void {
  const next = new Map(progress());
  if (share === null) next.delete(key);
  else next.set(key, share);
  setAll(next);
}
