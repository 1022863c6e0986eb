import { detached } from '../attachments/attachments.sql.js';

/**
 * The one way in which the content of messages is removed: by their author, with an account, or when their time is over. The
 * rows stay, so that `seq` has no gaps, and the counters and watermarks with them. Whatever else belongs to the content of a
 * message is removed in {@link clear} too.
 *
 * SQL: common table expressions for a statement that begins with
 * - `room` (id, rev): the rows of the rooms, locked in the order of their ids (`ORDER BY id FOR NO KEY UPDATE`), which orders
 *   the removal before or after an edit;
 * - `target` (room_id, seq): the messages in these rooms.
 *
 * `removed` has the rows of the messages as they are afterwards.
 */

/** @param from a query with `room_id` and `seq`, here called `t`; `columns`: what else is set. */
const clear = (from: string, columns: string) => `
  removed AS (
    UPDATE messages m SET text = '', attachments = NULL, edited_at = NULL, edits = NULL, reactions = NULL, frozen = NULL, ${columns}
    FROM ${from} t WHERE m.room_id = t.room_id AND m.seq = t.seq
    RETURNING m.*
  ), ${detached(from)}`;

/**
 * Each message is a change of its own with the next `rev`: a client that has missed a few gets these, and one that has missed
 * many a reset. A view that a block has frozen gets no frame, and shows the message as deleted when it is read again: the content
 * is nowhere any more. `target` has messages that are not removed yet. `advanced` has the rooms as they are afterwards.
 */
export const REMOVE_CONTENT = `
  numbered AS (
    SELECT t.*, room.rev + row_number() OVER (PARTITION BY t.room_id ORDER BY t.seq) AS rev
    FROM target t JOIN room ON room.id = t.room_id
  ), ${clear('numbered', 'deleted_at = now(), changed = true, rev = t.rev')}, advanced AS (
    UPDATE rooms SET rev = last.rev
    FROM (SELECT room_id, max(rev) AS rev FROM numbered GROUP BY room_id) last WHERE rooms.id = last.room_id
    RETURNING rooms.*
  )`;

/**
 * For messages whose time is over. That was known when they were sent, so that it is no change of the room: `rev` stays. What
 * their author has removed before keeps that time.
 */
export const EXPIRE_CONTENT = clear('target', 'deleted_at = coalesce(m.deleted_at, now())');
