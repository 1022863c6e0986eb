import type { MessageId, Rev, Seq } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { HAS_PRIVACY, ROOM_STATE_COLUMNS, type RoomState } from '../rooms/room-state.js';
import { HIDES, SILENT, type Side } from '../users/privacy.js';

/** A room after UPDATE_RECEIPTS, and what was there before. */
export interface ReceiptRow extends RoomState {
  rev_before: Rev;
  /** Of `a` and `b`; null where RoomState.privacy is. */
  private_revs_before: [number, number] | null;
  read_seq_a_before: Seq;
  read_seq_b_before: Seq;
  delivered_seq_a_before: Seq;
  delivered_seq_b_before: Seq;
  /** Ids of the messages at the watermarks; null at 0. */
  read_id_a: MessageId;
  read_id_b: MessageId;
  delivered_id_a: MessageId;
  delivered_id_b: MessageId;
}

/** The bits that make a receipt one that only the member sees. */
export const PRIVATE = { read: HIDES.read | SILENT, delivered: HIDES.delivered | SILENT } as const;

/**
 * Moves watermarks forward, for a batch of (room, user, read up to, delivered up to). A watermark never goes back and
 * never passes last_seq. `v` is the room in the statement's snapshot, like the messages: if the lock had to wait while
 * other statements stored messages, last_seq of the locked row may name one that the snapshot does not have.
 *
 * Unread follows from the message at the new read watermark. Example: a reads up to seq 10, which is b's message with
 * sender_seq 4. Then 4 of b's messages are read, and unread_a = sent_b - 4. If the message at 10 is a's, with
 * sender_seq 6, then 10 - 6 = 4 of the messages up to it are b's.
 */
export const UPDATE_RECEIPTS: Statement = {
  name: 'receipts-update',
  sql: `
    WITH request AS (
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
        AS q (room_id, user_id, read_seq, delivered_seq)
    ), room AS (
      SELECT * FROM rooms WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
    ), furthest AS (
      SELECT r.id,
        coalesce(max(q.read_seq) FILTER (WHERE q.user_id = r.user_a_id), 0) AS read_a,
        coalesce(max(q.read_seq) FILTER (WHERE q.user_id = r.user_b_id), 0) AS read_b,
        coalesce(max(q.delivered_seq) FILTER (WHERE q.user_id = r.user_a_id), 0) AS delivered_a,
        coalesce(max(q.delivered_seq) FILTER (WHERE q.user_id = r.user_b_id), 0) AS delivered_b
      FROM room r JOIN request q ON q.room_id = r.id
      GROUP BY r.id
    ), target AS (
      SELECT r.id,
        ${targetSql('a')}, ${targetSql('b')}
      FROM furthest f JOIN room r ON r.id = f.id JOIN rooms v ON v.id = f.id
    ), updated AS (
      UPDATE rooms SET
        read_seq_a = t.read_a,
        read_seq_b = t.read_b,
        delivered_seq_a = greatest(r.delivered_seq_a, t.read_a, t.delivered_a),
        delivered_seq_b = greatest(r.delivered_seq_b, t.read_b, t.delivered_b),
        unread_a = CASE WHEN t.read_a > r.read_seq_a THEN r.sent_b -
          CASE WHEN ma.sender_id = r.user_b_id THEN ma.sender_seq ELSE t.read_a - ma.sender_seq END
          ELSE r.unread_a END,
        unread_b = CASE WHEN t.read_b > r.read_seq_b THEN r.sent_a -
          CASE WHEN mb.sender_id = r.user_a_id THEN mb.sender_seq ELSE t.read_b - mb.sender_seq END
          ELSE r.unread_b END,
        rev = r.rev + ${changesSql('a', 'shared')} + ${changesSql('b', 'shared')},
        private_rev_a = r.private_rev_a + ${changesSql('a', 'private')},
        private_rev_b = r.private_rev_b + ${changesSql('b', 'private')}
      FROM target t JOIN room r ON r.id = t.id
        LEFT JOIN messages ma ON ma.room_id = t.id AND ma.seq = t.read_a
        LEFT JOIN messages mb ON mb.room_id = t.id AND mb.seq = t.read_b
      WHERE rooms.id = t.id AND (t.read_a > r.read_seq_a OR t.read_b > r.read_seq_b
        OR t.delivered_a > r.delivered_seq_a OR t.delivered_b > r.delivered_seq_b)
      RETURNING rooms.*
    ), after AS (
      SELECT * FROM updated
      UNION ALL SELECT * FROM room WHERE id NOT IN (SELECT id FROM updated)
    )
    SELECT ${ROOM_STATE_COLUMNS}, b.rev AS rev_before,
      CASE WHEN ${HAS_PRIVACY} THEN jsonb_build_array(b.private_rev_a, b.private_rev_b) END AS private_revs_before,
      b.read_seq_a AS read_seq_a_before, b.delivered_seq_a AS delivered_seq_a_before,
      b.read_seq_b AS read_seq_b_before, b.delivered_seq_b AS delivered_seq_b_before,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = r.read_seq_a) AS read_id_a,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = r.read_seq_b) AS read_id_b,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = r.delivered_seq_a) AS delivered_id_a,
      (SELECT id FROM messages WHERE room_id = r.id AND seq = r.delivered_seq_b) AS delivered_id_b
    FROM after r JOIN room b ON b.id = r.id`,
};

/** Columns of `target`: the watermarks, up to where the member sees the room, and which of them only the member sees. */
function targetSql(side: Side): string {
  const seen = (seq: string) => `least(v.last_seq, (r.freeze_${side}->>'seq')::bigint, ${seq})`;
  return `greatest(r.read_seq_${side}, ${seen(`f.read_${side}`)}) AS read_${side},
        ${seen(`f.delivered_${side}`)} AS delivered_${side},
        r.privacy_${side} & ${PRIVATE.read} <> 0 AS is_read_private_${side},
        r.privacy_${side} & ${PRIVATE.delivered} <> 0 AS is_delivered_private_${side}`;
}

/** How many revisions a member's receipts take: of the room, or of those that only the member sees. See `changesIn`. */
function changesSql(side: Side, kind: 'shared' | 'private'): string {
  const not = kind === 'private' ? '' : 'NOT ';
  return `(t.read_${side} > r.read_seq_${side} AND ${not}t.is_read_private_${side})::int
          + (t.delivered_${side} > CASE WHEN t.is_read_private_${side} AND NOT t.is_delivered_private_${side}
              THEN r.delivered_seq_${side} ELSE greatest(r.delivered_seq_${side}, t.read_${side}) END
            AND ${not}t.is_delivered_private_${side})::int`;
}
