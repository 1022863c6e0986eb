import { createRoot } from 'solid-js';
import { createChunk, type Chunk } from '../ui/chunk';
import { loadSecondWords, words } from '../words/words';

type Parts = typeof import('./parts');

let isBegun = false;
let chunk: Chunk<Parts> | undefined;

/**
 * What the page needs soon, but not for its first paint, as one chunk: see `parts.ts`. Once it is there, it is there for as
 * long as the window.
 */
export function secondLoad(): Chunk<Parts> {
  chunk ??= createRoot(() =>
    createChunk(words.notLoaded.rest, async () => {
      const [parts] = await Promise.all([import('./parts'), loadSecondWords()]);
      return parts;
    }),
  );
  return chunk;
}

/** Loads it once there is nothing more urgent. Until it is there, it is tried again. */
export function loadSecond(): void {
  if (isBegun) return;
  isBegun = true;
  // Safari has none.
  if ('requestIdleCallback' in window) window.requestIdleCallback(load, { timeout: 1_000 });
  else setTimeout(load, 100);
}

function load(): void {
  secondLoad().demand(() => {
    const parts = secondLoad().content();
    parts?.startServiceWorker();
    parts?.guardFocus();
    parts?.titleTimes();
  });
}
