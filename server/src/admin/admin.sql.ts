import type { Statement } from '../database/database.js';
import { notDeletedSql } from '../users/deleted-users.js';

export const LIST_USERS: Statement = {
  name: 'admin-users',
  sql: `SELECT u.id, u.username, u.display_name, u.created_at, a.user_id IS NOT NULL AS has_account, a.disabled_at,
          (SELECT count(*) FROM sessions s WHERE s.user_id = u.id) AS sessions,
          (SELECT count(*) FROM access_tokens t WHERE t.user_id = u.id) AS tokens
        FROM users u LEFT JOIN accounts a ON a.user_id = u.id WHERE ${notDeletedSql('u')} ORDER BY u.id`,
};

export const FIND_USER: Statement = {
  name: 'admin-user',
  sql: `SELECT id, username FROM users u WHERE lower(username) = lower($1) AND ${notDeletedSql('u')}`,
};

export const CREATE_USER: Statement = {
  name: 'admin-user-create',
  sql: `WITH new_user AS (INSERT INTO users (username, display_name) VALUES ($1, $2) RETURNING id)
        INSERT INTO accounts (user_id, skeleton, password_hash) SELECT id, $3, $4 FROM new_user RETURNING user_id`,
};

/** An account is made for a user of simulation who has none. All sessions end, and passkeys and identities are removed. */
export const RESET_PASSWORD: Statement = {
  name: 'admin-user-reset',
  sql: `WITH changed AS (
          INSERT INTO accounts (user_id, skeleton, password_hash) VALUES ($1, $2, $3)
          ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, passkeys_rev = accounts.passkeys_rev + 1 RETURNING user_id
        ), removed AS (
          DELETE FROM passkeys USING changed WHERE passkeys.user_id = changed.user_id
        ), unlinked AS (
          DELETE FROM identities USING changed WHERE identities.user_id = changed.user_id
        )
        DELETE FROM sessions USING changed WHERE sessions.user_id = changed.user_id RETURNING id`,
};

export const DISABLE_USER: Statement = {
  name: 'admin-user-disable',
  sql: `UPDATE accounts SET disabled_at = CASE WHEN $2::boolean THEN coalesce(disabled_at, now()) END
        WHERE user_id = $1 RETURNING user_id`,
};

export const CREATE_INVITE: Statement = {
  name: 'admin-invite-create',
  sql: `INSERT INTO invites (code_hash, max_uses, expires_at)
        VALUES ($1, $2, now() + $3::float8 * interval '1 day') RETURNING id, expires_at`,
};

export const LIST_INVITES: Statement = {
  name: 'admin-invites',
  sql: `SELECT id, is_set_up, uses, max_uses, created_at, expires_at,
          expires_at > now() AND uses < max_uses AND (NOT is_set_up OR NOT EXISTS (SELECT FROM accounts)) AS usable
        FROM invites ORDER BY id`,
};

/** $1: of this user, null for all. */
export const LIST_SESSIONS: Statement = {
  name: 'admin-sessions',
  sql: `SELECT s.id, u.username, s.device, s.ip, s.created_at, s.last_used_at
        FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE $1::bigint IS NULL OR s.user_id = $1 ORDER BY s.last_used_at DESC, s.id DESC`,
};

/** $1: this session, $2: those of this user; both null: all. */
export const END_SESSIONS: Statement = {
  name: 'admin-sessions-end',
  sql: `DELETE FROM sessions WHERE ($1::bigint IS NULL OR id = $1) AND ($2::bigint IS NULL OR user_id = $2) RETURNING id`,
};

/** $1: of this user, null for all. */
export const LIST_TOKENS: Statement = {
  name: 'admin-tokens',
  sql: `SELECT t.id, u.username, t.name, t.scopes, t.created_at, t.expires_at,
          t.last_used_at, t.device, t.ip
        FROM access_tokens t JOIN users u ON u.id = t.user_id
        WHERE $1::bigint IS NULL OR t.user_id = $1 ORDER BY t.id DESC`,
};

/** As {@link END_SESSIONS}. */
export const END_TOKENS: Statement = {
  name: 'admin-tokens-end',
  sql: `DELETE FROM access_tokens WHERE ($1::bigint IS NULL OR id = $1) AND ($2::bigint IS NULL OR user_id = $2) RETURNING id`,
};

const REPORT_COLUMNS = `t.id, t.created_at, reporter.username AS reporter, reported.username AS reported, t.room_id,
  t.first_seq, t.last_seq, t.category, t.reason`;
const REPORT_TABLES = `reports t
  JOIN users reporter ON reporter.id = t.reporter_id JOIN users reported ON reported.id = t.reported_id`;

export const LIST_REPORTS: Statement = {
  name: 'admin-reports',
  sql: `SELECT ${REPORT_COLUMNS} FROM ${REPORT_TABLES} ORDER BY t.id DESC`,
};

export const FIND_REPORT: Statement = {
  name: 'admin-report',
  sql: `SELECT ${REPORT_COLUMNS} FROM ${REPORT_TABLES} WHERE t.id = $1`,
};

/** The messages of room $1 from seq $2 to $3. */
export const REPORTED_MESSAGES: Statement = {
  name: 'admin-reported-messages',
  sql: `SELECT m.seq, m.created_at, u.username AS sender, m.text
        FROM messages m JOIN users u ON u.id = m.sender_id
        WHERE m.room_id = $1 AND m.seq BETWEEN $2 AND $3 ORDER BY m.seq`,
};

export const DELETE_REPORT: Statement = {
  name: 'admin-report-delete',
  sql: `DELETE FROM reports WHERE id = $1 RETURNING id`,
};
