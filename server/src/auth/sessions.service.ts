import type { SessionId, SessionInfo, UserId } from '@parley/shared';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EventBus } from '../bus/event-bus.js';
import type { AccountSettings } from '../config/config.js';
import { Batcher } from '../database/batcher.js';
import type { Database, Statement } from '../database/database.js';
import { isOutage } from '../database/database-errors.js';
import { errorFields } from '../logging/log-line.js';
import { hashOfToken, newToken } from './session-token.js';

/** A session that is valid now. */
export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  /** Milliseconds until it ends by itself, unless it is used before. */
  readonly leftMs: number;
}

/** Where a session is used. */
export interface Device {
  readonly device: string;
  readonly ip: string;
}

/** `last_used_at` is this old at most while the session is used, in milliseconds. */
const TOUCH_MS = 60_000;
/** How often expired sessions are deleted, in milliseconds. */
const SWEEP_MS = 3_600_000;
/** Ended sessions that are remembered, for sockets whose handshake is still under way. */
const MAX_REMEMBERED = 10_000;

/** $1: idle time, $2: longest time, both in milliseconds. By the clock of the database, which all servers share. */
const LEFT_MS = `extract(epoch FROM
  least(s.last_used_at + $1::float8 * interval '1 millisecond', s.created_at + $2::float8 * interval '1 millisecond') - now()) * 1000`;
const VALID = `SELECT s.id, s.user_id, s.token_hash, (${LEFT_MS})::float8 AS left_ms,
    (extract(epoch FROM now() - s.last_used_at) * 1000)::float8 AS unused_ms
  FROM sessions s JOIN accounts a ON a.user_id = s.user_id
  WHERE a.disabled_at IS NULL AND ${LEFT_MS} > 0`;

const BY_TOKENS: Statement = {
  name: 'sessions-by-tokens',
  sql: `${VALID} AND s.token_hash = ANY ($3::bytea[])`,
};
const BY_IDS: Statement = { name: 'sessions-by-ids', sql: `${VALID} AND s.id = ANY ($3::bigint[])` };
const TOUCH: Statement = {
  name: 'sessions-touch',
  sql: `UPDATE sessions SET last_used_at = now()
        WHERE id = ANY ($1::bigint[]) AND last_used_at < now() - $2::float8 * interval '1 millisecond'`,
};
const CREATE: Statement = {
  name: 'session-create',
  // The lock makes a change of the password wait: it then ends this session, or is seen here.
  sql: `INSERT INTO sessions (token_hash, user_id, device, ip)
        SELECT $1, user_id, $3, $4 FROM accounts
        WHERE user_id = $2 AND password_hash = $5 AND disabled_at IS NULL FOR SHARE
        RETURNING id`,
};
const LIST: Statement = {
  name: 'sessions-list',
  sql: `SELECT s.id, s.device, s.ip, s.created_at, s.last_used_at FROM sessions s
        WHERE s.user_id = $3 AND ${LEFT_MS} > 0 ORDER BY s.last_used_at DESC, s.id DESC`,
};
const END: Statement = {
  name: 'session-end',
  sql: `DELETE FROM sessions WHERE user_id = $1 AND id = $2 RETURNING id`,
};
const END_OTHERS: Statement = {
  name: 'sessions-end-others',
  sql: `DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING id`,
};
const SWEEP: Statement = {
  name: 'sessions-sweep',
  sql: `DELETE FROM sessions s WHERE ${LEFT_MS} <= 0 RETURNING id`,
};
/** Other servers compare it with what they saw last. After the commit: a server must not look too early. */
export const COUNT_END: Statement = { name: 'session-ends-count', sql: `SELECT nextval('session_ends')` };
const ENDS: Statement = {
  name: 'session-ends',
  // The first call of nextval does not move last_value.
  sql: `SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END AS ends FROM session_ends`,
};

interface SessionRow {
  id: SessionId;
  user_id: UserId;
  token_hash: Buffer;
  left_ms: number;
  unused_ms: number;
}

/**
 * Sessions. Every request asks the database, in one statement for all that arrive together: a session that has ended is
 * refused from that instant on, on every server.
 */
