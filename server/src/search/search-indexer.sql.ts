import type { RoomId } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { expiresAtSql, isOverSql } from '../rooms/expiry.sql.js';

/** How long the server that fills the index is given for its next step. Then another one goes on. */
const CLAIM = `now() + interval '15 seconds'`;

/** Claims the work for the server $1, or keeps it. No row: another server has it. */
export const CLAIM_WORK: Statement = {
  name: 'search-index-claim',
  sql: `INSERT INTO message_search_indexer AS work (id, claimed_by, claimed_until) VALUES (1, $1::uuid, ${CLAIM})
        ON CONFLICT (id) DO UPDATE SET claimed_by = $1::uuid, claimed_until = ${CLAIM}
        WHERE work.claimed_by = $1::uuid OR work.claimed_until < now() RETURNING id`,
};

export interface SweptRoom {
  id: RoomId;
  /** Messages that are in no segment. */
  missing: number;
  /**
   * The room is to be indexed now: it has $3 messages that are in no segment, or four times as many changes, or was not indexed for $4
   * seconds.
   */
  is_due: boolean;
}

/** Of the rooms after $1, $2 at most: those that have something that is not in the index, and the last one in any case. */
export const SWEEP: Statement = {
  name: 'search-index-sweep',
  sql: `SELECT id, missing,
          missing >= $3 OR is_changed AND changes >= 4 * $3 OR is_old AND (missing > 0 OR is_changed) AS is_due
        FROM (
          SELECT r.id, r.last_seq - coalesce(p.seq, 0) AS missing, r.rev - p.rev AS changes,
            coalesce(p.indexed_at, r.created_at) < now() - make_interval(secs => $4) AS is_old,
            r.rev > p.rev AND EXISTS (
              SELECT FROM messages m WHERE m.room_id = r.id AND m.changed AND m.rev > p.rev) AS is_changed,
            row_number() OVER (ORDER BY r.id DESC) = 1 AS is_last
          FROM (SELECT id, last_seq, rev, created_at FROM rooms WHERE id > $1 ORDER BY id LIMIT $2) r
          LEFT JOIN message_search_rooms p ON p.room_id = r.id
        ) room
        WHERE missing > 0 OR is_changed OR is_last ORDER BY id`,
};

export interface IndexedRoom {
  last_seq: number;
  rev: number;
  user_a_id: number;
  seq: number;
  indexed_rev: number;
  version: number;
}

/** The room $1, and how far it is indexed. */
export const ROOM: Statement = {
  name: 'search-index-room',
  sql: `WITH created AS (
          INSERT INTO message_search_rooms (room_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING *
        )
        SELECT r.last_seq, r.rev, r.user_a_id, p.seq, p.rev AS indexed_rev, p.version
        FROM rooms r, (SELECT * FROM message_search_rooms WHERE room_id = $1 UNION ALL SELECT * FROM created) p
        WHERE r.id = $1`,
};

export interface SegmentRow {
  id: number;
  first_seq: number;
  last_seq: number;
  size: number;
  /** It has a text whose time has been over for $2 seconds. */
  is_expired: boolean;
}

/** The segments of room $1. They follow one another without a gap, from seq 1 to the last one that is indexed. */
export const SEGMENTS: Statement = {
  name: 'search-index-segments',
  sql: `SELECT id, first_seq, last_seq, size, (${isExpiredSql('$2')}) IS TRUE AS is_expired FROM message_search_segments
        WHERE room_id = $1 AND retired_at IS NULL ORDER BY first_seq`,
};

/** Rooms with a segment that has a text whose time has been over for $1 seconds, $2 at most. */
export const EXPIRED: Statement = {
  name: 'search-index-expired',
  sql: `SELECT DISTINCT room_id AS id FROM message_search_segments
        WHERE retired_at IS NULL AND ${isExpiredSql('$1')} ORDER BY id LIMIT $2`,
};

function isExpiredSql(seconds: string): string {
  return `expires_at <= now() - make_interval(secs => ${seconds})`;
}

/**
 * Part of the removal for RETENTION_DAYS (retention/retention.sql.ts): the segments made before the server had this setting do not
 * know the time of their texts. `room` has `expired_seq` as it was, `reached` has `room_id` and `seq` as it is now.
 */
