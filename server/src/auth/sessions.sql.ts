import type { SessionId, TokenScope, UserId } from '@parley/shared';
import type { Statement } from '../database/database.js';

/** Expired access tokens are listed for so long, so that their user sees why a program does not work any more. */
const EXPIRED_TOKENS_KEPT = `interval '30 days'`;

/** $1: idle time, $2: longest time, both in milliseconds. By the clock of the database, which all servers share. */
const LEFT_MS = `extract(epoch FROM
  least(s.last_used_at + $1::float8 * interval '1 millisecond', s.created_at + $2::float8 * interval '1 millisecond') - now()) * 1000`;
/** Valid sessions and access tokens, found by a column that both have. */
const validBy = (condition: string) => `
  SELECT s.id, s.user_id, s.token_hash, NULL::text[] AS scopes, (${LEFT_MS})::float8 AS left_ms,
    (extract(epoch FROM now() - s.last_used_at) * 1000)::float8 AS unused_ms
  FROM sessions s JOIN accounts a ON a.user_id = s.user_id
  WHERE a.disabled_at IS NULL AND ${LEFT_MS} > 0 AND s.${condition}
  UNION ALL
  SELECT t.id, t.user_id, t.token_hash, t.scopes,
    coalesce((extract(epoch FROM t.expires_at - now()) * 1000)::float8, 'infinity'),
    coalesce((extract(epoch FROM now() - t.last_used_at) * 1000)::float8, 'infinity')
  FROM access_tokens t JOIN accounts a ON a.user_id = t.user_id
  WHERE a.disabled_at IS NULL AND coalesce(t.expires_at > now(), true) AND t.${condition}`;

export const BY_TOKENS: Statement = {
  name: 'sessions-by-tokens',
  sql: validBy('token_hash = ANY ($3::bytea[])'),
};
export const BY_IDS: Statement = { name: 'sessions-by-ids', sql: validBy('id = ANY ($3::bigint[])') };
/** $3, $4: where a token is used now; null: where it was used last. A session keeps where it was opened. */
export const TOUCH: Statement = {
  name: 'sessions-touch',
  sql: `WITH used AS (
          SELECT * FROM unnest($1::bigint[], $3::text[], $4::text[]) AS used (id, device, ip)
        ), tokens AS (
          UPDATE access_tokens t
          SET last_used_at = now(), device = coalesce(used.device, t.device), ip = coalesce(used.ip, t.ip)
          FROM used WHERE t.id = used.id
            AND coalesce(t.last_used_at < now() - $2::float8 * interval '1 millisecond', true)
        )
        UPDATE sessions s SET last_used_at = now() FROM used
        WHERE s.id = used.id AND s.last_used_at < now() - $2::float8 * interval '1 millisecond'`,
};
/**
 * A new session ($1: hash of its token, $3, $4: where) of a user ($2) who may log in. The lock makes what the login rests
 * on ($5) wait while it is changed or removed: the change then ends this session, or is seen here.
 */
const createBy = (name: string, proof: string): Statement => ({
  name,
  sql: `INSERT INTO sessions (token_hash, user_id, device, ip)
        SELECT $1, a.user_id, $3, $4 FROM accounts a ${proof}
        AND a.user_id = $2 AND a.disabled_at IS NULL FOR SHARE
        RETURNING id`,
});
export const CREATE = createBy('session-create', 'WHERE a.password_hash = $5');
export const CREATE_BY_PASSKEY = createBy(
  'session-create-passkey',
  'JOIN passkeys p ON p.user_id = a.user_id WHERE p.id = $5',
);
export const CREATE_BY_IDENTITY = createBy(
  'session-create-identity',
  'JOIN identities i ON i.user_id = a.user_id WHERE i.id = $5',
);
export const PROVE: Statement = {
  name: 'session-prove',
  sql: `UPDATE sessions SET proved_at = now() WHERE id = $1`,
};
export const IS_PROVED: Statement = {
  name: 'session-is-proved',
  sql: `SELECT 1 FROM sessions WHERE id = $1 AND proved_at > now() - $2::float8 * interval '1 millisecond'`,
};
export const LIST: Statement = {
  name: 'sessions-list',
  sql: `SELECT s.id, s.device, s.ip, s.created_at, s.last_used_at FROM sessions s
        WHERE s.user_id = $3 AND ${LEFT_MS} > 0 ORDER BY s.last_used_at DESC, s.id DESC`,
};
export const END: Statement = {
  name: 'session-end',
  sql: `DELETE FROM sessions WHERE user_id = $1 AND id = $2 RETURNING id`,
};
export const END_OTHERS: Statement = {
  name: 'sessions-end-others',
  sql: `DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING id`,
};
/** Of a new password: what was opened with the one before, and the access tokens. */
export const END_ALL_BUT: Statement = {
  name: 'sessions-end-all-but',
  sql: `WITH tokens AS (DELETE FROM access_tokens WHERE user_id = $1 RETURNING id),
          others AS (DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id)
        SELECT id FROM tokens UNION ALL SELECT id FROM others`,
};
export const SWEEP: Statement = {
  name: 'sessions-sweep',
  sql: `WITH tokens AS (
          DELETE FROM access_tokens WHERE expires_at <= now() - ${EXPIRED_TOKENS_KEPT} RETURNING id
        ), ended AS (DELETE FROM sessions s WHERE ${LEFT_MS} <= 0 RETURNING id)
        SELECT id FROM tokens UNION ALL SELECT id FROM ended`,
};
/** Other servers compare it with what they saw last. After the commit: a server must not look too early. */
export const COUNT_END: Statement = { name: 'session-ends-count', sql: `SELECT nextval('session_ends')` };
export const ENDS: Statement = {
  name: 'session-ends',
  // The first call of nextval does not move last_value.
  sql: `SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END AS ends FROM session_ends`,
};

/** A row of {@link BY_TOKENS} and {@link BY_IDS}. */
export interface SessionRow {
  id: SessionId;
  user_id: UserId;
  token_hash: Buffer;
  scopes: TokenScope[] | null;
  left_ms: number;
  unused_ms: number;
}
