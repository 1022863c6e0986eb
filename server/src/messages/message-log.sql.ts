import type { Statement } from '../database/database.js';
import { ROOM_STATE_COLUMNS } from '../rooms/room-state.js';

/**
 * Stores a batch of messages in one statement:
 * - `room` locks the rooms in the order of their ids, so two servers never wait for each other in a circle, and
 *   reads the rows as they are once locked;
 * - `known` sets aside what is stored already under its client_id, before any number is given;
 * - `fresh` gives each of the rest the next seq and rev of its room, in the order of arrival. Rooms that are not
 *   the sender's, and answers to messages of another room, find no row here and come back without a seq.
 * Each draft comes back with its stored row and its room's head as it was before the batch.
 */
export const APPEND: Statement = {
  name: 'messages-append',
  sql: `
    WITH draft AS (
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[])
        WITH ORDINALITY AS d (room_id, sender_id, client_id, text, reply_to, n)
    ), room AS (
      SELECT * FROM rooms WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
    ), known AS (
      SELECT d.n, m.* FROM draft d
      JOIN messages m ON m.room_id = d.room_id AND m.sender_id = d.sender_id AND m.client_id = d.client_id
    ), fresh AS (
      SELECT d.*,
        r.last_seq + row_number() OVER in_room AS seq,
        r.rev + row_number() OVER in_room AS rev,
        CASE WHEN d.sender_id = r.user_a_id THEN r.sent_a ELSE r.sent_b END
          + row_number() OVER (PARTITION BY d.room_id, d.sender_id ORDER BY d.n) AS sender_seq
      FROM draft d JOIN room r ON r.id = d.room_id AND d.sender_id IN (r.user_a_id, r.user_b_id)
      WHERE NOT EXISTS (SELECT FROM known k WHERE k.n = d.n)
        AND (d.reply_to IS NULL
          OR EXISTS (SELECT FROM messages q WHERE q.id = d.reply_to AND q.room_id = d.room_id))
      WINDOW in_room AS (PARTITION BY d.room_id ORDER BY d.n)
    ), stored AS (
      INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, reply_to, created_at, rev)
      SELECT room_id, seq, sender_id, sender_seq, client_id, text, reply_to, clock_timestamp(), rev FROM fresh
      ORDER BY n
      RETURNING room_id, seq, id, created_at
    ), grown AS (
      SELECT r.id, count(*) AS messages, count(*) FILTER (WHERE f.sender_id = r.user_a_id) AS by_a
      FROM fresh f JOIN room r ON r.id = f.room_id GROUP BY r.id
    ), moved AS (
      UPDATE rooms SET
        last_seq = r.last_seq + g.messages,
        rev = r.rev + g.messages,
        sent_a = r.sent_a + g.by_a,
        sent_b = r.sent_b + g.messages - g.by_a,
        unread_a = r.unread_a + g.messages - g.by_a,
        unread_b = r.unread_b + g.by_a,
        last_activity_at = clock_timestamp()
      FROM grown g JOIN room r ON r.id = g.id
      WHERE rooms.id = g.id
    )
    SELECT d.n, k.n IS NOT NULL AS repeated,
      coalesce(s.id, k.id) AS id,
      coalesce(s.seq, k.seq) AS seq,
      coalesce(s.created_at, k.created_at) AS created_at,
      coalesce(f.rev, k.rev) AS message_rev,
      k.text AS known_text, k.reply_to AS known_reply_to, k.edited_at, k.deleted_at,
      r.id AS room_id, ${ROOM_STATE_COLUMNS}
    FROM draft d
    LEFT JOIN room r ON r.id = d.room_id AND d.sender_id IN (r.user_a_id, r.user_b_id)
    LEFT JOIN known k ON k.n = d.n
    LEFT JOIN fresh f ON f.n = d.n
    LEFT JOIN stored s ON s.room_id = f.room_id AND s.seq = f.seq
    ORDER BY d.n`,
};

/**
 * Stores one message: what a batch of one comes down to, at half its cost, when nothing is out of the ordinary. No row
 * comes back when something is (not a member, a known client_id, an answer to another room's message): APPEND tells
 * what. The head is the room's after the message.
 */
export const APPEND_ONE: Statement = {
  name: 'messages-append-one',
  sql: `
    WITH r AS (
      UPDATE rooms SET
        last_seq = last_seq + 1,
        rev = rev + 1,
        sent_a = sent_a + (user_a_id = $2)::int,
        sent_b = sent_b + (user_b_id = $2)::int,
        unread_a = unread_a + (user_b_id = $2)::int,
        unread_b = unread_b + (user_a_id = $2)::int,
        last_activity_at = clock_timestamp()
      WHERE id = $1 AND $2::bigint IN (user_a_id, user_b_id)
        AND NOT EXISTS (SELECT FROM messages WHERE room_id = $1 AND sender_id = $2 AND client_id = $3)
        AND ($5::bigint IS NULL OR EXISTS (SELECT FROM messages WHERE id = $5 AND room_id = $1))
      RETURNING *
    ), stored AS (
      INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, reply_to, created_at, rev)
      SELECT id, last_seq, $2, CASE WHEN user_a_id = $2 THEN sent_a ELSE sent_b END, $3::uuid, $4::text, $5,
        last_activity_at, rev
      FROM r
      RETURNING id AS message_id, created_at
    )
    SELECT r.id, stored.*, ${ROOM_STATE_COLUMNS} FROM r, stored`,
};

