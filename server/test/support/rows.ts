import { Client } from 'pg';
import type { Parley } from './parley.js';

/** Adds messages of one user to a room by SQL, `message <seq>` or with these texts, with every counter as if they had been sent: unread, undelivered. */
export async function fillRoom(
  parley: Parley,
  roomId: number,
  senderId: number,
  count: number,
  texts: readonly string[] = [],
): Promise<void> {
  await parley.sql(
    `WITH room AS (
      UPDATE rooms SET
        last_seq = last_seq + $3,
        rev = rev + $3,
        sent_a = sent_a + CASE WHEN user_a_id = $2 THEN $3 ELSE 0 END,
        sent_b = sent_b + CASE WHEN user_b_id = $2 THEN $3 ELSE 0 END,
        unread_a = unread_a + CASE WHEN user_b_id = $2 THEN $3 ELSE 0 END,
        unread_b = unread_b + CASE WHEN user_a_id = $2 THEN $3 ELSE 0 END,
        last_activity_at = clock_timestamp()
      WHERE id = $1
      RETURNING id, last_seq - $3 AS last_seq, rev - $3 AS rev,
        CASE WHEN user_a_id = $2 THEN sent_a ELSE sent_b END - $3 AS sent
    )
    INSERT INTO messages (room_id, seq, sender_id, sender_seq, text, created_at, rev)
    SELECT id, last_seq + n, $2, sent + n, coalesce(($4::text[])[n], 'message ' || (last_seq + n)), clock_timestamp(), rev + n
    FROM room, generate_series(1, $3) AS n ORDER BY n`.replaceAll(/\$([123])/g, '$$$1::bigint'),
    [roomId, senderId, count, texts],
  );
}

const hashOf = (table: string, order: string) =>
  `(SELECT coalesce(md5(string_agg(t::text, E'\\n' ORDER BY ${order})), '') FROM ${table} t)`;

/** One hash of everything that is stored: the same before and after means that nothing was touched. */
export async function hashOfRows(parley: Parley): Promise<string> {
  const [row] = await parley.sql<{ hash: string }>(
    `SELECT ${hashOf('users', 'id')} || ${hashOf('rooms', 'id')} || ${hashOf('messages', 'room_id, seq')} AS hash`,
  );
  if (!row) throw new Error('No hash came back.');
  return row.hash;
}

/** Keeps everyone else from writing to a room, so that what is sent meanwhile meets in one instant. */
export async function holdRoom(parley: Parley, roomId: number): Promise<HeldRoom> {
  const client = new Client({ connectionString: parley.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM rooms WHERE id = $1 FOR UPDATE', [roomId]);
  return {
    async untilWaiting(count) {
      const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await client.query(sql)).rowCount! < count);
    },
    async release() {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

export interface HeldRoom {
  /** Resolves once so many statements wait for the room. */
  untilWaiting(count: number): Promise<void>;
  release(): Promise<void>;
}
