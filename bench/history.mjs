import { goal } from './lib/figures.mjs';
import { medianTimes } from './lib/get.mjs';
import { fillRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer } from './lib/stack.mjs';

const LONG = 1_000_000;
const SHORT = 1_000;
const PAGE = 20;

/** Pages of history: the deepest and the middle one of a room of a million messages, and the first of a room of a thousand. */
export async function history(postgres, { turns = 500 }) {
  const { url, rooms } = await makeDatabase(postgres, 2);
  const [long, short] = rooms;
  await fillRooms(url, [long.id], LONG);
  await fillRooms(url, [short.id], SHORT);
  await settle(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url });
  const page = ({ id }, query) => `http://127.0.0.1:${server.port}/api/rooms/${id}/messages/?${query}`;
  const times = await medianTimes(
    {
      'first of 1,000': page(short, 'page=1'),
      'first of 1,000,000': page(long, 'page=1'),
      'deepest of 1,000,000': page(long, `page=${LONG / PAGE}`),
      'around the middle of 1,000,000': page(long, `around=${LONG / 2}`),
    },
    turns,
  );
  await server.stop();
  return {
    rows: Object.entries(times).map(([name, ms]) => ({ name, p50_ms: ms })),
    goals: [
      goal('deepest page ÷ first page', times['deepest of 1,000,000'] / times['first of 1,000'], 1.3),
      goal(
        'page around the middle ÷ first page',
        times['around the middle of 1,000,000'] / times['first of 1,000'],
        1.3,
      ),
    ],
  };
}
