import type { SessionId } from '@parley/shared';
import type { Statement } from '../../database/database.js';
import { REMOVE_CONTENT } from '../../messages/content-removal.sql.js';
import { DELETED_NAMES, notDeletedSql } from '../../users/deleted-users.js';

/** How long a server that works on a deletion is given for its next step. Then another one goes on. */
const CLAIM = `now() + interval '15 seconds'`;

/** What has ended with an account. */
export interface Started {
  ended_sessions: SessionId[];
  ended_tokens: SessionId[];
}

/**
 * Deletes the account of user $1, all or nothing: the names, the sessions, the access tokens and everything that refers to the account. What is
 * left to do is noted in account_deletions. $2: whether the texts go; $3: the session of the request, which must be valid,
 * null for a command; with it the server works on the rest at once. No row: it is not, or the account is deleted already.
 *
 * The lock of the user's row orders it before or after a new room (rooms-create); that of the account's, a login.
 */
export const START: Statement = {
  name: 'account-delete',
  sql: `WITH deleted AS (
          UPDATE users u SET (username, display_name, avatar) = ROW(${DELETED_NAMES}, NULL)
          WHERE u.id = $1 AND ${notDeletedSql('u')}
            AND ($3::bigint IS NULL OR EXISTS (SELECT FROM sessions WHERE id = $3 AND user_id = $1))
          RETURNING u.id
        ), job AS (
          INSERT INTO account_deletions (user_id, remove_texts, claimed_until)
          SELECT id, $2, CASE WHEN $3::bigint IS NOT NULL THEN ${CLAIM} END FROM deleted
        ), ended AS (
          DELETE FROM sessions s USING deleted WHERE s.user_id = deleted.id RETURNING s.id
        ), tokens AS (
          DELETE FROM access_tokens t USING deleted WHERE t.user_id = deleted.id RETURNING t.id
        ), uploads AS (
          UPDATE attachments a SET name = '', expires_at = '-infinity' FROM deleted
          WHERE a.user_id = deleted.id AND a.room_id IS NULL
        ), settings AS (
          DELETE FROM user_settings s USING deleted WHERE s.user_id = deleted.id
        ), pushes AS (
          DELETE FROM push_shown s USING deleted WHERE s.user_id = deleted.id
        ), listings AS (
          DELETE FROM room_member_settings s USING deleted WHERE s.user_id = deleted.id
        ), account AS (
          DELETE FROM accounts a USING deleted WHERE a.user_id = deleted.id
        )
        SELECT ARRAY(SELECT id::float8 FROM ended) AS ended_sessions, ARRAY(SELECT id::float8 FROM tokens) AS ended_tokens
        FROM deleted`,
};

/** Takes the oldest deletion on which no server works: of user $1, or of all users for null. */
export const CLAIM_NEXT: Statement = {
  name: 'account-deletion-claim',
  sql: `UPDATE account_deletions SET claimed_until = ${CLAIM}
        WHERE user_id = (
          SELECT user_id FROM account_deletions
          WHERE (claimed_until IS NULL OR claimed_until < now()) AND ($1::bigint IS NULL OR user_id = $1)
          ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING user_id, remove_texts, last_room_id, last_seq`,
};

export const RELEASE: Statement = {
  name: 'account-deletion-release',
  sql: `UPDATE account_deletions SET claimed_until = NULL WHERE user_id = $1`,
};

/** Also deletes settings that were changed, and notes of pushes that were made,, and a picture that was set, while the account was being deleted. */
export const FINISH: Statement = {
  name: 'account-deletion-finish',
  sql: `WITH settings AS (DELETE FROM user_settings WHERE user_id = $1), pushes AS (
          DELETE FROM push_shown WHERE user_id = $1
        ), files AS (
          UPDATE attachments SET name = '', expires_at = '-infinity' WHERE user_id = $1 AND room_id IS NULL
        )
        DELETE FROM account_deletions WHERE user_id = $1`,
};

/** Closes the next rooms of user $1, $2 at most, in the order of their ids, as every statement locks them. */
export const CLOSE_ROOMS: Statement = {
  name: 'rooms-close',
  sql: `WITH room AS (
          SELECT id FROM rooms WHERE (user_a_id = $1 OR user_b_id = $1) AND NOT closed
          ORDER BY id LIMIT $2 FOR NO KEY UPDATE
        ), job AS (
          UPDATE account_deletions SET claimed_until = ${CLAIM} WHERE user_id = $1
        )
        UPDATE rooms SET closed = true, rev = rev + 1 FROM room WHERE rooms.id = room.id
        RETURNING rooms.id, rooms.last_seq > 0 AS has_messages`,
};

/** The first room from $2 on in which user $1 may have messages or reactions beyond seq $3 of room $2. */
export const NEXT_ROOM: Statement = {
  name: 'rooms-next-with-messages',
  sql: `SELECT id, last_seq FROM rooms
        WHERE (user_a_id = $1 OR user_b_id = $1) AND last_seq > 0
          AND (id > $2 OR id = $2 AND last_seq > $3)
        ORDER BY id LIMIT 1`,
};

/** Removes the reactions of user $1 in room $2, from seq $3 to $4: each is a change of its message, with the next `rev`. */
export const REMOVE_REACTIONS: Statement = {
  name: 'messages-remove-reactions',
  sql: `WITH room AS (
          SELECT id, rev, CASE WHEN user_a_id = $1 THEN 'a' ELSE 'b' END AS side FROM rooms WHERE id = $2 FOR NO KEY UPDATE
        ), target AS (
          SELECT m.seq, row_number() OVER (ORDER BY m.seq) AS n FROM messages m, room
          WHERE m.room_id = $2 AND m.seq BETWEEN $3 AND $4
            AND EXISTS (SELECT FROM unnest(m.reactions) x WHERE left(x, 1) = room.side)
        ), cleared AS (
          UPDATE messages m SET changed = true, rev = room.rev + target.n, frozen = NULL,
            reactions = (SELECT array_agg(x ORDER BY place) FROM unnest(m.reactions) WITH ORDINALITY AS u (x, place)
              WHERE left(x, 1) <> room.side)
          FROM target, room WHERE m.room_id = $2 AND m.seq = target.seq
        )
        UPDATE rooms SET rev = room.rev + (SELECT count(*) FROM target) FROM room WHERE rooms.id = room.id`,
};

/** Removes the content of user $1's messages in room $2, from seq $3 to $4. */
export const REMOVE_TEXTS: Statement = {
  name: 'messages-remove-texts',
  sql: `WITH room AS (
          SELECT id, rev FROM rooms WHERE id = $2 FOR NO KEY UPDATE
        ), target AS (
          SELECT m.room_id, m.seq FROM messages m
          WHERE m.room_id = $2 AND m.seq BETWEEN $3 AND $4 AND m.sender_id = $1 AND m.deleted_at IS NULL
        ), ${REMOVE_CONTENT}
        UPDATE account_deletions SET last_room_id = $2, last_seq = $4, claimed_until = ${CLAIM} WHERE user_id = $1`,
};
