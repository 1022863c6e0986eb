import {
  MAX_ACCESS_TOKENS,
  type AccessTokenInfo,
  type CreateAccessToken,
  type CreatedAccessToken,
  type SessionId,
  type TokenScope,
  type UserId,
} from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { noSession } from '../auth/session.strategy.js';
import { hashOfToken, newToken } from '../auth/session-token.js';
import { SessionsService, type Session } from '../auth/sessions.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { Database, type Statement } from '../database/database.js';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { Buckets } from '../limits/buckets.js';

/** Access tokens that one user creates: a burst, and one a minute. */
const CREATIONS = { burst: 10, perSecond: 1 / 60 };

const FIELDS = `t.id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.device, t.ip`;

const CREATE: Statement = {
  name: 'access-token-create',
  // Waits for a change of the password, which ends the session $1 or, if that is its own, deletes this token afterwards.
  sql: `WITH account AS MATERIALIZED (
          SELECT user_id FROM accounts WHERE user_id = $2 AND disabled_at IS NULL FOR SHARE
        ), session AS MATERIALIZED (
          SELECT s.user_id FROM sessions s JOIN account USING (user_id) WHERE s.id = $1 FOR SHARE OF s
        )
        INSERT INTO access_tokens AS t (id, token_hash, user_id, name, scopes, expires_at)
        SELECT nextval('sessions_id_seq'), $3, user_id, $4, $5::text[], $6::timestamptz FROM session
        RETURNING ${FIELDS}`,
};
/** Of tokens that were created at the same time, each sees those that are committed: never more than $3 stay. */
const DELETE_IF_TOO_MANY: Statement = {
  name: 'access-token-delete-if-too-many',
  sql: `DELETE FROM access_tokens WHERE id = $1
        AND (SELECT count(*) FROM access_tokens WHERE user_id = $2) > $3 RETURNING id`,
};
const LIST: Statement = {
  name: 'access-tokens-list',
  sql: `SELECT ${FIELDS} FROM access_tokens t WHERE t.user_id = $1 ORDER BY t.id DESC`,
};
const DELETE: Statement = {
  name: 'access-token-delete',
  sql: `DELETE FROM access_tokens WHERE user_id = $1 AND id = $2 RETURNING id`,
};

interface AccessTokenRow {
  id: number;
  name: string;
  scopes: TokenScope[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  device: string | null;
  ip: string | null;
}

export function tooManyTokens(): ChatError {
  return new ChatError('conflict', `There are ${MAX_ACCESS_TOKENS} access tokens: delete one first.`);
}
export function expiryInThePast(): ChatError {
  return fieldError('expires_at', 'must be in the future');
}

/** Personal access tokens. SessionsService resolves them, like sessions. */
@Injectable()
export class AccessTokensService {
  /** Null: no limit. */
  readonly #creations: Buckets<UserId> | null;

  constructor(
    @Inject(CONFIG) { limits }: Config,
    private readonly database: Database,
    private readonly sessions: SessionsService,
  ) {
    this.#creations = limits.rates && new Buckets(CREATIONS);
  }

  /** The newest first, with those that have expired in the last 30 days. */
  async list(userId: UserId): Promise<AccessTokenInfo[]> {
    return (await this.database.query<AccessTokenRow>(LIST, [userId])).map(toInfo);
  }

  /**
   * @returns the token and what it may do. The token is stored nowhere.
   * @throws ChatError `bad_frame` when it would have expired; `conflict` when the user has too many; `rate_limited`;
   *   `unauthorized` when the session has ended meanwhile.
   */
  async create(
    { id: sessionId, userId }: Session,
    { name, scopes, expires_at: expiresAt }: CreateAccessToken,
  ): Promise<CreatedAccessToken> {
    if (expiresAt && Date.parse(expiresAt) <= Date.now()) throw expiryInThePast();
    const retryAfterMs = this.#creations?.take(userId) ?? 0;
    if (retryAfterMs > 0) throw new ChatError('rate_limited', 'Too many access tokens.', { retryAfterMs });
    const token = newToken();
    const values = [sessionId, userId, hashOfToken(token), name.trim(), scopes, expiresAt ?? null];
    const [row] = await this.database.query<AccessTokenRow>(CREATE, values);
    if (!row) throw noSession();
    const deleted = await this.database.query(DELETE_IF_TOO_MANY, [row.id, userId, MAX_ACCESS_TOKENS]);
    if (deleted.length > 0) throw tooManyTokens();
    return { ...toInfo(row), token };
  }

  /** Ends a token of the user; its sockets are closed. @returns false when the user has no such token. */
  async delete(userId: UserId, tokenId: SessionId): Promise<boolean> {
    const rows = await this.database.query<{ id: SessionId }>(DELETE, [userId, tokenId]);
    await this.sessions.publishEnded(rows.map(({ id }) => id));
    return rows.length > 0;
  }
}

function toInfo(row: AccessTokenRow): AccessTokenInfo {
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
  };
}
