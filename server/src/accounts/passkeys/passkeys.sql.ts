import type { Statement } from '../../database/database.js';
import { USABLE_INVITE } from '../accounts.sql.js';

/** Deletes some that have expired on the way, so that what is never used does not pile up. */
export const ISSUE: Statement = {
  name: 'passkey-challenge-issue',
  sql: `WITH expired AS (
          DELETE FROM passkey_challenges WHERE challenge IN (
            SELECT challenge FROM passkey_challenges WHERE expires_at <= now()
            ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        )
        INSERT INTO passkey_challenges (challenge, purpose, session_id, origin, registration, expires_at)
        VALUES ($1, $2, $3, $4, $5, now() + $6::float8 * interval '1 millisecond')`,
};

export const TAKE: Statement = {
  name: 'passkey-challenge-take',
  sql: `DELETE FROM passkey_challenges
        WHERE challenge = $1 AND purpose = $2 AND session_id IS NOT DISTINCT FROM $3::bigint AND origin = $4
          AND expires_at > now()
        RETURNING registration`,
};

export interface OwnerRow {
  username: string;
  display_name: string;
  user_handle: Buffer | null;
  passkeys_rev: number;
  has_password: boolean;
  has_identity: boolean;
  has_passkey: boolean;
}

/** Whom a new passkey is for, and in what state its addition or removal finds the account. */
export const OWNER: Statement = {
  name: 'passkey-owner',
  sql: `SELECT u.username, u.display_name, a.user_handle, a.passkeys_rev, a.password_hash IS NOT NULL AS has_password,
          EXISTS (SELECT FROM identities i WHERE i.user_id = a.user_id) AS has_identity,
          EXISTS (SELECT FROM passkeys p WHERE p.user_id = a.user_id) AS has_passkey
        FROM accounts a JOIN users u ON u.id = a.user_id WHERE a.user_id = $1`,
};

export const NAME_OWNER: Statement = {
  name: 'passkey-owner-handle',
  sql: `UPDATE accounts SET user_handle = coalesce(user_handle, $2) WHERE user_id = $1 RETURNING user_handle`,
};

export const LIST: Statement = {
  name: 'passkeys-list',
  sql: `SELECT id, credential_id, transports, rp_id, name, is_synced, created_at, last_used_at
        FROM passkeys WHERE user_id = $1 ORDER BY id`,
};

export const RENAME: Statement = {
  name: 'passkey-rename',
  sql: `UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2
        RETURNING id, rp_id, name, is_synced, created_at, last_used_at`,
};

const COLUMNS = `user_id, credential_id, public_key, sign_count, transports, is_synced, rp_id, name`;

/** No row: another passkey was added or removed since `passkeys_rev` was $9. */
export const ADD: Statement = {
  name: 'passkey-add',
  sql: `WITH changed AS (
          UPDATE accounts SET passkeys_rev = passkeys_rev + 1 WHERE user_id = $1 AND passkeys_rev = $9 RETURNING user_id
        )
        INSERT INTO passkeys (${COLUMNS})
        SELECT user_id, $2, $3, $4, $5, $6, $7, $8 FROM changed
        RETURNING id, created_at`,
};

/** `changed` is 0 when another passkey was added or removed since `passkeys_rev` was $3. */
export const REMOVE: Statement = {
  name: 'passkey-remove',
  sql: `WITH changed AS (
          UPDATE accounts SET passkeys_rev = passkeys_rev + 1 WHERE user_id = $1 AND passkeys_rev = $3 RETURNING user_id
        ), removed AS (
          DELETE FROM passkeys p USING changed WHERE p.user_id = changed.user_id AND p.id = $2 RETURNING p.id
        )
        SELECT (SELECT count(*) FROM changed) AS changed, (SELECT count(*) FROM removed) AS removed`,
};

export const BY_CREDENTIAL: Statement = {
  name: 'passkey-by-credential',
  sql: `SELECT p.id, p.user_id, p.public_key, p.sign_count, p.rp_id, a.user_handle
        FROM passkeys p JOIN accounts a ON a.user_id = p.user_id WHERE p.credential_id = $1`,
};

/** Unless it was used in between: then one of the two signatures may be that of a copy. */
export const USE: Statement = {
  name: 'passkey-use',
  sql: `UPDATE passkeys SET sign_count = $3, is_synced = $4, last_used_at = now()
        WHERE id = $1 AND sign_count = $2 RETURNING id`,
};

export const IS_TAKEN: Statement = {
  name: 'username-is-taken',
  sql: `SELECT 1 FROM users WHERE lower(username) = lower($1) UNION ALL SELECT 1 FROM accounts WHERE skeleton = $2 LIMIT 1`,
};

/** As REGISTER (accounts.sql.ts), with a passkey in the place of the password. */
export const REGISTER_WITH_PASSKEY: Statement = {
  name: 'account-register-passkey',
  sql: `WITH invite AS (
          UPDATE invites SET uses = uses + 1 WHERE ${USABLE_INVITE} RETURNING id
        ), new_user AS (
          INSERT INTO users (username, display_name)
          SELECT $4, $5 WHERE $3::boolean OR EXISTS (SELECT FROM invite)
          RETURNING id
        ), account AS (
          INSERT INTO accounts (user_id, skeleton, user_handle) SELECT id, $6, $7 FROM new_user RETURNING user_id
        ), passkey AS (
          INSERT INTO passkeys (${COLUMNS}) SELECT user_id, $8, $9, $10, $11, $12, $13, $14 FROM account RETURNING id
        )
        SELECT account.user_id, passkey.id AS passkey_id FROM account, passkey`,
};
