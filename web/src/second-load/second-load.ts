import type { ActionId } from '../actions/table';
import { createSharedChunk } from '../ui/chunk';
import { loadSecondWords, words } from '../words/words';

let isBegun = false;

/**
 * What the page needs soon, but not for its first paint, as one chunk: see `parts.ts`. Once it is there, it is there for as
 * long as the window.
 */
export const secondLoad = createSharedChunk(
  () => words.notLoaded.rest,
  async () => {
    const [parts] = await Promise.all([import('./parts'), loadSecondWords()]);
    return parts;
  },
);

/** Does an action that comes with it. */
export function runSoon(id: ActionId): void {
  secondLoad().demand(() => secondLoad().content()?.runAction(id));
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
  secondLoad().demand(() => secondLoad().content()?.begin());
}
