import type { Statement } from '../database/database.js';
import { notDeletedSql } from '../users/deleted-users.js';

/** The settings of user $1. No row: there is no such user. */
export const GET: Statement = {
  name: 'user-settings-get',
  sql: `SELECT coalesce(s.settings, '{}') AS settings FROM users u LEFT JOIN user_settings s ON s.user_id = u.id
        WHERE u.id = $1 AND ${notDeletedSql('u')}`,
};

/**
 * Changes the settings of user $1 by $2. No row: there is no such user.
 *
 * Locks the row of the user before that of the settings, as the deletion of an account does.
 */
export const CHANGE: Statement = {
  name: 'user-settings-change',
  sql: `WITH owner AS (
          SELECT u.id FROM users u WHERE u.id = $1 AND ${notDeletedSql('u')} FOR KEY SHARE
        )
        INSERT INTO user_settings AS s (user_id, settings) SELECT id, $2::jsonb FROM owner
        ON CONFLICT (user_id) DO UPDATE SET settings = s.settings || excluded.settings, updated_at = now()
        RETURNING s.settings`,
};
