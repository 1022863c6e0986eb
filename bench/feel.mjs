import { chromium } from 'playwright-core';
import { goal, median, quantile } from './lib/figures.mjs';
import { fillRooms, makeUserWithRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const ROOMS = 58;
const MESSAGES = 200;
/** Rooms that have messages, and are opened. */
const OPENED = 12;
const KEYS = 40;
const SENT = 20;
const SLOWDOWNS = { fast: 1, 'CPU ÷4': 4 };

/** What a user does, in Chromium, until it is painted: a key, a message, a click on a chat; and a message in the window of the other. */
export async function feel(postgres) {
  const { url } = await makeDatabase(postgres, 1);
  const user = await makeUserWithRooms(url, 'many', ROOMS);
  const rooms = await withClient(url, async (client) => {
    const { rows } = await client.query(
      `SELECT r.id, u.username AS peer FROM rooms r
       JOIN users u ON u.id = CASE WHEN r.user_a_id = $1 THEN r.user_b_id ELSE r.user_a_id END
       WHERE $1 IN (r.user_a_id, r.user_b_id) ORDER BY r.id DESC LIMIT $2`,
      [user, OPENED],
    );
    return rows;
  });
  await fillRooms(
    url,
    rooms.map(({ id }) => id),
    MESSAGES,
  );
  await withClient(url, (client) => client.query(READ));
  await settle(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url, RATE_LIMIT: 'off' });
  const origin = `http://127.0.0.1:${server.port}`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  });
  const open = async (path, slowdown = 1) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(watchFeel);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    await page.goto(origin + path);
    await page.locator('[data-bubble]').first().waitFor();
    await page.waitForTimeout(4_000);
    return page;
  };
  const [first, second] = rooms;
  const rows = [];
  const note = (name, times) => {
    rows.push({ name, times: times.length, median_ms: median(times), p95_ms: quantile(times, 0.95) });
  };
  try {
    for (const [machine, slowdown] of Object.entries(SLOWDOWNS)) {
      const page = await open(`/rooms/${first.id}?as=many0`, slowdown);
      const field = page.locator('textarea');
      await field.focus();
      await page.evaluate(() => (globalThis.waitsFor = () => true));
      for (let key = 0; key < KEYS; key++) {
        await page.keyboard.press('a');
        await page.waitForTimeout(60);
      }
      note(`key, ${machine}`, await take(page));
      for (let sent = 0; sent < SENT; sent++) {
        const text = `Sent ${machine} ${sent}`;
        await field.fill(text);
        await page.evaluate((wanted) => {
          globalThis.waitsFor = () => document.querySelector('[role=log] ol').textContent.includes(wanted);
        }, text);
        await page.keyboard.press('Enter');
        await page.waitForTimeout(300);
      }
      note(`own message, ${machine}`, await take(page));
      for (const visit of ['first', 'second']) {
        for (const { id, peer } of rooms.slice(1)) {
          await page.evaluate((name) => {
            globalThis.waitsFor = () =>
              document.querySelector('[role=log]')?.ariaLabel.endsWith(` ${name}`) &&
              document.querySelector('[role=log] [data-bubble]') !== null;
          }, peer);
          await page.locator(`[data-room="${id}"] a`).click();
          await page.waitForTimeout(500);
        }
        note(`chat opened, ${visit} time, ${machine}`, await take(page));
      }
      await page.context().close();
    }
    const [his, hers] = [
      await open(`/rooms/${second.id}?as=many0`),
      await open(`/rooms/${second.id}?as=${second.peer}`),
    ];
    const times = [];
    for (let sent = 0; sent < SENT; sent++) {
      const text = `To the other ${sent}`;
      await his.locator('textarea').fill(text);
      const seen = hers.evaluate((wanted) => globalThis.painted(wanted), text);
      await his.evaluate(() => (globalThis.waitsFor = () => true));
      await his.keyboard.press('Enter');
      const at = await seen;
      times.push(at - (await his.evaluate(() => globalThis.pressedAt)));
      await his.waitForTimeout(200);
    }
    note('message, in the window of the other', times);
  } finally {
    await browser.close();
    await server.stop();
  }
  const slow = (name) => rows.find((row) => row.name === name).p95_ms;
  return {
    rows,
    goals: [
      goal('key, 95th percentile, CPU ÷4, ms', slow('key, CPU ÷4'), 100),
      goal('chat opened, 95th percentile, CPU ÷4, ms', slow('chat opened, second time, CPU ÷4'), 200),
    ],
  };
}

/** Everything is read: the chats open at their ends, where new messages are. */
const READ = `
  UPDATE rooms SET unread_a = 0, unread_b = 0, read_seq_a = last_seq, read_seq_b = last_seq,
    delivered_seq_a = last_seq, delivered_seq_b = last_seq`;

/** What the page has measured since it was asked last. */
const take = (page) => page.evaluate(() => globalThis.feel.splice(0));

/** In the page: the times from a key or a click until what it waits for is painted, in milliseconds. */
function watchFeel() {
  globalThis.feel = [];
  globalThis.waitsFor = null;
  for (const type of ['keydown', 'pointerup']) {
    addEventListener(
      type,
      ({ timeStamp }) => {
        globalThis.pressedAt = performance.timeOrigin + timeStamp;
        requestAnimationFrame(function look() {
          if (!globalThis.waitsFor) return;
          if (globalThis.waitsFor()) setTimeout(() => globalThis.feel.push(performance.now() - timeStamp));
          else requestAnimationFrame(look);
        });
      },
      true,
    );
  }
  /** When a message of this text is painted, in milliseconds since 1970. */
  globalThis.painted = (text) =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`«${text}» is not there`)), 5_000);
      const observer = new MutationObserver(() => {
        if (!document.querySelector('[role=log]').textContent.includes(text)) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())));
      });
      observer.observe(document.querySelector('[role=log]'), { childList: true, subtree: true });
    });
}
