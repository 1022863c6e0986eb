import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const WEB = join(__dirname, '../..');
const DIST = join(WEB, 'design/dist');
/** No server answers it: what the build has is put in its place. */
const ORIGIN = 'http://design.test';

/** Builds the page `/design` from the sources as they are. */
export function buildDesign(): void {
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
  const args = [vite, 'build', '--config', 'vite.design.config.ts', '--logLevel', 'error'];
  // What it prints is part of the error when it fails.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync(process.execPath, args, { cwd: WEB, env, stdio: 'pipe' });
}

/** Opens it, without motion and at one moment of one day, wherever and whenever this is. */
export async function openDesign(
  browser: Browser,
  query: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
    ...options,
  });
  await context.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(DIST, pathname === '/design' ? 'design.html' : pathname);
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? route.fulfill({ path }) : route.abort();
  });
  const page = await context.newPage();
  await page.clock.setFixedTime('2026-03-14T15:09:26Z');
  await page.goto(`${ORIGIN}/design${query}`);
  await page.locator('html[data-ready]').waitFor();
  await page.evaluate(() =>
    Promise.all([...document.images].map((image) => image.decode().catch(() => undefined))),
  );
  return page;
}