export class SessionsService implements OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  readonly #reads: Batcher<Buffer, Session | null>;
  readonly #ended = new LRUCache<SessionId, true>({ max: MAX_REMEMBERED });
  readonly #touchMs: number;
  readonly #timer = setInterval(() => void this.#sweep(), SWEEP_MS).unref();
  #onEnded: (sessionIds: readonly SessionId[]) => void = () => undefined;

  constructor(
    private readonly settings: AccountSettings,
    private readonly database: Database,
    private readonly bus: EventBus,
  ) {
    this.#touchMs = Math.min(TOUCH_MS, settings.sessionIdleMs / 4);
    this.#reads = new Batcher((hashes) => this.#byHashes(hashes));
    bus.onBroadcast('sessionsEnded', ({ sessionIds }) => this.#report(sessionIds as SessionId[]));
  }

  /** Sets the handler of sessions that ended, on this server or another. */
  onEnded(handler: (sessionIds: readonly SessionId[]) => void): void {
    this.#onEnded = handler;
  }

  /** The session of a token; null when there is none, or it has ended. Counts as a use of the session. */
  async find(token: string): Promise<Session | null> {
    const session = await this.#reads.add(hashOfToken(token));
    return session && this.hasEnded(session.id) ? null : session;
  }

  /** Those of the sessions that are valid. With `touch`, they count as used. */
  async validOf(sessionIds: readonly SessionId[]): Promise<Session[]> {
    await this.database.query(TOUCH, [sessionIds, this.#touchMs]);
    const rows = await this.database.query<SessionRow>(BY_IDS, [...this.#times, sessionIds]);
    return rows.map(toSession);
  }

  /** Whether this server knows that the session has ended. */
  hasEnded(sessionId: SessionId): boolean {
    return this.#ended.has(sessionId);
  }

  /** How often sessions were ended in this database: it moves for every server and for the commands. */
  async countOfEnds(): Promise<number> {
    const [row] = await this.database.query<{ ends: number }>(ENDS, []);
    return row?.ends ?? 0;
  }

  /**
   * @param passwordHash that of the password that the user has proved.
   * @returns the token, which is stored nowhere; null when the password was changed meanwhile, or the user disabled.
   */
  async create(userId: UserId, passwordHash: string, { device, ip }: Device): Promise<string | null> {
    const token = newToken();
    const values = [hashOfToken(token), userId, device, ip, passwordHash];
    return (await this.database.query(CREATE, values)).length > 0 ? token : null;
  }

  /** The sessions of a user, the most recently used first. */
  async list(userId: UserId, current: SessionId): Promise<SessionInfo[]> {
    const rows = await this.database.query<Device & { id: SessionId; created_at: Date; last_used_at: Date }>(
      LIST,
      [...this.#times, userId],
    );
    return rows.map(({ id, device, ip, created_at, last_used_at }) => ({
      id,
      device,
      ip,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
      current: id === current,
    }));
  }

  /** Ends one session of the user. @returns false when the user has no such session. */
  async end(userId: UserId, sessionId: SessionId): Promise<boolean> {
    const rows = await this.database.query<{ id: SessionId }>(END, [userId, sessionId]);
    await this.publishEnded(rows.map(({ id }) => id));
    return rows.length > 0;
  }

  /** Ends all sessions of the user but one. */
  async endOthers(userId: UserId, kept: SessionId): Promise<void> {
    const rows = await this.database.query<{ id: SessionId }>(END_OTHERS, [userId, kept]);
    await this.publishEnded(rows.map(({ id }) => id));
  }

  /** Closes the sockets of sessions whose rows are deleted, on every server. */
  async publishEnded(sessionIds: readonly SessionId[]): Promise<void> {
    if (sessionIds.length === 0) return;
    this.#report(sessionIds);
    this.bus.broadcast('sessionsEnded', { sessionIds: [...sessionIds] });
    await this.database.query(COUNT_END, []).catch((error: unknown) => this.#log(error));
  }

  /** The session is over for this server: its sockets are closed, and its handshakes are refused. */
  reportEnded(sessionIds: readonly SessionId[]): void {
    this.#report(sessionIds);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  get #times(): [idleMs: number, maxMs: number] {
    return [this.settings.sessionIdleMs, this.settings.sessionMaxMs];
  }

  #report(sessionIds: readonly SessionId[]): void {
    for (const id of sessionIds) this.#ended.set(id, true);
    this.#onEnded(sessionIds);
  }

  async #byHashes(hashes: Buffer[]): Promise<(Session | null)[]> {
    const rows = await this.database.query<SessionRow>(BY_TOKENS, [...this.#times, hashes]);
    const unused = rows.filter(({ unused_ms }) => unused_ms > this.#touchMs).map(({ id }) => id);
    if (unused.length > 0) {
      this.database.query(TOUCH, [unused, this.#touchMs]).catch((error: unknown) => this.#log(error));
    }
    const byHash = new Map(rows.map((row) => [row.token_hash.toString('hex'), toSession(row)]));
    return hashes.map((hash) => byHash.get(hash.toString('hex')) ?? null);
  }

  async #sweep(): Promise<void> {
    try {
      const rows = await this.database.query<{ id: SessionId }>(SWEEP, this.#times);
      await this.publishEnded(rows.map(({ id }) => id));
    } catch (error) {
      this.#log(error);
    }
  }

  #log(error: unknown): void {
    const level = isOutage(error) ? 'debug' : 'warn';
    this.#logger[level]({ msg: 'A statement about sessions failed', ...errorFields(error) });
  }
}

function toSession({ id, user_id, left_ms }: SessionRow): Session {
  return { id, userId: user_id, leftMs: left_ms };
}
