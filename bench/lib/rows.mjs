import { withClient } from './stack.mjs';

/** Adds messages of a room's first user to it, with every counter as if they had been sent: unread, undelivered. */
export async function fillRooms(url, roomIds, count) {
  await withClient(url, async (client) => {
    await client.query(
      `WITH room AS (
        UPDATE rooms SET last_seq = last_seq + $2, rev = rev + $2, sent_a = sent_a + $2, unread_b = unread_b + $2,
          last_activity_at = clock_timestamp()
        WHERE id = ANY ($1::bigint[])
        RETURNING id, user_a_id, last_seq - $2 AS last_seq, rev - $2 AS rev, sent_a - $2 AS sent_a
      )
      INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, created_at, rev)
      SELECT id, last_seq + n, user_a_id, sent_a + n, gen_random_uuid(), repeat('x', 100), clock_timestamp(), rev + n
      FROM room, generate_series(1, $2::bigint) n ORDER BY id, n`.replaceAll(/\$2\b(?!::)/g, '$2::bigint'),
      [roomIds, count],
    );
  });
}

/** As the database's own housekeeping would leave it some time later. */
export async function settle(url) {
  await withClient(url, async (client) => {
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });
}

/** Gives one user rooms with as many others, each with one message. @returns the user's id. */
export async function makeUserWithRooms(url, name, rooms) {
  return withClient(url, async (client) => {
    const { rows: ids } = await client.query(
      `INSERT INTO users (username, display_name)
       SELECT $1 || n, $1 || n FROM generate_series(0, $2::int) n ORDER BY n RETURNING id::int`,
      [name, rooms],
    );
    const [{ id: user }] = ids;
    const { rows } = await client.query(
      `INSERT INTO rooms (user_a_id, user_b_id) SELECT $1, id FROM unnest($2::bigint[]) id RETURNING id::int`,
      [user, ids.slice(1).map(({ id }) => id)],
    );
    await fillRooms(
      url,
      rows.map(({ id }) => id),
      1,
    );
    return user;
  });
}
