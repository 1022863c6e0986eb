import type { Statement } from '../database/database.js';
import { DECLINED, existsSql, activitySql, seenSeqSql, type Side } from '../users/privacy.js';
import { MESSAGE_COLUMNS } from '../messages/message-row.js';
import { ROOM_STATE_COLUMNS, type RoomState } from '../rooms/room-state.js';
import type { MessageId, RoomId, Seq, UserId } from '@parley/shared';

/** A segment as the search reads it; `lastId`: of its last message. */
export type SegmentTuple = [roomId: RoomId, id: number, firstSeq: number, lastSeq: number, lastId: number];

/** A room of the user, and its part of the index. */
export type SearchedRoom = RoomState & {
  /** Messages up to this seq are in segments; those beyond are read one by one. */
  indexed_seq: number;
  /** Messages that were edited after this revision are read one by one as well. */
  indexed_rev: number;
  /** Of all rooms, in the row of the first one: read once, instead of once for each room. */
  segments: SegmentTuple[] | null;
  /** Of the newest message that the user sees; null: there is none. */
  last_id: MessageId | null;
};

/**
 * The rooms of user $1, the $2 most recently active: all, only room $3, or only those with the member $4.
 * One snapshot: each message is in a segment, beyond `indexed_seq`, or newer than the search.
 */
export const ROOMS: Statement = {
  name: 'search-rooms',
  sql: `WITH r AS MATERIALIZED (
          SELECT * FROM (${roomsOf('a')} UNION ALL ${roomsOf('b')}) mine
          ORDER BY mine.activity_at DESC, mine.id DESC LIMIT $2
        )
        SELECT ${ROOM_STATE_COLUMNS}, coalesce(p.seq, 0) AS indexed_seq, coalesce(p.rev, 0) AS indexed_rev,
          CASE WHEN row_number() OVER () = 1 THEN (
            SELECT json_agg(json_build_array(s.room_id, s.id, s.first_seq, s.last_seq, s.last_id)) FROM message_search_segments s
            WHERE s.retired_at IS NULL AND s.room_id IN (SELECT id FROM r)) END AS segments,
          (SELECT m.id FROM messages m WHERE m.room_id = r.id AND m.seq = r.seen_seq) AS last_id
        FROM r LEFT JOIN message_search_rooms p ON p.room_id = r.id`,
};

function roomsOf(side: Side): string {
  const other = side === 'a' ? 'b' : 'a';
  return `SELECT rooms.*, ${seenSeqSql(side, 'rooms')} AS seen_seq, ${activitySql(side, 'rooms')} AS activity_at FROM rooms
          WHERE user_${side}_id = $1 AND ${existsSql(side, 'rooms')}
            AND CASE WHEN $3::bigint IS NULL THEN privacy_${side} & ${DECLINED} = 0 ELSE id = $3 END
            AND ($4::bigint IS NULL OR $4 IN (user_${side}_id, user_${other}_id))`;
}

/** The user of a name ($1), in whatever case. */
export const SENDER: Statement = {
  name: 'search-sender',
  sql: `SELECT id FROM users WHERE lower(username) = lower($1)`,
};

/**
 * For each room ($1), up to a seq ($2): the last message whose id is below $3 and whose time is before $4, and its id; 0 when there is
 * none. Both grow with seq, so a room of a million messages takes 20 look-ups by the primary key.
 */
export const LAST_BEFORE: Statement = {
  name: 'search-last-before',
  sql: `WITH RECURSIVE step (place, room_id, low, high) AS (
          SELECT place, room_id, 0::bigint, last_seq
          FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS want (room_id, last_seq, place)
          UNION ALL
          SELECT place, room_id, CASE WHEN is_before THEN middle ELSE low END, CASE WHEN is_before THEN high ELSE middle - 1 END
          FROM (
            SELECT step.*, (low + high + 1) / 2 AS middle,
              coalesce((SELECT m.id < $3 AND m.created_at < $4::timestamptz FROM messages m
                WHERE m.room_id = step.room_id AND m.seq = (low + high + 1) / 2), false) AS is_before
            FROM step WHERE low < high
          ) tried
        )
        SELECT low AS seq, (SELECT m.id FROM messages m WHERE m.room_id = step.room_id AND m.seq = step.low) AS id
        FROM step WHERE low = high ORDER BY place`,
};

