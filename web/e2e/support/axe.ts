import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong in the page as it stands, with all of its rules. One line per violation. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Fading and rising would be measured half way.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations === 1);
    return Promise.all(ending.map((animation) => animation.finished.catch(() => undefined))).then(
      () => undefined,
    );
  });
  const { violations: found } = await page.evaluate(() => window.axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
