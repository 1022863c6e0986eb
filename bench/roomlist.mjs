import { goal } from './lib/figures.mjs';
import { medianTimes } from './lib/get.mjs';
import { makeUserWithRooms, settle } from './lib/rows.mjs';
import { makeDatabase, startServer } from './lib/stack.mjs';

const MANY = 1_000;
const FEW = 10;

/** The room list of a user with a thousand rooms beside that of one with ten: the same page of ten, and all of it. */
export async function roomlist(postgres, { turns = 300 }) {
  const { url } = await makeDatabase(postgres, 1);
  const many = await makeUserWithRooms(url, 'many', MANY);
  const few = await makeUserWithRooms(url, 'few', FEW);
  await settle(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url });
  const list = (user, limit) =>
    `http://127.0.0.1:${server.port}/api/rooms/?active_user=${user}&limit=${limit}`;
  const small = await medianTimes({ '10 of 10': list(few, FEW), '10 of 1,000': list(many, FEW) }, turns);
  // By itself: what comes after so large an answer pays for it.
  const large = await medianTimes({ '1,000 of 1,000': list(many, MANY) }, turns);
  const times = { ...small, ...large };
  await server.stop();
  return {
    rows: Object.entries(times).map(([name, ms]) => ({ name, p50_ms: ms })),
    goals: [
      goal('10 rooms of 1,000 ÷ 10 of 10', times['10 of 1,000'] / times['10 of 10'], 3),
      goal('all 1,000 rooms ÷ all 10', times['1,000 of 1,000'] / times['10 of 10'], 3),
    ],
  };
}
