import { UPLOAD_HOURS, type RoomId, type Seq } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { isOverSql } from '../rooms/expiry.sql.js';

/** An upload of a user, as far as it has come. */
export interface UploadRow {
  id: number;
  key: string;
  name: string;
  declared_type: string;
  size: number;
  parts: number[];
  received: number;
  /** Null until it is complete, and was looked at. */
  type: string | null;
  created_at: Date;
}

/** A file of a message. */
export interface FileRow {
  key: string;
  name: string;
  type: string;
  size: number;
  has_thumbnail: boolean;
  room_id: RoomId;
  seq: Seq;
}

const UPLOAD = 'id, key, name, declared_type, size, parts, received, type, created_at';
/** Nobody has sent it, and it has not expired. */
const IS_OPEN = `room_id IS NULL AND expires_at > clock_timestamp()`;

export const CREATE: Statement = {
  name: 'upload-create',
  sql: `INSERT INTO attachments (user_id, key, name, declared_type, size, expires_at)
        VALUES ($1, gen_random_uuid(), $2, $3, $4, now() + interval '${UPLOAD_HOURS} hours') RETURNING ${UPLOAD}`,
};

/** What user $1 has stored, and how many uploads of it are not sent. */
export const USAGE: Statement = {
  name: 'attachments-usage',
  sql: `SELECT coalesce(sum(size), 0)::float8 AS bytes, count(*) FILTER (WHERE room_id IS NULL AND expires_at IS NOT NULL)::int AS open
        FROM attachments WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
};

export const OPEN_UPLOAD: Statement = {
  name: 'upload-open',
  sql: `SELECT ${UPLOAD} FROM attachments WHERE id = $1 AND user_id = $2 AND ${IS_OPEN}`,
};

/** Those of uploads $1 of user $2 that are complete, but were not looked at. */
export const UNFINISHED: Statement = {
  name: 'uploads-unfinished',
  sql: `SELECT ${UPLOAD} FROM attachments
        WHERE id = ANY ($1::bigint[]) AND user_id = $2 AND ${IS_OPEN} AND type IS NULL AND received = size`,
};

/** Notes a part of $3 bytes that is stored at offset $2 of upload $1. No row: another request has been faster. */
export const ADVANCE: Statement = {
  name: 'upload-advance',
  sql: `UPDATE attachments SET parts = parts || $3::int, received = received + $3
        WHERE id = $1 AND received = $2::bigint AND received + $3 <= size AND type IS NULL AND ${IS_OPEN}
        RETURNING received`,
};

/** The content of upload $1 was looked at: what it is. */
export const FINISH: Statement = {
  name: 'upload-finish',
  sql: `UPDATE attachments SET type = $2, size = $3, width = $4, height = $5, has_thumbnail = $6
        WHERE id = $1 AND type IS NULL AND ${IS_OPEN} RETURNING id`,
};

/** Gives up upload $1 of user $2. */
export const GIVE_UP: Statement = {
  name: 'upload-give-up',
  sql: `UPDATE attachments SET name = '', expires_at = '-infinity' WHERE id = $1 AND user_id = $2 AND ${IS_OPEN}
        RETURNING id`,
};

/** The file $1 of a message whose time is not over, though the job that removes it may be late. $2: RETENTION_DAYS in milliseconds, or null. */
export const FILE: Statement = {
  name: 'attachment-file',
  sql: `SELECT a.key, a.name, a.type, a.size, a.has_thumbnail, a.room_id, a.seq
        FROM attachments a JOIN messages m ON m.room_id = a.room_id AND m.seq = a.seq
        WHERE a.id = $1 AND NOT ${isOverSql('m', '$2')}`,
};

/**
 * Uploads whose time was over a minute ago, so that none is being sent: $1 of them, after id $2.
 */
export const EXPIRED: Statement = {
  name: 'attachments-expired',
  sql: `SELECT id, key FROM attachments
        WHERE expires_at < now() - interval '1 minute' AND id > $2::bigint ORDER BY id LIMIT $1`,
};

export const REMOVE: Statement = {
  name: 'attachments-remove',
  sql: `DELETE FROM attachments WHERE id = ANY ($1::bigint[]) AND expires_at < now() - interval '1 minute'`,
};

/** Of the folders $1: what is known of each. */
export const BY_KEYS: Statement = {
  name: 'attachments-by-keys',
  sql: `SELECT key, type IS NOT NULL AS is_finished, has_thumbnail FROM attachments WHERE key = ANY ($1::uuid[])`,
};

/** The attachments of messages beyond id $1, $2 of them. */
export const KEPT: Statement = {
  name: 'attachments-kept',
  sql: `SELECT id, key, size, has_thumbnail FROM attachments WHERE id > $1 AND room_id IS NOT NULL ORDER BY id LIMIT $2`,
};

/**
 * The parts of `messages-append` for drafts with attachments, $6: for each draft the ids as an array literal, else null.
 * An upload goes into one message: the first of the batch that names it, if it is the sender's, complete, and still there.
 * Its row is locked, so that no other server can take it meanwhile.
 */
export const ATTACHING = `
    , wanted AS (
      SELECT d.n, d.sender_id, w.id, w.place FROM draft d
      CROSS JOIN unnest(d.attachments::bigint[]) WITH ORDINALITY AS w (id, place)
    ), usable AS MATERIALIZED (
      SELECT a.* FROM attachments a
      WHERE a.id IN (SELECT id FROM wanted) AND a.type IS NOT NULL AND a.room_id IS NULL
        AND a.expires_at > clock_timestamp()
      ORDER BY a.id FOR UPDATE
    ), taken AS (
      SELECT DISTINCT ON (a.id) w.n, w.place, a.id, a.name, a.type, a.size, a.width, a.height, a.has_thumbnail
      FROM usable a JOIN wanted w ON w.id = a.id AND w.sender_id = a.user_id
      ORDER BY a.id, w.n, w.place
    ), attached AS (
      SELECT n, count(*) AS found, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'id', id, 'name', name, 'type', type, 'size', size, 'width', width, 'height', height,
        'has_thumbnail', nullif(has_thumbnail, false))) ORDER BY place) AS attachments
      FROM taken GROUP BY n
    )`;

/** The same, once the messages are `stored`. */
export const ATTACHED = `
    , claimed AS (
      UPDATE attachments a SET room_id = s.room_id, seq = s.seq, expires_at = NULL
      FROM taken t JOIN fresh f ON f.n = t.n JOIN stored s ON s.room_id = f.room_id AND s.seq = f.seq
      WHERE a.id = t.id
    )`;

/**
 * Part of the removal of the content of messages (messages/content-removal.sql.ts): the files are removed by the clean-up.
 * @param from a query with `room_id` and `seq`.
 */
export const detached = (from: string) => `
  detached AS (
    UPDATE attachments a SET room_id = NULL, seq = NULL, name = '', expires_at = '-infinity'
    FROM ${from} t WHERE a.room_id = t.room_id AND a.seq = t.seq
  )`;
