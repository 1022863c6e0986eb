/**
 * The one way in which the content of messages is removed: by their author, with an account, or when their time is over. The
 * rows stay, so that `seq` has no gaps, and the counters and watermarks with them. Whatever else belongs to the content of a
 * message is removed here too.
 *
 * Each message is a change of its own with the next `rev`: a client that has missed a few gets these, and one that has missed
 * many a reset. A view that a block has frozen ends at its `rev`, and stays as it is.
 *
 * SQL: common table expressions for a statement that begins with
 * - `room` (id, rev): the row of the one room, locked (`FOR NO KEY UPDATE`);
 * - `target` (seq): the messages of this room that are not removed yet.
 *
 * `removed` has the rows as they are afterwards, `advanced` the room, unless there was nothing to remove.
 */
export const REMOVE_CONTENT = `
  numbered AS (
    SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM target
  ), removed AS (
    UPDATE messages m SET text = '', edited_at = NULL, deleted_at = now(), changed = true, rev = room.rev + numbered.n
    FROM numbered, room WHERE m.room_id = room.id AND m.seq = numbered.seq
    RETURNING m.*
  ), advanced AS (
    UPDATE rooms SET rev = room.rev + (SELECT count(*) FROM target)
    FROM room WHERE rooms.id = room.id AND EXISTS (SELECT FROM target)
    RETURNING rooms.*
  )`;
