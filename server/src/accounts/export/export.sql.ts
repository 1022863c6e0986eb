import type { Statement } from '../../database/database.js';

/** An export that has not said anything for so long is over: its server is gone. */
const IS_RUNNING = `(e.is_running AND e.updated_at > now() - interval '30 seconds')`;
const RECENT = `ARRAY(SELECT t FROM unnest(e.started_at) t WHERE t > now() - interval '1 hour')`;

/** Begins an export of user $1 with $2 messages, unless one runs, or $3 have begun within the hour: then no row. */
export const START: Statement = {
  name: 'export-start',
  sql: `INSERT INTO data_exports AS e (user_id, started_at, total) VALUES ($1, ARRAY[now()], $2)
        ON CONFLICT (user_id) DO UPDATE SET run = e.run + 1, is_running = true, started_at = ${RECENT} || now(),
          updated_at = now(), messages = 0, total = $2
        WHERE NOT ${IS_RUNNING} AND cardinality(${RECENT}) < $3
        RETURNING run`,
};

export const STATE: Statement = {
  name: 'export-state',
  sql: `SELECT ${IS_RUNNING} AS running, e.messages, e.total,
          (extract(epoch FROM (SELECT min(t) FROM unnest(${RECENT}) t) + interval '1 hour' - now()) * 1000)::float8 AS wait_ms
        FROM data_exports e WHERE e.user_id = $1`,
};

/** Notes that $3 messages are in the archive. No row: the session or token $4 has ended, or another export has replaced it. */
export const ADVANCE: Statement = {
  name: 'export-advance',
  sql: `UPDATE data_exports SET messages = $3, updated_at = now()
        WHERE user_id = $1 AND run = $2
          AND (EXISTS (SELECT FROM sessions WHERE id = $4) OR EXISTS (SELECT FROM access_tokens WHERE id = $4))
        RETURNING run`,
};

export const END: Statement = {
  name: 'export-end',
  sql: `UPDATE data_exports SET is_running = false, updated_at = now() WHERE user_id = $1 AND run = $2`,
};

export const ACCOUNT: Statement = {
  name: 'export-account',
  sql: `SELECT created_at FROM accounts WHERE user_id = $1`,
};

/** Without the endpoints, with which anybody could push. */
export const PUSHES: Statement = {
  name: 'export-pushes',
  sql: `SELECT id, split_part(endpoint, '/', 3) AS host, created_at FROM push_subscriptions WHERE user_id = $1 ORDER BY id`,
};

export const REPORTS: Statement = {
  name: 'export-reports',
  sql: `SELECT room_id, category, reason, first_seq, last_seq, created_at FROM reports WHERE reporter_id = $1 ORDER BY id`,
};
