import type { Locator } from 'playwright-core';

/** How much of an element no ancestor clips, as a part of it. */
export const partInSight = (locator: Locator) =>
  locator.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        new IntersectionObserver(([entry], observer) => {
          observer.disconnect();
          resolve(entry?.intersectionRatio ?? 0);
        }).observe(element);
      }),
  );
