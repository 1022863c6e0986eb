import { startChromium } from './lib/devtools.mjs';
import { goal, medians } from './lib/figures.mjs';
import { CONTENT, remember, serveLine, SLOW_4G, visit } from './lib/loads.mjs';
import { fillRooms, makeUserWithRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const ROOMS = 58;
/** Messages of the room that is opened, all of them read. */
const MESSAGES = 200;
const MACHINES = {
  fast: { slowdown: 1, network: null },
  'CPU ÷4': { slowdown: 4, network: null },
  'CPU ÷4, slow 4G': { slowdown: 4, network: SLOW_4G },
};

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
  const line = await serveLine();
  const urls = {
    list: `${origin}/?as=many0`,
    'deep link': `${origin}/rooms/${roomId}?as=many0`,
    'one line of HTML': line.url,
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
    line.close();
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
