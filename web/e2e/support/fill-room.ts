import type { Room, User } from '@parley/shared';
import { Client } from 'pg';

/**
 * Adds messages to a room, «Message <seq>», by PostgreSQL alone, with every counter as if the sender had read what came before
 * and sent them: the newest now, and each other one an `apart` before the next. For rooms that are too large to be sent.
 */
export async function fillRoom(
  room: Room,
  sender: User,
  count: number,
  apart: 'second' | 'minute' | 'day',
): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    await client.query(FILL, [room.id, sender.id, count, `1 ${apart}`]);
  } finally {
    await client.end();
  }
}

const FILL = `
  WITH room AS (
    UPDATE rooms SET
      last_seq = last_seq + $3::bigint,
      rev = rev + $3::bigint,
      sent_a = sent_a + CASE WHEN user_a_id = $2 THEN $3::bigint ELSE 0 END,
      sent_b = sent_b + CASE WHEN user_b_id = $2 THEN $3::bigint ELSE 0 END,
      unread_a = unread_a + CASE WHEN user_b_id = $2 THEN $3::bigint ELSE 0 END,
      unread_b = unread_b + CASE WHEN user_a_id = $2 THEN $3::bigint ELSE 0 END,
      read_seq_a = CASE WHEN user_a_id = $2 THEN last_seq + $3::bigint ELSE read_seq_a END,
      read_seq_b = CASE WHEN user_b_id = $2 THEN last_seq + $3::bigint ELSE read_seq_b END,
      delivered_seq_a = CASE WHEN user_a_id = $2 THEN last_seq + $3::bigint ELSE delivered_seq_a END,
      delivered_seq_b = CASE WHEN user_b_id = $2 THEN last_seq + $3::bigint ELSE delivered_seq_b END,
      last_activity_at = clock_timestamp()
    WHERE id = $1
    RETURNING id, last_seq - $3::bigint AS seq, rev - $3::bigint AS rev,
      CASE WHEN user_a_id = $2 THEN sent_a ELSE sent_b END - $3::bigint AS sent
  )
  INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, created_at, rev)
  SELECT id, seq + n, $2, sent + n, gen_random_uuid(), 'Message ' || (seq + n),
    clock_timestamp() - ($3::bigint - n) * $4::interval, rev + n
  FROM room, generate_series(1, $3::bigint) n ORDER BY n`;
