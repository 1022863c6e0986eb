import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from './lib/devtools.mjs';
import { goal, medians } from './lib/figures.mjs';
import { fillRooms, makeUserWithRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const ROOMS = 58;
/** Messages of the room that is opened, all of them read. */
const MESSAGES = 200;
/** Bytes a second and milliseconds, as Lighthouse has slow 4G. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000 };
const MACHINES = {
  fast: { slowdown: 1, network: null },
  'CPU ÷4': { slowdown: 4, network: null },
  'CPU ÷4, slow 4G': { slowdown: 4, network: SLOW_4G },
};
/** The text that shows that the content is there. */
const CONTENT = {
  list: '[data-room] [dir]',
  'deep link': '[data-bubble] .message-block',
  'one line of HTML': 'p',
};
/** When the slowest visit is over, in milliseconds: a page that is asked before loads more slowly. */
const OVER_MS = 4_000;
/** What the browser needs for a page that does nothing: nothing else can be sooner on this machine. */
const ONE_LINE = '<!doctype html><meta charset="utf-8"><title>One line</title><p>Content</p>';

/** Loads the page in Chromium, as a browser that comes for the first time and as one that comes again. */
export async function load(postgres, { rounds = 3 }) {
  const { url } = await makeDatabase(postgres, 1);
  const user = await makeUserWithRooms(url, 'many', ROOMS);
  const roomId = await withClient(url, async (client) => {
    const { rows } = await client.query(
      'SELECT max(id)::int AS id FROM rooms WHERE $1 IN (user_a_id, user_b_id)',
      [user],
    );
    return rows[0].id;
  });
  await fillRooms(url, [roomId], MESSAGES);
  await withClient(url, (client) => client.query(READ, [roomId, user]));
  await settle(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url });
  const origin = `http://127.0.0.1:${server.port}`;
  const lineServer = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end(ONE_LINE),
  ).listen(0, '127.0.0.1');
  await once(lineServer, 'listening');
  const urls = {
    list: `${origin}/?as=many0`,
    'deep link': `${origin}/rooms/${roomId}?as=many0`,
    'one line of HTML': `http://127.0.0.1:${lineServer.address().port}/`,
  };
  const browser = await startChromium();
  const rows = [];
  try {
    for (const [machine, settings] of Object.entries(MACHINES)) {
      for (const [view, pageUrl] of Object.entries(urls)) {
        const first = [];
        const second = [];
        for (let round = 0; round < rounds; round++) {
          const context = await browser.newContext();
          first.push(await visit(context, pageUrl, CONTENT[view], settings));
          if (pageUrl.startsWith(origin)) await remember(context, pageUrl);
          second.push(await visit(context, pageUrl, CONTENT[view], settings));
          await context.close();
        }
        rows.push({ name: `${view}, first visit, ${machine}`, ...medians(first) });
        rows.push({ name: `${view}, second visit, ${machine}`, ...medians(second) });
      }
    }
  } finally {
    await browser.close();
    lineServer.close();
    await server.stop();
  }
  const content = (name) => rows.find((row) => row.name === name).content_ms;
  return {
    rows,
    goals: [
      goal('list, second visit, CPU ÷4, ms', content('list, second visit, CPU ÷4'), 250),
      goal('deep link, second visit, CPU ÷4, ms', content('deep link, second visit, CPU ÷4'), 250),
      goal(
        'deep link, second visit, slow 4G, ms',
        content('deep link, second visit, CPU ÷4, slow 4G'),
        1_200,
      ),
      goal('deep link, first visit, slow 4G, ms', content('deep link, first visit, CPU ÷4, slow 4G'), 1_200),
      goal('layout shift', Math.max(...rows.map(({ cls }) => cls)), 0.01),
    ],
  };
}

/** Everything is read: the room opens at its end. */
const READ = `
  UPDATE rooms SET
    unread_a = CASE WHEN user_a_id = $2 THEN 0 ELSE unread_a END,
    unread_b = CASE WHEN user_b_id = $2 THEN 0 ELSE unread_b END,
    read_seq_a = CASE WHEN user_a_id = $2 THEN last_seq ELSE read_seq_a END,
    read_seq_b = CASE WHEN user_b_id = $2 THEN last_seq ELSE read_seq_b END,
    delivered_seq_a = CASE WHEN user_a_id = $2 THEN last_seq ELSE delivered_seq_a END,
    delivered_seq_b = CASE WHEN user_b_id = $2 THEN last_seq ELSE delivered_seq_b END
  WHERE id = $1`;

async function visit(context, url, content, { slowdown, network }) {
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
  await sleep(OVER_MS);
  const figures = await page.evaluate('globalThis.load');
  await page.close();
  if (!figures?.content_ms) throw new Error(`${url} shows no content after ${OVER_MS} ms`);
  return figures;
}

/** Leaves the page open until the browser has stored it and what it has shown. */
async function remember(context, url) {
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
