import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { roomPath, shown, WIDE, PHONE } from './support/chat-window';
import { setUpStage } from './support/stage';

const ASSETS = join(__dirname, '../dist/assets');
const FONT_BYTES = 60_000;
/** Later than everything else of the page, in milliseconds. */
const LATE_MS = 3_000;
const MAX_SHIFT = 0.01;

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
}
declare global {
  interface Window {
    shifted: number;
  }
}

describe('the fonts', () => {
  const stage = setUpStage();

  it('are at most 60 kB together', () => {
    const fonts = readdirSync(ASSETS).filter((name) => name.endsWith('.woff2'));
    expect(fonts.length).toBe(3);
    const bytes = fonts.reduce((sum, name) => sum + statSync(join(ASSETS, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(FONT_BYTES);
  });

  it.each([
    ['a window', WIDE],
    ['a phone', PHONE],
  ])('move nothing when they come late, in %s', async (_, viewport) => {
    const { alice, bob, room } = await stage.pair();
    const { server } = stage;
    for (const name of ['carol', 'dave', 'erin']) await server.chat(alice, await server.person(name));
    const texts = [
      'Hello',
      'Would you like to have lunch with us on Thursday? '.repeat(4),
      '*Bold*',
      '`code`',
    ];
    for (const text of texts) await server.send(room, bob, text);
    for (const text of texts) await server.send(room, alice, text);
    for (const path of [`/?as=${alice.username}`, roomPath(room, alice)]) {
      const context = await stage.context({ viewport });
      await context.addInitScript(() => {
        window.shifted = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as Shift[]) window.shifted += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await context.route('**/*.woff2', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, LATE_MS));
        await route.continue();
      });
      const hers = await stage.windowIn(context, '/favicon.svg');
      // It has loaded when its fonts have.
      await hers.page.goto(server.origin + path, { waitUntil: 'commit' });
      await shown(path.startsWith('/rooms') ? hers.message('Hello').last() : hers.entry(bob));
      const isLoaded = () =>
        hers.page.evaluate(() =>
          [...document.fonts].some(({ family, status }) => family === 'Figtree' && status === 'loaded'),
        );
      expect(await isLoaded()).toBe(false);
      // Some are wanted later than others: in bold, or for code.
      await hers.page.waitForTimeout(2 * LATE_MS);
      expect(await isLoaded()).toBe(true);
      expect(await hers.page.evaluate(() => window.shifted)).toBeLessThanOrEqual(MAX_SHIFT);
    }
  });
});
