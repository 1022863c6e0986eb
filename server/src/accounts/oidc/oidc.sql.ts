import type { Statement } from '../../database/database.js';
import { USABLE_INVITE } from '../accounts.sql.js';

export const BY_SUBJECT: Statement = {
  name: 'identity-by-subject',
  sql: `SELECT id, user_id FROM identities WHERE issuer = $1 AND subject = $2`,
};

export const LIST_IDENTITIES: Statement = {
  name: 'identities-list',
  sql: `SELECT id, issuer, created_at FROM identities WHERE user_id = $1 ORDER BY id`,
};

/** Gives user $1 the identity of issuer $2 and subject $3. No row: the user has $4 of them, or cannot log in. */
export const LINK: Statement = {
  name: 'identity-link',
  sql: `WITH changed AS (
          UPDATE accounts SET passkeys_rev = passkeys_rev + 1 WHERE user_id = $1 AND disabled_at IS NULL RETURNING user_id
        )
        INSERT INTO identities (user_id, issuer, subject)
        SELECT user_id, $2, $3 FROM changed WHERE (SELECT count(*) FROM identities WHERE user_id = $1) < $4
        RETURNING id`,
};

/** `changed` is 0 when another way to log in was added or removed since `passkeys_rev` was $3. */
export const UNLINK: Statement = {
  name: 'identity-unlink',
  sql: `WITH changed AS (
          UPDATE accounts SET passkeys_rev = passkeys_rev + 1 WHERE user_id = $1 AND passkeys_rev = $3 RETURNING user_id
        ), removed AS (
          DELETE FROM identities i USING changed WHERE i.user_id = changed.user_id AND i.id = $2
        )
        SELECT count(*) AS changed FROM changed`,
};

/** Deletes some that have expired on the way. */
export const WAIT: Statement = {
  name: 'identity-registration-wait',
  sql: `WITH expired AS (
          DELETE FROM identity_registrations WHERE token_hash IN (
            SELECT token_hash FROM identity_registrations WHERE expires_at <= now()
            ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        )
        INSERT INTO identity_registrations (token_hash, issuer, subject, expires_at)
        VALUES ($1, $2, $3, now() + $4::float8 * interval '1 millisecond')`,
};

export const IS_WAITING: Statement = {
  name: 'identity-registration-find',
  sql: `SELECT 1 FROM identity_registrations WHERE token_hash = $1 AND expires_at > now()`,
};

/**
 * As REGISTER (accounts.sql.ts), with the identity that waits under $7 in the place of the password. No row: the invite
 * cannot be used, or nothing waits.
 */
export const REGISTER_WITH_IDENTITY: Statement = {
  name: 'account-register-identity',
  sql: `WITH waiting AS (
          DELETE FROM identity_registrations WHERE token_hash = $7 AND expires_at > now()
            AND ($3::boolean OR EXISTS (SELECT FROM invites WHERE ${USABLE_INVITE}))
          RETURNING issuer, subject
        ), invite AS (
          UPDATE invites SET uses = uses + 1 WHERE ${USABLE_INVITE} AND EXISTS (SELECT FROM waiting) RETURNING id
        ), new_user AS (
          INSERT INTO users (username, display_name)
          SELECT $4, $5 FROM waiting WHERE $3::boolean OR EXISTS (SELECT FROM invite)
          RETURNING id
        ), account AS (
          INSERT INTO accounts (user_id, skeleton) SELECT id, $6 FROM new_user RETURNING user_id
        ), identity AS (
          INSERT INTO identities (user_id, issuer, subject)
          SELECT account.user_id, waiting.issuer, waiting.subject FROM account, waiting RETURNING id
        )
        SELECT account.user_id, identity.id AS identity_id FROM account, identity`,
};
