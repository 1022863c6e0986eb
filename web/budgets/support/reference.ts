import type { BrowserContext, Page } from 'playwright-core';

/** How much slower than this machine the CPU is that the goals are for. */
export const SLOWDOWN = 4;
/** How long a key or a button is held, in milliseconds: people type with some 100. */
export const HELD = { delay: 100 };

/** A press that makes a page of text, which Parley has no part in: how slow the machine is now, in what the browser does for Parley. */
const REFERENCE = `
  <!doctype html><title>Reference</title>
  <style>li { display: flex; gap: 1em } b { flex: 1 }</style>
  <button>Work</button><ol></ol>
  <script>
    let time = 0;
    document.querySelector('button').onclick = () => {
      time++;
      document.querySelector('ol').innerHTML = Array.from({ length: 300 },
        (_, n) => '<li><b>Row ' + n + '</b><span>of time ' + time + '</span></li>').join('');
    };
  </script>`;

/** A page with the reference, and nothing else. */
export async function openReference(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.setContent(REFERENCE);
  return page;
}

export function pressReference(page: Page): Promise<void> {
  return page.getByRole('button').click(HELD);
}
