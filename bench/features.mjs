import { readFile } from 'node:fs/promises';
import { saturation } from './lib/saturation.mjs';
import { withClient } from './lib/stack.mjs';

const PARTITIONS = new URL('../docs/partition-messages.sql', import.meta.url);
/** Counted, and never reached. */
const UNREACHABLE = { RATE_LIMIT: 'on', MESSAGES_PER_SECOND: '100000', MESSAGES_BURST: '100000' };

/** What single things add to, or take from, the cost of a delivered message. */
export async function features(postgres, options) {
  const rows = await saturation(postgres, options, [
    { name: 'everything on, one server' },
    { name: 'without client_id', load: { withClientId: false } },
    {
      name: 'with rate limits, never hit',
      env: { ...UNREACHABLE, FRAMES_PER_SECOND: '100000', FRAMES_BURST: '100000' },
    },
    { name: 'each message confirmed (delivered)', load: { confirm: true } },
    { name: 'with Redis, one server', redis: true },
    { name: 'with Redis, two servers', redis: true, servers: 2 },
    { name: 'messages in eight partitions', prepare: partition },
  ]);
  const [{ total_us: base }] = rows;
  return { rows: rows.map((row) => ({ ...row, more_us: row.total_us - base })), goals: [] };
}

async function partition(url) {
  const sql = await readFile(PARTITIONS, 'utf8');
  await withClient(url, (client) => client.query(sql));
}
