import type { MessageTimer, RoomId, RoomListing } from '@parley/shared';
import type { Statement } from '../database/database.js';
import type { Profile } from '../users/users.service.js';
import { JOINED_MESSAGE_COLUMNS, type JoinedMessageRow, type MessageRow } from '../messages/message-row.js';
import { ROOM_STATE_COLUMNS, type RoomState } from '../rooms/room-state.js';
import { listingSql } from './listings.sql.js';
import { activitySql, DECLINED, existsSql, REQUEST, seenRevSql, type Side } from '../users/privacy.js';

/** A room with both users and its last message, in one row. */
export type RoomRow = RoomState &
  JoinedMessageRow & {
    created_at: Date;
    timer: MessageTimer | null;
    expired_seq: number;
    /** How each member keeps the room. */
    listing_a: RoomListing | null;
    listing_b: RoomListing | null;
    username_a: string;
    display_name_a: string;
    avatar_a: string | null;
    username_b: string;
    display_name_b: string;
    avatar_b: string | null;
    /** The last message as its user sees it who has blocked the other; undefined: as it is. */
    shown_last?: MessageRow | null;
  };

// The last message is the one at last_seq: found by primary key, so there is no reference to keep up to date.
const ROOM = `
  SELECT ${ROOM_STATE_COLUMNS}, r.created_at, r.timer, r.expired_seq,
    ${listingSql('la')} AS listing_a, ${listingSql('lb')} AS listing_b,
    a.username AS username_a, a.display_name AS display_name_a, a.avatar AS avatar_a,
    b.username AS username_b, b.display_name AS display_name_b, b.avatar AS avatar_b,
    ${JOINED_MESSAGE_COLUMNS}`;
const JOINS = `
  JOIN users a ON a.id = r.user_a_id
  JOIN users b ON b.id = r.user_b_id
  LEFT JOIN room_member_settings la ON la.user_id = r.user_a_id AND la.room_id = r.id
  LEFT JOIN room_member_settings lb ON lb.user_id = r.user_b_id AND lb.room_id = r.id
  LEFT JOIN messages m ON m.room_id = r.id AND m.seq = r.last_seq`;

/** A room without messages is in the lists of those who have opened it; a declined one in none. */
const listed = (side: Side) => `${existsSql(side, 'rooms')} AND rooms.privacy_${side} & ${DECLINED} = 0`;

/** What orders the list of user $1. */
const activity = (r: string) =>
  `CASE WHEN ${r}.user_a_id = $1 THEN ${activitySql('a', r)} ELSE ${activitySql('b', r)} END`;

/**
 * One page of a user's rooms ($1), the most recently active first: $2 rooms, after room $3 if it is given. The page
 * is cut before anything is joined, and the whole list is one statement.
 */
export const LIST: Statement = {
  name: 'rooms-list',
  sql: `${ROOM}
    FROM (
      SELECT rooms.*, ${activity('rooms')} AS activity_at FROM rooms
      WHERE (user_a_id = $1 AND ${listed('a')} OR user_b_id = $1 AND ${listed('b')})
        AND ($3::bigint IS NULL
          OR (${activity('rooms')}, id) < (SELECT ${activity('c')}, c.id FROM rooms c
              WHERE c.id = $3 AND (c.user_a_id = $1 OR c.user_b_id = $1)))
      ORDER BY activity_at DESC, id DESC LIMIT $2
    ) r ${JOINS}
    ORDER BY r.activity_at DESC, r.id DESC`,
};

export const BY_IDS: Statement = {
  name: 'rooms-by-ids',
  sql: `${ROOM} FROM rooms r ${JOINS} WHERE r.id = ANY ($1::bigint[])`,
};

/** Messages by room ($1) and seq ($2), in that order: the last ones of rooms that do not end at `last_seq` for the user. */
export const LAST_SEEN: Statement = {
  name: 'rooms-last-seen',
  sql: `SELECT want.place, ${JOINED_MESSAGE_COLUMNS}
        FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS want (room_id, seq, place)
        LEFT JOIN messages m ON m.room_id = want.room_id AND m.seq = want.seq
        ORDER BY want.place`,
};

/** What clients compare their own revisions with: a narrow scan of the rooms of each user ($1). */
export const REVISIONS: Statement = {
  name: 'rooms-revisions',
  sql: `SELECT want.user_id, r.id, r.rev FROM unnest($1::bigint[]) AS want (user_id)
        CROSS JOIN LATERAL (${revisions('a')} UNION ALL ${revisions('b')}) r
        ORDER BY r.activity_at DESC, r.id DESC`,
};

function revisions(side: Side): string {
  return `SELECT id, ${seenRevSql(side, 'rooms')} AS rev, ${activitySql(side, 'rooms')} AS activity_at FROM rooms
          WHERE user_${side}_id = want.user_id AND ${listed(side)}`;
}

/** The room of a pair ($1, $2), and what of it concerns the user $3. */
export const FIND: Statement = {
  name: 'rooms-find',
  sql: `SELECT id, CASE WHEN user_a_id = $3 THEN ${existsSql('a', 'r')} ELSE ${existsSql('b', 'r')} END AS exists,
          CASE WHEN user_a_id = $3 THEN privacy_a ELSE privacy_b END & ${DECLINED} <> 0 AS is_declined,
          NOT opened_a AND NOT opened_b AND last_seq = 0 AS is_unseen
        FROM rooms r WHERE user_a_id = $1 AND user_b_id = $2`,
};

export interface FoundRoom {
  id: RoomId;
  /** For the user: see MembershipService.require. */
  exists: boolean;
  is_declined: boolean;
  /** No member has seen it: it is there because one has blocked the other. */
  is_unseen: boolean;
}

/** A member who opens a room without messages accepts it. */
const OPENED = (['a', 'b'] as const)
  .map(
    (side) => `opened_${side} = opened_${side} OR user_${side}_id = $2,
          privacy_${side} = CASE WHEN user_${side}_id = $2 AND last_seq = 0 THEN privacy_${side} & ~${REQUEST}
            ELSE privacy_${side} END`,
  )
  .join(', ');

/** Notes that the member $2 has opened the room $1. */
export const OPEN: Statement = {
  name: 'rooms-open',
  // Of calls at the same instant one opens it.
  sql: `UPDATE rooms SET ${OPENED}
        WHERE id = $1 AND NOT CASE WHEN user_a_id = $2 THEN opened_a ELSE opened_b END RETURNING id`,
};

/** The same for a room that no member has seen: it becomes as new, so that nothing about it is older than this. */
export const OPEN_UNSEEN: Statement = {
  name: 'rooms-open-unseen',
  sql: `UPDATE rooms SET id = DEFAULT, created_at = now(), last_activity_at = now(), ${OPENED}
        WHERE id = $1 AND NOT opened_a AND NOT opened_b AND last_seq = 0 RETURNING id`,
};

export function profilesOf(row: RoomRow): [Profile, Profile] {
  return [
    { id: row.user_a_id, username: row.username_a, display_name: row.display_name_a, avatar: row.avatar_a },
    { id: row.user_b_id, username: row.username_b, display_name: row.display_name_b, avatar: row.avatar_b },
  ];
}