/**
 * Moves watermarks forward, for a batch of (room, user, read up to, delivered up to). They never go back and never
 * pass last_seq (`v` is the room as the statement's snapshot has it, like the messages: the one at the mark is then
 * always there to be seen, even if the lock had to wait for others to grow the room). Unread follows from the message at the new read mark: `sender_seq` counts its sender's messages up
 * to it, the rest up to it are the other's. Comes back with each room's head before and after.
 */
export const UPDATE_RECEIPTS: Statement = {
  name: 'receipts-update',
  sql: `
    WITH mark AS (
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
        AS m (room_id, user_id, read_seq, delivered_seq)
    ), room AS (
      SELECT * FROM rooms WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
    ), said AS (
      SELECT r.id,
        coalesce(max(m.read_seq) FILTER (WHERE m.user_id = r.user_a_id), 0) AS read_a,
        coalesce(max(m.read_seq) FILTER (WHERE m.user_id = r.user_b_id), 0) AS read_b,
        coalesce(max(m.delivered_seq) FILTER (WHERE m.user_id = r.user_a_id), 0) AS delivered_a,
        coalesce(max(m.delivered_seq) FILTER (WHERE m.user_id = r.user_b_id), 0) AS delivered_b
      FROM room r JOIN mark m ON m.room_id = r.id
      GROUP BY r.id
    ), wanted AS (
      SELECT r.id,
        greatest(r.read_seq_a, least(v.last_seq, s.read_a)) AS read_a,
        greatest(r.read_seq_b, least(v.last_seq, s.read_b)) AS read_b,
        least(v.last_seq, s.delivered_a) AS delivered_a,
        least(v.last_seq, s.delivered_b) AS delivered_b
      FROM said s JOIN room r ON r.id = s.id JOIN rooms v ON v.id = s.id
    ), moved AS (
      UPDATE rooms SET
        read_seq_a = w.read_a,
        read_seq_b = w.read_b,
        delivered_seq_a = greatest(r.delivered_seq_a, w.read_a, w.delivered_a),
        delivered_seq_b = greatest(r.delivered_seq_b, w.read_b, w.delivered_b),
        unread_a = CASE WHEN w.read_a > r.read_seq_a THEN r.sent_b -
          CASE WHEN ma.sender_id = r.user_b_id THEN ma.sender_seq ELSE w.read_a - ma.sender_seq END
          ELSE r.unread_a END,
        unread_b = CASE WHEN w.read_b > r.read_seq_b THEN r.sent_a -
          CASE WHEN mb.sender_id = r.user_a_id THEN mb.sender_seq ELSE w.read_b - mb.sender_seq END
          ELSE r.unread_b END,
        rev = r.rev
          + (w.read_a > r.read_seq_a)::int
          + (w.delivered_a > greatest(r.delivered_seq_a, w.read_a))::int
          + (w.read_b > r.read_seq_b)::int
          + (w.delivered_b > greatest(r.delivered_seq_b, w.read_b))::int
      FROM wanted w JOIN room r ON r.id = w.id
        LEFT JOIN messages ma ON ma.room_id = w.id AND ma.seq = w.read_a
        LEFT JOIN messages mb ON mb.room_id = w.id AND mb.seq = w.read_b
      WHERE rooms.id = w.id AND (w.read_a > r.read_seq_a OR w.read_b > r.read_seq_b
        OR w.delivered_a > r.delivered_seq_a OR w.delivered_b > r.delivered_seq_b)
      RETURNING rooms.id, rooms.rev, rooms.read_seq_a, rooms.read_seq_b, rooms.delivered_seq_a,
        rooms.delivered_seq_b, rooms.unread_a, rooms.unread_b
    )
    SELECT r.id, ${ROOM_STATE_COLUMNS},
      v.rev AS new_rev, v.unread_a AS new_unread_a, v.unread_b AS new_unread_b,
      v.read_seq_a AS new_read_seq_a, v.read_seq_b AS new_read_seq_b,
      v.delivered_seq_a AS new_delivered_seq_a, v.delivered_seq_b AS new_delivered_seq_b,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = v.read_seq_a) AS read_id_a,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = v.read_seq_b) AS read_id_b,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = v.delivered_seq_a) AS delivered_id_a,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = v.delivered_seq_b) AS delivered_id_b
    FROM room r LEFT JOIN moved v ON v.id = r.id`,
};
