import type { Statement } from '../database/database.js';
import { SILENT } from '../users/privacy.js';
import { ATTACHED, ATTACHING } from '../attachments/attachments.sql.js';
import { ROOM_STATE_COLUMNS } from '../rooms/room-state.js';

const COLUMNS = 'room_id, seq, sender_id, sender_seq, client_id, text, reply_to, created_at, expires_at, rev';

/** How long a new message of the room `r` stays; null: for ever. */
const LIFETIME = `((r.timer->>'seconds')::integer * interval '1 second')`;

/**
 * Stores a batch of messages in one statement:
 * - `room` locks the rooms in the order of their ids, so two servers never deadlock, and reads the rows as they are
 *   once locked;
 * - `known` finds the messages that are already stored under their client_id, before any number is given;
 * - `fresh` gives each of the rest the next seq and rev of its room, in the order of arrival. A draft for a room of other
 *   users, a closed one, with a reply_to of another room, or of a sender who has blocked the other or has a request to
 *   accept, has no row here and comes back without a seq.
 * Each draft comes back with its stored row and its room as it was before the batch.
 *
 * A batch in which no message has attachments does not touch them: APPEND_ATTACHING is the same with them, and a draft whose
 * uploads cannot all be taken has no row in `fresh`.
 */
const append = (isAttaching: boolean): string => {
  const withAttachments = (column: string) => (isAttaching ? `, ${column}` : '');
  return `
    WITH draft AS (
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[]${withAttachments('$6::text[]')})
        WITH ORDINALITY AS d (room_id, sender_id, client_id, text, reply_to${withAttachments('attachments')}, n)
    ), room AS (
      SELECT * FROM rooms WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
    ), known AS (
      SELECT d.n, m.* FROM draft d
      JOIN messages m ON m.room_id = d.room_id AND m.sender_id = d.sender_id AND m.client_id = d.client_id
    )${isAttaching ? ATTACHING : ''}, fresh AS (
      SELECT d.*${withAttachments('a.attachments AS attached')},
        r.last_seq + row_number() OVER in_room AS seq,
        r.rev + row_number() OVER in_room AS rev,
        ${LIFETIME} AS lifetime,
        CASE WHEN d.sender_id = r.user_a_id THEN r.sent_a ELSE r.sent_b END
          + row_number() OVER (PARTITION BY d.room_id, d.sender_id ORDER BY d.n) AS sender_seq
      FROM draft d JOIN room r ON r.id = d.room_id AND d.sender_id IN (r.user_a_id, r.user_b_id)
      ${isAttaching ? 'LEFT JOIN attached a ON a.n = d.n' : ''}
      WHERE NOT EXISTS (SELECT FROM known k WHERE k.n = d.n)
        ${isAttaching ? 'AND (d.attachments IS NULL OR a.found = cardinality(d.attachments::bigint[]))' : ''}
        AND NOT r.closed
        AND CASE WHEN d.sender_id = r.user_a_id THEN r.privacy_a ELSE r.privacy_b END & ${SILENT} = 0
        AND (d.reply_to IS NULL
          OR EXISTS (SELECT FROM messages q WHERE q.id = d.reply_to AND q.room_id = d.room_id))
      WINDOW in_room AS (PARTITION BY d.room_id ORDER BY d.n)
    ), stored AS (
      INSERT INTO messages (${COLUMNS}${withAttachments('attachments')})
      SELECT room_id, seq, sender_id, sender_seq, client_id, text, reply_to, clock_timestamp(),
        clock_timestamp() + lifetime, rev${withAttachments('attached')} FROM fresh
      ORDER BY n
      RETURNING room_id, seq, id, created_at, expires_at
    )${isAttaching ? ATTACHED : ''}, growth AS (
      SELECT r.id, count(*) AS messages, count(*) FILTER (WHERE f.sender_id = r.user_a_id) AS by_a
      FROM fresh f JOIN room r ON r.id = f.room_id GROUP BY r.id
    ), updated AS (
      UPDATE rooms SET
        last_seq = r.last_seq + g.messages,
        rev = r.rev + g.messages,
        sent_a = r.sent_a + g.by_a,
        sent_b = r.sent_b + g.messages - g.by_a,
        unread_a = r.unread_a + g.messages - g.by_a,
        unread_b = r.unread_b + g.by_a,
        last_activity_at = clock_timestamp()
      FROM growth g JOIN room r ON r.id = g.id
      WHERE rooms.id = g.id
    )
    SELECT r.closed,
      coalesce(s.id, k.id) AS message_id,
      coalesce(s.seq, k.seq) AS seq,
      coalesce(s.created_at, k.created_at) AS created_at,
      coalesce(s.expires_at, k.expires_at) AS expires_at,
      coalesce(f.rev, k.rev) AS message_rev,
      CASE WHEN k.n IS NOT NULL THEN jsonb_build_object('text', k.text, 'reply_to', k.reply_to,
        'edited_at', k.edited_at, 'deleted_at', k.deleted_at, 'reactions', k.reactions,
        'attachments', k.attachments) END AS known,
      ${isAttaching ? 'f.attached, coalesce(a.found = cardinality(d.attachments::bigint[]), d.attachments IS NULL) AS is_attachable,' : ''}
      ${ROOM_STATE_COLUMNS}
    FROM draft d
    LEFT JOIN room r ON r.id = d.room_id AND d.sender_id IN (r.user_a_id, r.user_b_id)
    LEFT JOIN known k ON k.n = d.n
    ${isAttaching ? 'LEFT JOIN attached a ON a.n = d.n' : ''}
    LEFT JOIN fresh f ON f.n = d.n
    LEFT JOIN stored s ON s.room_id = f.room_id AND s.seq = f.seq
    ORDER BY d.n`;
};

export const APPEND: Statement = { name: 'messages-append', sql: append(false) };
export const APPEND_ATTACHING: Statement = { name: 'messages-append-attaching', sql: append(true) };

/**
 * Stores one message: APPEND for a batch of one, at half its cost, when there is nothing to report but success. No row
 * comes back otherwise (not a member, a closed room, blocked, a known client_id, a reply_to of another room): APPEND reports which. The room is
 * as it is after the message.
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
      WHERE id = $1 AND $2::bigint IN (user_a_id, user_b_id) AND NOT closed
        AND CASE WHEN user_a_id = $2 THEN privacy_a ELSE privacy_b END & ${SILENT} = 0
        AND NOT EXISTS (SELECT FROM messages WHERE room_id = $1 AND sender_id = $2 AND client_id = $3)
        AND ($5::bigint IS NULL OR EXISTS (SELECT FROM messages WHERE id = $5 AND room_id = $1))
      RETURNING *
    ), stored AS (
      INSERT INTO messages (${COLUMNS})
      SELECT id, last_seq, $2, CASE WHEN user_a_id = $2 THEN sent_a ELSE sent_b END, $3::uuid, $4::text, $5,
        last_activity_at, last_activity_at + ${LIFETIME}, rev
      FROM r
      RETURNING id AS message_id, created_at, expires_at
    )
    SELECT stored.*, ${ROOM_STATE_COLUMNS} FROM r, stored`,
};
