import { goal } from './lib/figures.mjs';
import { BARE, saturation } from './lib/saturation.mjs';

/**
 * What a delivered message costs at saturation: ours beside the hand-written limit and a relay that stores nothing; and
 * ours joined by Redis, alone and with every sender on one server and every receiver on another.
 */
export async function throughput(postgres, options) {
  const rows = await saturation(postgres, options, [
    { name: 'parley' },
    { name: 'limit (ws + pg)', script: BARE, env: { LIMIT: 'store' } },
    { name: 'relay (ws)', script: BARE, env: { LIMIT: 'relay' } },
    { name: 'parley + Redis', redis: true },
    { name: 'two servers + Redis', redis: true, servers: 2 },
  ]);
  const [parley, limit, , alone, across] = rows.map(({ total_us }) => total_us);
  return {
    rows,
    goals: [
      goal('CPU per delivered message ÷ the limit', parley / limit, 2),
      goal('the same, with Redis', alone / limit, 2),
      goal('the same, sender and receiver on two servers', across / limit, 2),
    ],
  };
}
