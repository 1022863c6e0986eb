import type { Statement } from '../database/database.js';

/** Whether an invite may be used now: $1 its hash, $2 whether registration is closed but for the set-up. */
export const USABLE_INVITE = `code_hash = $1 AND expires_at > now() AND uses < max_uses
  AND CASE WHEN is_set_up THEN NOT EXISTS (SELECT FROM accounts) ELSE NOT $2::boolean END`;

export const FIND_INVITE: Statement = {
  name: 'invite-find',
  sql: `SELECT id FROM invites WHERE ${USABLE_INVITE}`,
};

/**
 * A user with an account, and a use of the invite: all or nothing. $3: registration is open, and needs none. No row: the
 * invite cannot be used (any more).
 */
export const REGISTER: Statement = {
  name: 'account-register',
  sql: `WITH invite AS (
          UPDATE invites SET uses = uses + 1 WHERE ${USABLE_INVITE} RETURNING id
        ), new_user AS (
          INSERT INTO users (username, display_name)
          SELECT $4, $5 WHERE $3::boolean OR EXISTS (SELECT FROM invite)
          RETURNING id, username, display_name
        ), account AS (
          INSERT INTO accounts (user_id, skeleton, password_hash) SELECT id, $6, $7 FROM new_user
        )
        SELECT id, username, display_name FROM new_user`,
};

export const BY_USERNAME: Statement = {
  name: 'account-by-username',
  sql: `SELECT u.id, u.username, a.password_hash, a.disabled_at IS NOT NULL AS is_disabled,
          ARRAY(SELECT DISTINCT ip FROM sessions s WHERE s.user_id = u.id) AS ips
        FROM users u JOIN accounts a ON a.user_id = u.id WHERE lower(u.username) = lower($1)`,
};

export const BY_ID: Statement = {
  name: 'account-by-id',
  sql: `SELECT u.username, a.password_hash FROM users u JOIN accounts a ON a.user_id = u.id WHERE u.id = $1`,
};

/** Unless the password was changed meanwhile ($2 is the hash before). */
export const SET_PASSWORD: Statement = {
  name: 'account-set-password',
  sql: `UPDATE accounts SET password_hash = $3 WHERE user_id = $1 AND password_hash = $2 RETURNING user_id`,
};

/**
 * Changes a password ($2 is the hash before, null for none, $3 the new one), ends all access tokens and all sessions of the user
 * but $4, and gives that one the token $5: all or nothing. `renewed` is 0 when that session has ended.
 */
export const CHANGE_PASSWORD: Statement = {
  name: 'account-change-password',
  sql: `WITH changed AS (
          UPDATE accounts SET password_hash = $3
          WHERE user_id = $1 AND password_hash IS NOT DISTINCT FROM $2 RETURNING user_id
        ), ended AS (
          DELETE FROM sessions s USING changed WHERE s.user_id = changed.user_id AND s.id <> $4 RETURNING s.id
        ), tokens AS (
          DELETE FROM access_tokens t USING changed WHERE t.user_id = changed.user_id RETURNING t.id
        ), renewed AS (
          UPDATE sessions s SET token_hash = $5 FROM changed
          WHERE s.user_id = changed.user_id AND s.id = $4 RETURNING s.id
        )
        SELECT (SELECT count(*) FROM renewed) AS renewed, ARRAY(SELECT id::float8 FROM ended UNION ALL SELECT id::float8 FROM tokens) AS ended
        FROM changed`,
};

/** The invite for the first account. No row: there are accounts, or an invite that is still valid. */
export const SET_UP: Statement = {
  name: 'invite-set-up',
  sql: `INSERT INTO invites (code_hash, is_set_up, max_uses, expires_at)
        SELECT $1, true, 1, now() + interval '7 days' WHERE NOT EXISTS (SELECT FROM accounts)
        ON CONFLICT (is_set_up) WHERE is_set_up
        DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at, created_at = now()
        WHERE invites.expires_at <= now()
        RETURNING id`,
};
