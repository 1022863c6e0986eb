import type { Statement } from '../database/database.js';
import { notDeletedSql } from '../users/deleted-users.js';
import type { Profile } from '../users/users.service.js';
import { JOINED_MESSAGE_COLUMNS, type JoinedMessageRow } from '../messages/message-row.js';
import { ROOM_STATE_COLUMNS, type RoomState } from '../rooms/room-state.js';

/** A room with both users and its last message, in one row. */
export type RoomRow = RoomState &
  JoinedMessageRow & {
    created_at: Date;
    username_a: string;
    display_name_a: string;
    username_b: string;
    display_name_b: string;
  };

// The last message is the one at last_seq: found by primary key, so there is no reference to keep up to date.
const ROOM = `
  SELECT ${ROOM_STATE_COLUMNS}, r.created_at,
    a.username AS username_a, a.display_name AS display_name_a,
    b.username AS username_b, b.display_name AS display_name_b,
    ${JOINED_MESSAGE_COLUMNS}`;
const JOINS = `
  JOIN users a ON a.id = r.user_a_id
  JOIN users b ON b.id = r.user_b_id
  LEFT JOIN messages m ON m.room_id = r.id AND m.seq = r.last_seq`;

/** A room without messages is in the lists of those who have opened it. */
const LISTED_A = `(last_seq > 0 OR opened_a)`;
const LISTED_B = `(last_seq > 0 OR opened_b)`;

/**
 * One page of a user's rooms ($1), the most recently active first: $2 rooms, after room $3 if it is given. The page
 * is cut before anything is joined, and the whole list is one statement.
 */
export const LIST: Statement = {
  name: 'rooms-list',
  sql: `${ROOM}
    FROM (
      SELECT * FROM rooms
      WHERE (user_a_id = $1 AND ${LISTED_A} OR user_b_id = $1 AND ${LISTED_B})
        AND ($3::bigint IS NULL
          OR (last_activity_at, id) < (SELECT c.last_activity_at, c.id FROM rooms c
              WHERE c.id = $3 AND (c.user_a_id = $1 OR c.user_b_id = $1)))
      ORDER BY last_activity_at DESC, id DESC LIMIT $2
    ) r ${JOINS}
    ORDER BY r.last_activity_at DESC, r.id DESC`,
};

export const BY_IDS: Statement = {
  name: 'rooms-by-ids',
  sql: `${ROOM} FROM rooms r ${JOINS} WHERE r.id = ANY ($1::bigint[])`,
};

/** What clients compare their own revisions with: a narrow scan of the rooms of each user ($1). */
export const REVISIONS: Statement = {
  name: 'rooms-revisions',
  sql: `SELECT want.user_id, r.id, r.rev FROM unnest($1::bigint[]) AS want (user_id)
        CROSS JOIN LATERAL (
          SELECT id, rev, last_activity_at FROM rooms
          WHERE user_a_id = want.user_id AND ${LISTED_A}
          UNION ALL SELECT id, rev, last_activity_at FROM rooms
          WHERE user_b_id = want.user_id AND ${LISTED_B}
        ) r
        ORDER BY r.last_activity_at DESC, r.id DESC`,
};

export const FIND: Statement = {
  name: 'rooms-find',
  sql: `SELECT id FROM rooms WHERE user_a_id = $1 AND user_b_id = $2`,
};

/** Notes that the member $2 has opened the room $1, which has no messages. No row: that is known, or there are messages. */
export const OPEN: Statement = {
  name: 'rooms-open',
  sql: `UPDATE rooms SET opened_a = opened_a OR user_a_id = $2, opened_b = opened_b OR user_b_id = $2
        WHERE id = $1 AND last_seq = 0 AND NOT CASE WHEN user_a_id = $2 THEN opened_a ELSE opened_b END
        RETURNING id`,
};

export const CREATE: Statement = {
  name: 'rooms-create',
  // The lock orders it before or after the deletion of an account, which closes the rooms that there are.
  sql: `INSERT INTO rooms (user_a_id, user_b_id, opened_a, opened_b)
        SELECT $1, $2, $3, $4
        WHERE (SELECT count(*) FROM (
          SELECT FROM users u WHERE u.id IN ($1, $2) AND ${notDeletedSql('u')} FOR SHARE
        ) existing) = 2
        ON CONFLICT (user_a_id, user_b_id) DO NOTHING RETURNING id`,
};

export function profilesOf(row: RoomRow): [Profile, Profile] {
  return [
    { id: row.user_a_id, username: row.username_a, display_name: row.display_name_a },
    { id: row.user_b_id, username: row.username_b, display_name: row.display_name_b },
  ];
}
