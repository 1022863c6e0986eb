import { chromium } from 'playwright-core';
import { goal } from './lib/figures.mjs';
import { mainThreadTasks } from './lib/main-thread.mjs';
import { fillRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const MESSAGES = 100_000;
/** How much slower than this machine the browser's is, as Chromium slows it down. */
const SLOWDOWN = 4;
/** The longest frame that a user does not see as a stutter, in milliseconds. */
const SMOOTH_MS = 50;
const STEPS = 60;

/** Scrolls through a chat of 100,000 messages in Chromium on a slow CPU: how long frames take, and how many rows are in the page. */
export async function scroll(postgres) {
  const { url, rooms } = await makeDatabase(postgres, 1);
  const [room] = rooms;
  await fillRooms(url, [room.id], MESSAGES);
  await withClient(url, (client) => client.query(LIFELIKE, [room.id, MESSAGES]));
  await settle(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(watchRowsInPage);
    const open = async (at) => {
      await page.goto(`http://127.0.0.1:${server.port}/rooms/${room.id}?as=u2&at=${at}`);
      await page.locator(`[data-seq="${at}"]`).waitFor();
    };
    const rows = [];
    const wheel = async (name, deltaY) => {
      await page.mouse.move(900, 450);
      await page.waitForTimeout(1_000);
      await page.evaluate(() => globalThis.watchRows.start());
      const tasks = await mainThreadTasks(browser, page, async () => {
        for (let step = 0; step < STEPS; step++) {
          await page.mouse.wheel(0, deltaY);
          await page.waitForTimeout(50);
        }
      });
      rows.push({
        name,
        tasks_over_1_ms: tasks.filter((ms) => ms > 1).length,
        cpu_ms: tasks.reduce((sum, ms) => sum + ms, 0),
        longest_task_cpu_ms: Math.max(...tasks),
        second_longest_ms: tasks.toSorted((x, y) => y - x)[1],
        most_rows: await page.evaluate(() => globalThis.watchRows.stop()),
      });
    };
    await open(MESSAGES / 2);
    await wheel('up from the middle', -600);
    await wheel('down again', 600);
    await open(20);
    await wheel('down from the beginning', 600);
    await open(MESSAGES);
    await wheel('up from the end', -600);
    await wheel('fast, up from there', -3_000);
    const most = (figure) => Math.max(...rows.map((row) => row[figure]));
    return {
      rows,
      goals: [
        goal(`longest task on a CPU ÷${SLOWDOWN}, ms`, most('longest_task_cpu_ms') * SLOWDOWN, SMOOTH_MS),
        goal('rows in the page', most('most_rows'), 200),
      ],
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Texts of all lengths, some of them formatted; a message every four minutes, so that there are many days. */
const LIFELIKE = `
  UPDATE messages SET
    created_at = clock_timestamp() - ($2::int - seq) * interval '4 minutes',
    text = CASE seq % 7
      WHEN 0 THEN 'Yes'
      WHEN 1 THEN 'See https://example.com/path?q=' || seq || ' and *have a look*'
      WHEN 2 THEN repeat('All of this is one sentence that goes on for a while. ', 6)
      WHEN 3 THEN E'First\\n- one\\n- two\\n- three'
      WHEN 4 THEN '👍'
      WHEN 5 THEN 'Message ' || seq
      ELSE repeat('Words and more words, ', 1 + (seq % 5)::int)
    END
  WHERE room_id = $1`;

/** In the page: the most rows that the log has had. */
function watchRowsInPage() {
  let most = 0;
  let timer;
  const look = () => {
    most = Math.max(most, document.querySelectorAll('[role=log] > div > ol > li').length);
  };
  globalThis.watchRows = {
    start() {
      most = 0;
      timer = setInterval(look, 10);
    },
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}
