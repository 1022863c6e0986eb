import { chromium } from 'playwright-core';
import { goal, median } from './lib/figures.mjs';
import { mainThreadTasks } from './lib/main-thread.mjs';
import { makeUserWithRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const CHATS = 200;
/** How much slower than this machine the browser's is. */
const SLOWDOWN = 4;
/** The longest that an interaction may take, in milliseconds, so that it is felt as at once. */
const AT_ONCE_MS = 100;
/** How often each thing is done: its figure is the median. */
const TIMES = 5;

/** A user with 200 chats, in Chromium on a slow CPU: the longest task of the page's main thread in what is done all day. */
export async function chats(postgres) {
  const { url } = await makeDatabase(postgres, 1);
  const user = await makeUserWithRooms(url, 'many', CHATS);
  await withClient(url, (client) => client.query(HALF_UNREAD, [user]));
  await settle(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url, RATE_LIMIT: 'off' });
  const origin = `http://127.0.0.1:${server.port}`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const rooms = await (await fetch(`${origin}/api/rooms/?active_user=${user}`)).json();
    const rows = page.locator('[data-room]');
    const haveRows = (count) =>
      page.waitForFunction((wanted) => document.querySelectorAll('[data-room]').length === wanted, count);
    const tab = (name) => page.getByRole('tab', { name: new RegExp(`^${name}`) });
    const filter = page.getByRole('searchbox', { name: 'Filter by name' });
    const results = [];
    const measure = async (name, act, undo = async () => {}) => {
      const longest = [];
      for (let time = 0; time < TIMES; time++) {
        const tasks = await mainThreadTasks(browser, page, async () => {
          await act(time);
          // What follows in later frames.
          await page.waitForTimeout(300);
        });
        longest.push(Math.max(...tasks));
        await undo();
      }
      results.push({ name, longest_task_cpu_ms: median(longest), worst_of_all_ms: Math.max(...longest) });
    };

    await measure('open the list', async () => {
      await page.goto(`${origin}/?as=many0`);
      await haveRows(CHATS);
    });
    const all = async () => {
      await tab('All').click();
      await haveRows(CHATS);
    };
    await measure(
      'a view with half of them',
      async () => {
        await tab('Unread').click();
        await haveRows(CHATS / 2);
      },
      all,
    );
    await tab('Unread').click();
    await measure('back to all', all, () => tab('Unread').click());
    await all();
    await page.getByRole('button', { name: 'Filter by name' }).click();
    await measure(
      'a letter in the filter',
      () => filter.pressSequentially('7'),
      () => filter.fill(''),
    );
    await measure('open a chat', async (time) => {
      await rows.nth(time * 2).click();
      await page.getByRole('log').waitFor();
    });
    // The order of the list waits while the pointer rests on it.
    await page.mouse.move(900, 450);
    await measure('a message that reorders', async () => {
      const last = Number(await rows.last().getAttribute('data-room'));
      const room = rooms.find(({ id }) => id === last);
      const peer = room.users.find(({ id }) => id !== user);
      await fetch(`${origin}/api/rooms/${last}/messages/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ text: 'to the top', active_user_id: peer.id }),
      });
      await page.waitForFunction(
        (id) => Number(document.querySelector('[data-room]').dataset.room) === id,
        last,
      );
    });
    return {
      rows: results,
      goals: results.map(({ name, longest_task_cpu_ms: ms }) =>
        goal(`${name}: longest task on a CPU ÷${SLOWDOWN}, ms`, ms * SLOWDOWN, AT_ONCE_MS),
      ),
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** In every second room of user $1 the message is the other's, and not read. */
const HALF_UNREAD = `
  WITH room AS (
    UPDATE rooms SET sent_a = 0, sent_b = 1, unread_a = 1, unread_b = 0
    WHERE user_a_id = $1 AND id % 2 = 0 RETURNING id, user_b_id
  )
  UPDATE messages m SET sender_id = room.user_b_id FROM room WHERE m.room_id = room.id`;
