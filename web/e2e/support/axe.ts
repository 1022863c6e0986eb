import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Rules whose result depends on colours: the others find the same in every theme. */
const COLOURS = { type: 'rule' as const, values: ['color-contrast', 'link-in-text-block'] };

type Media = NonNullable<Parameters<Page['emulateMedia']>[0]>;
/** The columns of the table of roles. */
const THEMES: Record<string, Media> = {
  light: { colorScheme: 'light', contrast: 'no-preference', forcedColors: 'none' },
  dark: { colorScheme: 'dark', contrast: 'no-preference', forcedColors: 'none' },
  'light, more contrast': { colorScheme: 'light', contrast: 'more', forcedColors: 'none' },
  'dark, more contrast': { colorScheme: 'dark', contrast: 'more', forcedColors: 'none' },
  'forced colours': { colorScheme: 'light', contrast: 'no-preference', forcedColors: 'active' },
};

/** What axe finds wrong in the page as it stands, with all of its rules. One line per violation. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  await settled(page);
  return run(page, {});
}

/** Only by its rules for colours: in another theme of a view whose other rules were checked. */
export async function colourViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  await settled(page);
  return run(page, { runOnly: COLOURS });
}

/** The same in every theme, without another load of the page: its rules for colours in each of them. */
export async function violationsInEveryTheme(page: Page): Promise<string[]> {
  const found = await violations(page);
  for (const [theme, media] of Object.entries(THEMES)) {
    await page.emulateMedia(media);
    await settled(page);
    found.push(...(await run(page, { runOnly: COLOURS })).map((line) => `${theme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: null, contrast: null, forcedColors: null });
  return found;
}

/** Fading and rising would be measured half way, and so would a change of colour. */
function settled(page: Page): Promise<void> {
  return page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations === 1);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => undefined)));
  });
}

async function run(page: Page, options: axe.RunOptions): Promise<string[]> {
  const { violations: found } = await page.evaluate((chosen) => window.axe.run(chosen), options);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
