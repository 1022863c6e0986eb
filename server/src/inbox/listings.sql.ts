import { MAX_PINNED_ROOMS, MAX_SYNC_LISTINGS, type RoomListing } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { RESTORE_REV_STEP } from '../database/restore-rev-step.js';
import { notDeletedSql } from '../users/deleted-users.js';
import { seenSeqSql } from '../users/privacy.js';

const timeSql = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const FIELDS: Readonly<Record<keyof RoomListing, (row: string) => string>> = {
  rev: (row) => `${row}.rev`,
  pinned_at: (row) => timeSql(`${row}.pinned_at`),
  muted_until: (row) => timeSql(`${row}.muted_until`),
  archived_seq: (row) => `${row}.archived_seq`,
  unread_seq: (row) => `${row}.unread_seq`,
};

/** SQL: a {@link RoomListing} from a row of room_member_settings; null where there is no row. */
export function listingSql(row: string): string {
  const fields = Object.entries(FIELDS).map(([name, sql]) => `'${name}', ${sql(row)}`);
  return `CASE WHEN ${row}.rev IS NOT NULL THEN jsonb_build_object(${fields.join(', ')}) END`;
}

/**
 * Changes how user $2 keeps room $1: pinned $3, muted until $5 if $4, archived $6, marked as unread $7; null leaves each as it
 * is. A room that is archived is not pinned any more, and the other way round. No row: too many are pinned. Calls at the same
 * instant may pass that limit, each by one.
 *
 * The lock of the user's row orders the changes of a user, so that a client that has one revision has got each one before it.
 */
export const CHANGE: Statement = {
  name: 'listing-change',
  sql: `WITH room AS (
          SELECT r.id, CASE WHEN r.user_a_id = $2 THEN ${seenSeqSql('a', 'r')} ELSE ${seenSeqSql('b', 'r')} END AS last_seq,
            CASE WHEN r.user_a_id = $2 THEN r.read_seq_a ELSE r.read_seq_b END AS read_seq
          FROM rooms r WHERE r.id = $1 AND ($3::boolean IS NOT TRUE OR (
            SELECT count(*) FROM room_member_settings
            WHERE user_id = $2 AND pinned_at IS NOT NULL AND room_id <> $1) < ${MAX_PINNED_ROOMS})
        ), owner AS (
          UPDATE users u SET listing_rev = listing_rev + 1 FROM room
          WHERE u.id = $2 AND ${notDeletedSql('u')} RETURNING u.listing_rev
        )
        INSERT INTO room_member_settings AS s (user_id, room_id, rev, pinned_at, muted_until, archived_seq, unread_seq)
        SELECT $2, room.id, owner.listing_rev, CASE WHEN $3 THEN now() END, $5,
          CASE WHEN $6 THEN room.last_seq END, CASE WHEN $7 THEN room.read_seq END
        FROM room, owner
        ON CONFLICT (user_id, room_id) DO UPDATE SET rev = excluded.rev,
          pinned_at = CASE WHEN $3 THEN coalesce(s.pinned_at, excluded.pinned_at)
            WHEN $3 IS NULL AND $6 IS NOT TRUE THEN s.pinned_at END,
          muted_until = CASE WHEN $4::boolean THEN excluded.muted_until ELSE s.muted_until END,
          archived_seq = CASE WHEN $6::boolean THEN excluded.archived_seq
            WHEN $6 IS NULL AND $3 IS NOT TRUE THEN s.archived_seq END,
          unread_seq = CASE WHEN $7::boolean IS NULL THEN s.unread_seq ELSE excluded.unread_seq END
        RETURNING ${listingSql('s')} AS listing`,
};

export const LISTING: Statement = {
  name: 'listing-of-room',
  sql: `SELECT ${listingSql('s')} AS listing FROM room_member_settings s WHERE s.room_id = $1 AND s.user_id = $2`,
};

/**
 * SQL: whether a client has this revision of another database: it is ahead of the user's, or a restore lies between the
 * two. Not of a client that has nothing.
 */
const isForeignSql = (rev: string, known: string) =>
  `${rev} > 0 AND (${rev} > ${known} OR ${rev} / ${RESTORE_REV_STEP} <> ${known} / ${RESTORE_REV_STEP})`;

/**
 * The listings of each user ($1) after a revision ($2), in the order of `rev`: from the first, when that revision is of another
 * database. `n`: which of the arguments, from 1 on.
 */
export const SINCE: Statement = {
  name: 'listings-since',
  sql: `SELECT want.n::int, ${isForeignSql('want.rev', 'u.listing_rev')} AS is_reset, s.room_id, s.listing
        FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS want (user_id, rev, n)
        JOIN users u ON u.id = want.user_id
        LEFT JOIN LATERAL (
          SELECT l.room_id, l.rev, ${listingSql('l')} AS listing FROM room_member_settings l
          WHERE l.user_id = want.user_id
            AND l.rev > CASE WHEN ${isForeignSql('want.rev', 'u.listing_rev')} THEN 0 ELSE want.rev END
          ORDER BY l.rev LIMIT ${MAX_SYNC_LISTINGS}
        ) s ON true ORDER BY s.rev`,
};
