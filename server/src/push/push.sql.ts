import { MAX_PUSH_SUBSCRIPTIONS } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { isOverSql } from '../rooms/expiry.sql.js';
import { notDeletedSql } from '../users/deleted-users.js';
import { BLOCKS, DECLINED, REQUEST } from '../users/privacy.js';

/** Makes the keys $1 and $2 those of this database, unless it has some. */
export const MAKE_KEYS: Statement = {
  name: 'push-keys-make',
  sql: `INSERT INTO push_keys (id, public_key, private_key) VALUES (true, $1, $2) ON CONFLICT DO NOTHING`,
};
export const KEYS: Statement = {
  name: 'push-keys',
  sql: `SELECT public_key, private_key FROM push_keys`,
};

const COLUMNS = `p.id, p.endpoint, p.created_at`;

export const LIST: Statement = {
  name: 'push-subscriptions',
  sql: `SELECT ${COLUMNS} FROM push_subscriptions p WHERE p.user_id = $1 ORDER BY p.id`,
};

/**
 * The subscription of endpoint $2 for user $1, with the keys $3 and $4; the same again is renewed. No row: the user has as
 * many as there may be. It locks the user, the session and the subscription in this order, as the ends of sessions and
 * accounts do.
 */
const createBy = (name: string, session: string, from: string, others: string): Statement => ({
  name,
  sql: `WITH owner AS (
          SELECT u.id FROM users u WHERE u.id = $1 AND ${notDeletedSql('u')} FOR KEY SHARE
        )${session}${others}
        INSERT INTO push_subscriptions AS p (user_id, endpoint, p256dh, auth, session_id)
        SELECT owner.id, $2, $3, $4, ${from}
        WHERE (SELECT count(*) FROM push_subscriptions WHERE user_id = $1 AND endpoint <> $2) < ${MAX_PUSH_SUBSCRIPTIONS}
        ON CONFLICT (user_id, endpoint) DO UPDATE
          SET p256dh = excluded.p256dh, auth = excluded.auth, session_id = excluded.session_id
        RETURNING ${COLUMNS}, xmax = 0 AS created`,
});
export const CREATE = createBy('push-subscription-create', '', 'NULL FROM owner', '');
/** $5: the session. A browser is that of who has logged in there last: others do not get theirs in it any more. */
export const CREATE_IN_SESSION = createBy(
  'push-subscription-create-in-session',
  `, proof AS (
     SELECT s.id FROM owner JOIN sessions s ON s.user_id = owner.id WHERE s.id = $5 FOR KEY SHARE OF s
   )`,
  'proof.id FROM owner, proof',
  `, others AS (
     DELETE FROM push_subscriptions o USING proof WHERE o.endpoint = $2 AND o.user_id <> $1
   )`,
);

export const REMOVE: Statement = {
  name: 'push-subscription-remove',
  sql: `DELETE FROM push_subscriptions WHERE user_id = $1 AND id = $2 RETURNING id`,
};

/** The push service knows it no more. With its endpoint, so that one that was renewed meanwhile stays. */
export const REMOVE_GONE: Statement = {
  name: 'push-subscription-gone',
  sql: `DELETE FROM push_subscriptions WHERE id = $1 AND endpoint = $2`,
};

const OUTSIDE = REQUEST | BLOCKS | DECLINED;

/** The session of subscription `p` is valid: $1 and $2 are its idle and its longest time in milliseconds. */
const IS_VALID = `(p.session_id IS NULL OR EXISTS (
  SELECT FROM sessions s JOIN accounts a ON a.user_id = s.user_id
  WHERE s.id = p.session_id AND a.disabled_at IS NULL
    AND s.last_used_at > now() - $1::float8 * interval '1 millisecond'
    AND s.created_at > now() - $2::float8 * interval '1 millisecond'))`;

/** A subscription, and what is pushed to it. */
export interface DueRow {
  id: number;
  endpoint: string;
  p256dh: string;
  auth: string;
  user_id: number;
  room_id: number;
}

export interface DueMessageRow extends DueRow {
  username: string;
  message_id: number;
  seq: number;
  text: string;
  has_files: boolean;
  sender: string;
  unread_count: number;
  settings: object;
}

/**
 * The subscriptions of users ($3) to whom message $5 of room $4 is to be pushed: unread still, neither deleted nor over, in a
 * room that the user has not muted, of somebody whom the user has accepted and not blocked, and the user wants notifications. $6: RETENTION_DAYS in milliseconds.
 * Notes that it was pushed.
 */
export const DUE: Statement = {
  name: 'push-due',
  sql: `WITH want AS MATERIALIZED (
          SELECT w.* FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS w (user_id, room_id, seq)
          WHERE EXISTS (SELECT FROM push_subscriptions p WHERE p.user_id = w.user_id)
        ), due AS (
          SELECT want.user_id, want.room_id, want.seq, u.username, m.id AS message_id, m.text,
            m.attachments IS NOT NULL AS has_files, peer.display_name AS sender, coalesce(us.settings, '{}') AS settings,
            CASE WHEN r.user_a_id = want.user_id THEN r.unread_a ELSE r.unread_b END AS unread_count
          FROM want
          JOIN rooms r ON r.id = want.room_id
          JOIN messages m ON m.room_id = want.room_id AND m.seq = want.seq
          JOIN users u ON u.id = want.user_id
          JOIN users peer ON peer.id = m.sender_id
          LEFT JOIN user_settings us ON us.user_id = want.user_id
          LEFT JOIN room_member_settings l ON l.user_id = want.user_id AND l.room_id = want.room_id
          WHERE (us.settings->>'notifications')::boolean AND m.deleted_at IS NULL AND NOT ${isOverSql('m', '$6')}
            AND (l.muted_until IS NULL OR l.muted_until <= now())
            AND CASE WHEN r.user_a_id = want.user_id
              THEN r.read_seq_a < want.seq AND r.privacy_a & ${OUTSIDE} = 0
              ELSE r.read_seq_b < want.seq AND r.privacy_b & ${OUTSIDE} = 0 END
        ), shown AS (
          INSERT INTO push_shown (user_id, room_id, seq) SELECT user_id, room_id, seq FROM due
          ORDER BY user_id, room_id
          ON CONFLICT (user_id, room_id) DO UPDATE SET seq = greatest(push_shown.seq, excluded.seq)
        )
        SELECT p.id, p.endpoint, p.p256dh, p.auth, due.* FROM due
        JOIN push_subscriptions p ON p.user_id = due.user_id WHERE ${IS_VALID}`,
};

/** The subscriptions of users ($3) to which a message of room $4 was pushed that is read now, up to $5. Notes that it is. */
export const READ: Statement = {
  name: 'push-read',
  sql: `WITH want AS (
          SELECT * FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS want (user_id, room_id, seq)
        ), locked AS (
          SELECT s.user_id, s.room_id, want.seq FROM want
          JOIN push_shown s ON s.user_id = want.user_id AND s.room_id = want.room_id AND s.seq <= want.seq
          ORDER BY s.user_id, s.room_id FOR UPDATE OF s
        ), cleared AS (
          DELETE FROM push_shown s USING locked WHERE s.user_id = locked.user_id AND s.room_id = locked.room_id
          RETURNING s.user_id, s.room_id, locked.seq
        )
        SELECT p.id, p.endpoint, p.p256dh, p.auth, cleared.user_id, cleared.room_id, cleared.seq FROM cleared
        JOIN push_subscriptions p ON p.user_id = cleared.user_id WHERE ${IS_VALID}`,
};