export interface LastBefore {
  seq: number;
  id: number | null;
}

/** The text as it is seen in a view that is frozen at the revision `want.seen_rev`: for one that is not, that is beyond all. */
const SEEN_TEXT = `CASE WHEN m.frozen IS NOT NULL AND m.rev > want.seen_rev THEN m.frozen->>'text' ELSE m.text END`;

/** Messages of each room ($1) whose text is another one since a revision ($2), of the latest $3 changes; $4: see SEEN_TEXT. */
export const EDITED: Statement = {
  name: 'search-edited',
  sql: `SELECT want.place, m.id, m.seq, m.sender_id, m.created_at, ${SEEN_TEXT} AS text
        FROM unnest($1::bigint[], $2::bigint[], $4::bigint[]) WITH ORDINALITY AS want (room_id, rev, seen_rev, place)
        CROSS JOIN LATERAL (
          SELECT * FROM messages WHERE room_id = want.room_id AND changed AND rev > want.rev ORDER BY rev DESC LIMIT $3
        ) m
        WHERE (m.edited_at IS NOT NULL OR m.frozen IS NOT NULL) AND m.deleted_at IS NULL`,
};

export interface EditedRow {
  place: number;
  id: MessageId;
  seq: Seq;
  sender_id: UserId;
  created_at: Date;
  text: string;
}

/** The pages of each segment ($1) that may have grams from $2 to $3. */
export const PAGES: Statement = {
  name: 'search-pages',
  sql: `SELECT want.place, p.gram, p.data
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS want (segment_id, low, high, place)
        CROSS JOIN LATERAL (
          SELECT gram, data FROM message_search_pages
          WHERE segment_id = want.segment_id AND gram <= want.high
            AND gram >= coalesce((SELECT f.gram FROM message_search_pages f
              WHERE f.segment_id = want.segment_id AND f.gram <= want.low ORDER BY f.gram DESC LIMIT 1), want.low)
        ) p`,
};

/** Where a candidate is tested, the text is null unless it is still there, of the sender $3, and of the time from $4 to before $5. */
const TESTED = `m.room_id, m.seq, m.id, CASE WHEN m.deleted_at IS NULL AND ($3::bigint IS NULL OR m.sender_id = $3)
  AND m.created_at >= $4::timestamptz AND m.created_at < $5::timestamptz THEN ${SEEN_TEXT} END AS text`;

export interface Tested {
  room_id: RoomId;
  seq: number;
  id: number;
  text: string | null;
}

/** The messages of each room ($1) with that seq ($2); $6: see SEEN_TEXT. */
export const TEST_MESSAGES: Statement = {
  name: 'search-test-messages',
  sql: `SELECT ${TESTED} FROM unnest($1::bigint[], $2::bigint[], $6::bigint[]) AS want (room_id, seq, seen_rev)
        CROSS JOIN LATERAL (SELECT * FROM messages WHERE room_id = want.room_id AND seq = want.seq OFFSET 0) m`,
};

/** The messages of each room ($1) from a seq ($2) to another ($7); $6: see SEEN_TEXT. */
export const TEST_RANGES: Statement = {
  name: 'search-test-ranges',
  sql: `SELECT ${TESTED} FROM unnest($1::bigint[], $2::bigint[], $7::bigint[], $6::bigint[]) AS want (room_id, low, high, seen_rev)
        CROSS JOIN LATERAL (SELECT * FROM messages WHERE room_id = want.room_id AND seq BETWEEN want.low AND want.high OFFSET 0) m`,
};

/** The messages of each room ($1) with that seq ($2), whole. */
export const MESSAGES: Statement = {
  name: 'search-messages',
  sql: `SELECT ${MESSAGE_COLUMNS} FROM unnest($1::bigint[], $2::bigint[]) AS want (room_id, seq)
        CROSS JOIN LATERAL (SELECT * FROM messages WHERE room_id = want.room_id AND seq = want.seq OFFSET 0) m`,
};
