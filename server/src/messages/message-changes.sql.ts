import { MAX_EDITS, MAX_EDITS_LENGTH, MAX_REACTIONS } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { ROOM_STATE_COLUMNS } from '../rooms/room-state.js';
import { SILENT } from '../users/privacy.js';
import { REMOVE_CONTENT } from './content-removal.sql.js';
import { JOINED_MESSAGE_COLUMNS } from './message-row.js';

/**
 * Statements that change the message with seq $2 of room $1 for its member $3. Each locks the room, then reads the message, locked
 * too: the row as it is, not as it was when the statement began and the lock was still another one's. Each returns the
 * message and the room as they are afterwards, and whether they have changed; why not, is for `MessageChangeLog` to say.
 *
 * In the conditions `r` is the room and `m` the message, as they were.
 */

const IS_AUTHOR = `m.sender_id = $3`;
/** Nothing goes out from a member who has blocked the other, or has not accepted the request. */
const IS_ACTIVE = `CASE WHEN r.user_a_id = $3 THEN r.privacy_a ELSE r.privacy_b END & ${SILENT} = 0`;
/** Its time may be over, and its content not removed yet. */
const IS_THERE = `(m.deleted_at IS NULL AND (m.expires_at <= clock_timestamp()) IS NOT TRUE)`;

/** Not longer ago than a parameter says, in seconds; null: for ever. */
function isWithin(seconds: string): string {
  return `(${seconds}::float8 IS NULL OR m.created_at > clock_timestamp() - make_interval(secs => ${seconds}))`;
}

const LOCK = `
  room AS (
    SELECT * FROM rooms WHERE id = $1 FOR NO KEY UPDATE
  ), found AS (
    SELECT m.* FROM room r CROSS JOIN LATERAL (
      SELECT * FROM messages WHERE room_id = r.id AND seq = $2 FOR UPDATE
    ) m
  )`;

/** @param mayMore SQL: what else than the state must hold for a change, so that the refusal can be named. */
function resultSql(changed: string, mayMore: string): string {
  return `
    SELECT ${JOINED_MESSAGE_COLUMNS}, ${ROOM_STATE_COLUMNS}, r.closed, EXISTS (SELECT FROM ${changed}) AS is_changed,
      coalesce((SELECT ${mayMore} FROM found m), false) AS is_in_time
    FROM (SELECT * FROM ${changed} UNION ALL SELECT * FROM found WHERE NOT EXISTS (SELECT FROM ${changed})) m,
      (SELECT * FROM advanced UNION ALL SELECT * FROM room WHERE NOT EXISTS (SELECT FROM advanced)) r`;
}

/** The end of the other member's view, where that member has blocked this one. */
const PEER_FREEZE = `CASE WHEN r.user_a_id = $3 THEN r.freeze_b ELSE r.freeze_a END`;
/** The first change after it keeps what that member still sees. */
const KEEP_FROZEN = `frozen = CASE
        WHEN ${PEER_FREEZE} IS NULL THEN NULL
        WHEN f.rev <= (${PEER_FREEZE}->>'rev')::bigint THEN
          jsonb_build_object('text', f.text, 'edited_at', f.edited_at, 'reactions', f.reactions, 'rev', f.rev)
        ELSE f.frozen END`;

/** @param may SQL: whether to change it. @param set SQL: what to set; `f` is the message as it was. */
function changeSql(may: string, set: string, inTime: string): string {
  return `WITH ${LOCK}, changed AS (
      UPDATE messages SET ${set}, ${KEEP_FROZEN}, rev = r.rev + 1, changed = true
      FROM room r, (SELECT m.* FROM found m, room r WHERE ${may}) f
      WHERE messages.room_id = f.room_id AND messages.seq = f.seq
      RETURNING messages.*
    ), advanced AS (
      UPDATE rooms SET rev = room.rev + 1 FROM room WHERE rooms.id = room.id AND EXISTS (SELECT FROM changed)
      RETURNING rooms.*
    ) ${resultSql('changed', inTime)}`;
}

/** Every edit writes all earlier texts again: without a bound, a long text that is edited often would write 50 times what is sent. */
const MAY_KEEP_MORE = `(m.edits IS NULL
      OR (jsonb_array_length(m.edits) < ${MAX_EDITS} AND length(m.edits::text) < ${MAX_EDITS_LENGTH}))`;

/** Gives it the text $4, if it was sent within $5 seconds. */
export const EDIT: Statement = {
  name: 'message-edit',
  sql: changeSql(
    `${IS_AUTHOR} AND ${IS_ACTIVE} AND NOT r.closed AND ${IS_THERE} AND m.text <> $4 AND ${isWithin('$5')}
      AND ${MAY_KEEP_MORE}`,
    `text = $4, edited_at = clock_timestamp(),
        edits = coalesce(f.edits, '[]') || jsonb_build_object('text', f.text, 'edited_at', clock_timestamp(), 'rev', r.rev + 1)`,
    isWithin('$5'),
  ),
};

/** Removes its content, if it was sent within $4 seconds. */
export const DELETE: Statement = {
  name: 'message-delete',
  sql: `WITH ${LOCK}, target AS (
      SELECT m.room_id, m.seq FROM found m, room r WHERE ${IS_AUTHOR} AND ${IS_ACTIVE} AND ${IS_THERE} AND ${isWithin('$4')}
    ), ${REMOVE_CONTENT} ${resultSql('removed', isWithin('$4'))}`,
};

const REACTION = (r: string) => `(CASE WHEN ${r}.user_a_id = $3 THEN 'a' ELSE 'b' END || $4::text)`;
/** How many different emojis there are with this one. */
const EMOJIS = `(SELECT count(DISTINCT substr(x, 2)) FROM unnest(array_append(m.reactions, ${REACTION('r')})) x)`;

/** Sets ($5: true) or removes the reaction with the emoji $4. */
export const REACT: Statement = {
  name: 'message-react',
  sql: changeSql(
    `${IS_ACTIVE} AND NOT r.closed AND ${IS_THERE} AND coalesce(${REACTION('r')} = ANY (m.reactions), false) <> $5::boolean
      AND (NOT $5 OR ${EMOJIS} <= ${MAX_REACTIONS})`,
    `reactions = CASE WHEN $5 THEN array_append(f.reactions, ${REACTION('r')})
          ELSE nullif(array_remove(f.reactions, ${REACTION('r')}), '{}') END`,
    `true`,
  ),
};
