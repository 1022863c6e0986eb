import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes a second and milliseconds, as Lighthouse has slow 4G. */
export const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 204_800,
  uploadThroughput: 96_000,
};
/** The text that shows that the content is there. */
export const CONTENT = {
  list: '[data-room] [dir]',
  'deep link': '[data-bubble] .message-block',
  'one line of HTML': 'p',
};
/** A page that does nothing: nothing else can be sooner in a browser. */
const ONE_LINE = '<!doctype html><meta charset="utf-8"><title>One line</title><p>Content</p>';

/** Serves that page, without anything else to do. */
export async function serveLine() {
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end(ONE_LINE),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => void server.close() };
}

/**
 * Loads a page in a new window of {@link startChromium}.
 * @param content the selector of the text that shows that the content is there.
 * @param machine how many times slower the CPU is, the network or null, and when a visit is over, in milliseconds: a page that is
 *   asked before loads more slowly.
 * @returns when its content is painted and when the page itself is there, in milliseconds, and how much has moved.
 */
export async function visit(context, url, content, { slowdown, network, overMs = 4_000 }) {
  const page = await context.newPage();
  await page.send('Page.enable');
  await page.send('Page.addScriptToEvaluateOnNewDocument', {
    source: `(${watchLoad})(${JSON.stringify(content)})`,
  });
  await page.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  if (network) {
    await page.send('Network.enable');
    await page.send('Network.emulateNetworkConditions', network);
  }
  await page.send('Page.navigate', { url });
  await sleep(overMs);
  const figures = await page.evaluate('globalThis.load');
  await page.close();
  if (!figures?.content_ms) throw new Error(`${url} shows no content after ${overMs} ms`);
  return figures;
}

/** Leaves the page open until the browser has stored it and what it has shown. */
export async function remember(context, url) {
  const page = await context.newPage();
  await page.send('Page.navigate', { url });
  // Until the chats are kept too: written a second after the last has come.
  await sleep(8_000);
  if (!(await page.evaluate('navigator.serviceWorker.controller !== null')))
    throw new Error('No service worker');
  // The window is left as a user leaves it, which the closing by a driver is not.
  await page.send('Page.navigate', { url: 'about:blank' });
  await sleep(500);
  await page.close();
}

/**
 * In the page: when the text of `selector` is painted for the first time, when the page itself is there, which answers, and how
 * much has moved.
 */
function watchLoad(selector) {
  const figures = { content_ms: null, page_ms: 0, cls: 0 };
  globalThis.load = figures;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) figures.cls += value;
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const { renderTime } of list.getEntries()) figures.content_ms ??= renderTime;
  }).observe({ type: 'element', buffered: true });
  // What the last window showed is the first that is painted. It may be gone before Element Timing would report it.
  const paints = new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
      if (name === 'first-contentful-paint') figures.content_ms ??= startTime;
  });
  const look = () => {
    const element = document.querySelector(selector);
    // Before the paint of the frame that has it.
    if (element?.closest('#first-frame[inert]')) paints.observe({ type: 'paint', buffered: true });
    else element?.setAttribute('elementtiming', 'content');
    if (!element) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const lookForPage = () => {
    if (document.querySelector('#app main')) figures.page_ms = performance.now();
    else requestAnimationFrame(lookForPage);
  };
  requestAnimationFrame(lookForPage);
}
