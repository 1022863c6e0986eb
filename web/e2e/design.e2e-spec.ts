import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { colourViolations, violations } from './support/axe';
import { launch } from './support/chat-window';
import { matchesScreenshot } from './support/compare-screenshots';
import { buildDesign, openDesign } from './support/design-page';

/** By the attributes that the settings set, and by the media that a device reports. */
const THEMES: Record<string, { query: string; options?: BrowserContextOptions }> = {
  light: { query: '' },
  dark: { query: 'theme=dark' },
  'more-light': { query: 'contrast=more' },
  'more-dark': { query: '', options: { colorScheme: 'dark', contrast: 'more' } },
  forced: { query: '', options: { forcedColors: 'active' } },
};
const ALL = [
  'colours',
  'type',
  'sizes',
  'buttons',
  'fields',
  'icons',
  'avatars',
  'rows',
  'bubbles',
  'chat',
  'notices',
  'empty',
  'waiting',
];
/** What differs from theme to theme. */
const SECTIONS: Record<string, readonly string[]> = {
  light: ALL,
  dark: ['colours', 'fields', 'rows', 'bubbles'],
  'more-light': ['colours', 'fields', 'bubbles'],
  'more-dark': ['colours', 'fields', 'bubbles'],
  forced: ['buttons', 'fields', 'rows'],
};
const LAYERS: Record<string, readonly string[]> = {
  light: ['menu', 'sheet', 'details', 'settings', 'date', 'emoji', 'sign-in', 'register', 'unreachable'],
  dark: ['menu', 'settings', 'emoji', 'sign-in'],
  forced: ['menu'],
};
const NARROW = { width: 390, height: 640 };
/** All screenshots together, in bytes. */
const MAX_BYTES = 750_000;

const sectionsOf = (theme: string) => SECTIONS[theme] ?? [];
const layersOf = (theme: string) => LAYERS[theme] ?? [];

/** Emoji are of the system, not the same everywhere. What the examples are called is none of the design. */
const HIDDEN =
  '.emoji, [data-emoji] > span, figcaption, .design-section > h2, .design-name { visibility: hidden !important }';

describe('the page /design', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    buildDesign();
    browser = await launch(['--disable-lcd-text']);
  });
  afterEach(() => page?.context().close());
  afterAll(() => browser?.close());

  describe.each(Object.entries(THEMES))('in the theme %s', (theme, { query, options }) => {
    it('shows every section as its screenshot, and axe finds nothing wrong', async () => {
      page = await openDesign(browser, `?${query}`, { viewport: { width: 800, height: 1_600 }, ...options });
      const problems: string[] = [];
      for (const section of sectionsOf(theme)) {
        const take = () =>
          page
            .locator(`#${section}`)
            .screenshot({ animations: 'disabled', caret: 'hide', scale: 'css', style: HIDDEN });
        await matchesScreenshot(`${theme}/${section}`, take).catch((error) => problems.push(error.message));
      }
      expect(problems).toEqual([]);
      expect(await (theme === 'light' ? violations(page) : colourViolations(page))).toEqual([]);
    });

    it('shows menus and dialogs as their screenshots', async () => {
      const problems: string[] = [];
      for (const layer of layersOf(theme)) {
        page = await openDesign(browser, `?${query}&layer=${layer}`, { viewport: NARROW, ...options });
        const take = () =>
          page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css', style: HIDDEN });
        await matchesScreenshot(`${theme}/layer-${layer}`, take).catch((error) =>
          problems.push(error.message),
        );
        problems.push(...(await violations(page)));
        await page.context().close();
      }
      expect(problems).toEqual([]);
    });
  });

  it('has no screenshot that is compared with nothing, and all are small', () => {
    const folder = join(__dirname, 'screenshots');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.png'),
    );
    const wanted = Object.keys(THEMES).flatMap((theme) => [
      ...sectionsOf(theme).map((section) => `${theme}/${section}.png`),
      ...layersOf(theme).map((layer) => `${theme}/layer-${layer}.png`),
    ]);
    expect(files.toSorted()).toEqual(wanted.toSorted());
    expect(files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBeLessThan(MAX_BYTES);
  });
});
