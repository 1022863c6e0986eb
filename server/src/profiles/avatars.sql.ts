import { AVATAR_SIZES } from '@parley/shared';
import type { Statement } from '../database/database.js';
import { notDeletedSql } from '../users/deleted-users.js';

/** A row before its files: what a killed server leaves is expired, and removed by the clean-up. */
export const CREATE: Statement = {
  name: 'avatar-create',
  sql: `INSERT INTO attachments (user_id, key, name, declared_type, size, expires_at)
        VALUES ($1, gen_random_uuid(), '', '', $2, now() + interval '1 hour') RETURNING key`,
};

/** The picture that user $1 had is one no longer. */
const CHANGED = (value: string) => `
  changed AS (
    UPDATE users u SET avatar = ${value}
    FROM (SELECT id, avatar FROM users WHERE id = $1 FOR NO KEY UPDATE) was
    WHERE u.id = was.id AND ${notDeletedSql('u')}
    RETURNING u.id, was.avatar
  ), dropped AS (
    UPDATE attachments a SET expires_at = '-infinity' FROM changed
    WHERE a.user_id = changed.id AND a.key = changed.avatar
  )`;

/** The files of $2 are the picture of user $1 from now on, and upload $3 is used up. No row: the account is deleted. */
export const SET: Statement = {
  name: 'avatar-set',
  sql: `WITH ${CHANGED('$2::uuid')}, kept AS (
          UPDATE attachments a SET type = 'image/webp', received = size, width = ${AVATAR_SIZES[0]}, height = ${AVATAR_SIZES[0]},
            has_thumbnail = true, expires_at = NULL
          FROM changed WHERE a.user_id = changed.id AND a.key = $2::uuid
        ), used AS (
          UPDATE attachments a SET name = '', expires_at = '-infinity' FROM changed
          WHERE a.id = $3 AND a.user_id = changed.id AND a.room_id IS NULL AND a.expires_at > clock_timestamp()
        )
        SELECT id FROM changed`,
};

/** User $1 has no picture any more. No row: it had none. */
export const REMOVE: Statement = {
  name: 'avatar-remove',
  sql: `WITH ${CHANGED('NULL')} SELECT id FROM changed WHERE avatar IS NOT NULL`,
};