export const EXPIRE_SEGMENTS = `
  expired_segment AS (
    UPDATE message_search_segments s SET expires_at = now() FROM reached JOIN room ON room.id = reached.room_id
    WHERE s.room_id = reached.room_id AND s.retired_at IS NULL AND s.first_seq <= reached.seq AND s.last_seq > room.expired_seq
      AND (s.expires_at <= now()) IS NOT TRUE
  )`;

/** Messages of room $1 that were changed after revision $2, the first $3 changes; whether their text is another one now. */
export const CHANGES: Statement = {
  name: 'search-index-changes',
  sql: `SELECT seq, rev, edited_at IS NOT NULL OR deleted_at IS NOT NULL AS is_other_text FROM messages
        WHERE room_id = $1 AND changed AND rev > $2 ORDER BY rev LIMIT $3`,
};

export interface ChangeRow {
  seq: number;
  rev: number;
  is_other_text: boolean;
}

/** The texts of room $1 from seq $2 to $3. $4: RETENTION_DAYS in milliseconds, or null. */
export const TEXTS: Statement = {
  name: 'search-index-texts',
  sql: `SELECT seq, id, sender_id, CASE WHEN is_there THEN text ELSE '' END AS text, CASE WHEN is_there THEN expires_at END AS expires_at
        FROM (
          SELECT m.seq, m.id, m.sender_id, m.text, ${expiresAtSql('m', '$4')} AS expires_at,
            m.deleted_at IS NULL AND NOT ${isOverSql('m', '$4')} AS is_there
          FROM messages m WHERE m.room_id = $1 AND m.seq BETWEEN $2 AND $3
        ) m ORDER BY seq`,
};

export interface TextRow {
  seq: number;
  id: number;
  sender_id: number;
  /** Empty: it is removed, or its time is over. */
  text: string;
  /** When it disappears; null: never. */
  expires_at: Date | null;
}

/**
 * Puts a segment of room $1, from seq $3 to $4, in place of others ($7), which are kept for searches that have begun ($8, $9: the
 * pages; $10: when its first text disappears). Nothing happens when another server was quicker: the version of the room is not $2 any more.
 */
export const REPLACE: Statement = {
  name: 'search-index-replace',
  sql: `WITH room AS (
          UPDATE message_search_rooms SET version = version + 1, seq = greatest(seq, $4), indexed_at = now()
          WHERE room_id = $1 AND version = $2 RETURNING version
        ), retired AS (
          UPDATE message_search_segments SET retired_at = now()
          WHERE id = ANY ($7::bigint[]) AND EXISTS (SELECT FROM room)
        ), segment AS (
          INSERT INTO message_search_segments (room_id, first_seq, last_seq, last_id, size, expires_at)
          SELECT $1, $3, $4, $5, $6, $10::timestamptz FROM room RETURNING id
        ), pages AS (
          INSERT INTO message_search_pages (segment_id, gram, data)
          SELECT segment.id, page.gram, page.data FROM segment, unnest($8::bigint[], $9::bytea[]) AS page (gram, data)
        )
        SELECT version FROM room`,
};

/** Everything that changed in room $1 up to revision $3 is in the index. */
export const CAUGHT_UP: Statement = {
  name: 'search-index-caught-up',
  sql: `UPDATE message_search_rooms SET version = version + 1, rev = greatest(rev, $3), indexed_at = now()
        WHERE room_id = $1 AND version = $2 RETURNING version`,
};

/** Deletes replaced segments, $2 at most, that no search can still be reading: $1 seconds after they were replaced. */
export const PURGE: Statement = {
  name: 'search-index-purge',
  sql: `WITH gone AS (
          DELETE FROM message_search_segments WHERE id = ANY (ARRAY(
            SELECT id FROM message_search_segments
            WHERE retired_at < now() - make_interval(secs => $1) ORDER BY retired_at LIMIT $2))
          RETURNING id
        ), pages AS (
          DELETE FROM message_search_pages p USING gone WHERE p.segment_id = gone.id
        )
        SELECT id FROM gone`,
};
