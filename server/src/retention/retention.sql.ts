import type { RoomId } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { EXPIRE_CONTENT } from '../messages/content-removal.sql.js';
import { EXPIRE_SEGMENTS } from '../search/search-indexer.sql.js';
import { existsSql, SILENT } from '../users/privacy.js';

/** How long a server that works on the pass is given for its next step. Then another one goes on. */
const CLAIM = `now() + interval '15 seconds'`;
/** Messages of a room that expire before `expired_seq`, and with it `rev`, moves. */
const STRIDE = 100;

/**
 * Sets the timer of room $1 to $3 seconds (null: messages stay), by its member $2. No row: it is that already, or the member may
 * not. `after_seq` is exact, since the row is locked.
 */
export const SET_TIMER: Statement = {
  name: 'rooms-set-timer',
  sql: `UPDATE rooms r SET rev = rev + 1, timer = jsonb_build_object(
            'seconds', $3::integer, 'user_id', $2::bigint, 'after_seq', last_seq,
            'changed_at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        WHERE id = $1 AND $2::bigint IN (user_a_id, user_b_id) AND NOT closed
          AND CASE WHEN user_a_id = $2 THEN privacy_a ELSE privacy_b END & ${SILENT} = 0
          AND (timer->>'seconds')::integer IS DISTINCT FROM $3
        RETURNING ${existsSql('a', 'r')} AS exists_a, ${existsSql('b', 'r')} AS exists_b`,
};

/** What refuses a timer in room $1: is the account of a member deleted, and what keeps the member $2 from the other. */
export const REFUSAL: Statement = {
  name: 'rooms-timer-refusal',
  sql: `SELECT closed, CASE WHEN user_a_id = $2 THEN privacy_a ELSE privacy_b END AS privacy FROM rooms WHERE id = $1`,
};

/** How many messages one statement removes at most: a few milliseconds. */
export const MESSAGES_PER_STEP = 500;

/**
 * Removes the content of the messages whose time has been over for longest. Rooms in which somebody writes at this moment are left
 * for the next time, so that it waits for nobody, and other servers take other rooms.
 */
export const EXPIRE: Statement = {
  name: 'messages-expire',
  sql: `WITH due AS (
          SELECT room_id, seq FROM messages WHERE expires_at <= now() AND deleted_at IS NULL
          ORDER BY expires_at LIMIT ${MESSAGES_PER_STEP}
        ), room AS (
          SELECT id FROM rooms WHERE id IN (SELECT room_id FROM due) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        ), target AS (
          SELECT due.* FROM due JOIN room ON room.id = due.room_id
        ), ${EXPIRE_CONTENT}
        SELECT room_id AS id, count(*)::int AS messages FROM removed GROUP BY room_id`,
};

export interface ExpiredIn {
  id: RoomId;
  messages: number;
}

/**
 * Moves `expired_seq` of those of the rooms $1 in which it is at least a stride behind. The messages alone say how far it goes: a room's
 * row may be newer than their snapshot.
 */
export const MOVE_EXPIRED_SEQ: Statement = {
  name: 'rooms-move-expired-seq',
  sql: `WITH room AS (
          SELECT id, expired_seq FROM rooms WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        ), reached AS (
          SELECT room.*, coalesce(
            (SELECT m.seq - 1 FROM messages m
             WHERE m.room_id = room.id AND m.seq > room.expired_seq AND (m.expires_at <= now()) IS NOT TRUE
             ORDER BY m.seq LIMIT 1),
            (SELECT m.seq FROM messages m WHERE m.room_id = room.id ORDER BY m.seq DESC LIMIT 1)) AS seq
          FROM room
        )
        UPDATE rooms SET expired_seq = reached.seq, rev = rooms.rev + 1 FROM reached
        WHERE rooms.id = reached.id AND reached.seq >= reached.expired_seq + ${STRIDE}
        RETURNING rooms.id`,
};

/** Takes the pass, from where it is, unless a server works on it or the last one ended less than $1 milliseconds ago. */
export const CLAIM_PASS: Statement = {
  name: 'retention-claim',
  sql: `INSERT INTO retention_passes AS p (id, claimed_until) SELECT true, ${CLAIM} WHERE EXISTS (SELECT FROM rooms)
        ON CONFLICT (id) DO UPDATE SET claimed_until = ${CLAIM}
        WHERE (p.claimed_until IS NULL OR p.claimed_until < now())
          AND (p.finished_at IS NULL OR p.finished_at < now() - $1 * interval '1 millisecond')
        RETURNING last_room_id`,
};

/** The rooms that the pass comes to after room $1, $2 at most, and whether the first message of each is older than $3 milliseconds. */
export const NEXT_ROOMS: Statement = {
  name: 'retention-next-rooms',
  sql: `WITH claim AS (
          UPDATE retention_passes SET claimed_until = ${CLAIM}, last_room_id = $1
        )
        SELECT r.id, EXISTS (
            SELECT FROM messages m
            WHERE m.room_id = r.id AND m.seq = r.expired_seq + 1 AND m.created_at <= now() - $3 * interval '1 millisecond') AS is_due
        FROM (SELECT id, expired_seq FROM rooms WHERE id > $1 ORDER BY id LIMIT $2) r ORDER BY r.id`,
};

export const END_PASS: Statement = {
  name: 'retention-end',
  sql: `UPDATE retention_passes SET claimed_until = NULL, last_room_id = 0, finished_at = now()`,
};

/** Lets another server, or this one after a restart, go on at once. */
export const RELEASE_PASS: Statement = {
  name: 'retention-release',
  sql: `UPDATE retention_passes SET claimed_until = NULL`,
};

/**
 * Removes the content of what is older than $2 milliseconds in the rooms $1: of each the next $3 messages after `expired_seq`.
 * A room in which somebody writes at this moment has no row here.
 */
export const EXPIRE_OLD: Statement = {
  name: 'retention-expire',
  sql: `WITH claim AS (
          UPDATE retention_passes SET claimed_until = ${CLAIM}
        ), room AS (
          SELECT id, expired_seq FROM rooms WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        ), next AS (
          SELECT m.room_id, m.seq, bool_and(m.created_at <= now() - $2 * interval '1 millisecond')
            OVER (PARTITION BY m.room_id ORDER BY m.seq) AS is_old
          FROM room CROSS JOIN LATERAL (
            SELECT * FROM messages WHERE room_id = room.id AND seq > room.expired_seq ORDER BY seq LIMIT $3
          ) m
        ), target AS (
          SELECT room_id, seq FROM next WHERE is_old
        ), ${EXPIRE_CONTENT}, reached AS (
          SELECT room_id, max(seq) AS seq, count(*)::int AS messages FROM target GROUP BY room_id
        ), ${EXPIRE_SEGMENTS}, moved AS (
          UPDATE rooms SET expired_seq = reached.seq, rev = rooms.rev + 1 FROM reached WHERE rooms.id = reached.room_id
        )
        SELECT room.id, coalesce(reached.messages, 0) AS messages FROM room LEFT JOIN reached ON reached.room_id = room.id`,
};
