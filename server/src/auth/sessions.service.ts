import type { SessionId, SessionInfo, TokenScope, UserId } from '@parley/shared';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EventBus } from '../bus/event-bus.js';
import type { AccountSettings } from '../config/config.js';
import { Batcher } from '../database/batcher.js';
import type { Database, Statement } from '../database/database.js';
import { isOutage } from '../database/database-errors.js';
import { ChatError } from '../errors/chat-error.js';
import { errorFields } from '../logging/log-line.js';
import { deviceName } from './device.js';
import { hashOfToken, newToken } from './session-token.js';
import * as sql from './sessions.sql.js';

/** What proves a user now: a session, or a personal access token. Both have ids of one sequence. */
export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  /** Null: a session, which may do everything. Else those of a personal access token. */
  readonly scopes: readonly TokenScope[] | null;
  /** Milliseconds until it ends by itself, unless it is used before. Infinity: a token that does not expire. */
  readonly leftMs: number;
}

/** Where a session is used. */
export interface Device {
  readonly device: string;
  readonly ip: string;
}

/** What a new session rests on: if it is changed or removed before the session is made, there is none. */
export type LoginProof =
  { readonly passwordHash: string } | { readonly passkeyId: number } | { readonly identityId: number };

/** What changes how a user logs in needs a proof that is not older than this, in milliseconds. */
const PROOF_MS = 600_000;

/** The refusal of a change that needs a fresh proof. */
export function proofRequired(): ChatError {
  return new ChatError('proof_required', 'Prove your password or a passkey again.');
}

/** `last_used_at` is this old at most while the session is used, in milliseconds. */
const TOUCH_MS = 60_000;
/** How often expired sessions are deleted, in milliseconds. */
const SWEEP_MS = 3_600_000;
/** Ended sessions that are remembered, for sockets whose handshake is still under way. */
const MAX_REMEMBERED = 10_000;

/** A request that proves its user by a token. */
interface Use {
  readonly hash: Buffer;
  readonly userAgent: string | undefined;
  readonly ip: string;
}

/**
 * Sessions. Every request asks the database, in one statement for all that arrive together: a session that has ended is
 * refused from that instant on, on every server.
 */
export class SessionsService implements OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  readonly #reads: Batcher<Use, Session | null>;
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
    this.#reads = new Batcher((uses) => this.#read(uses));
    bus.onBroadcast('sessionsEnded', ({ sessionIds }) => this.#report(sessionIds as SessionId[]));
  }

  /** Sets the handler of sessions that ended, on this server or another. */
  onEnded(handler: (sessionIds: readonly SessionId[]) => void): void {
    this.#onEnded = handler;
  }

  /** What a token proves; null when there is no session or access token, or it has ended. Counts as a use of it. */
  async find(token: string, userAgent: string | undefined, ip: string): Promise<Session | null> {
    const session = await this.#reads.add({ hash: hashOfToken(token), userAgent, ip });
    return session && this.hasEnded(session.id) ? null : session;
  }

  /** Those of the sessions and access tokens that are valid. They count as used. */
  async validOf(sessionIds: readonly SessionId[]): Promise<Session[]> {
    const unknown = sessionIds.map(() => null);
    await this.database.query(sql.TOUCH, [sessionIds, this.#touchMs, unknown, unknown]);
    const rows = await this.database.query<sql.SessionRow>(sql.BY_IDS, [...this.#times, sessionIds]);
    return rows.map(toSession);
  }

  /** Whether this server knows that the session has ended. */
  hasEnded(sessionId: SessionId): boolean {
    return this.#ended.has(sessionId);
  }

  /** How often sessions were ended in this database: it moves for every server and for the commands. */
  async countOfEnds(): Promise<number> {
    const [row] = await this.database.query<{ ends: number }>(sql.ENDS, []);
    return row?.ends ?? 0;
  }

  /**
   * @param proof what the user has proved.
   * @returns the token, which is stored nowhere; null when that was changed meanwhile, or the user disabled.
   */
  async create(userId: UserId, proof: LoginProof, { device, ip }: Device): Promise<string | null> {
    const token = newToken();
    const [statement, proved] = creation(proof);
    const values = [hashOfToken(token), userId, device, ip, proved];
    return (await this.database.query(statement, values)).length > 0 ? token : null;
  }

  /** The user of the session has just proved the password or a passkey again. */
  async prove({ id }: Session): Promise<void> {
    await this.database.query(sql.PROVE, [id]);
  }

  /** @throws ChatError `proof_required` unless the user proved the password or a passkey a moment ago: so does a login. */
  async assertProved({ id }: Session): Promise<void> {
    if ((await this.database.query(sql.IS_PROVED, [id, PROOF_MS])).length === 0) throw proofRequired();
  }

  /** The sessions of a user, the most recently used first. */
  async list(userId: UserId, current: SessionId): Promise<SessionInfo[]> {
    const rows = await this.database.query<Device & { id: SessionId; created_at: Date; last_used_at: Date }>(
      sql.LIST,
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
    const rows = await this.database.query<{ id: SessionId }>(sql.END, [userId, sessionId]);
    await this.publishEnded(rows.map(({ id }) => id));
    return rows.length > 0;
  }

  /** Ends all sessions of the user but one. */
  async endOthers(userId: UserId, kept: SessionId): Promise<void> {
    const rows = await this.database.query<{ id: SessionId }>(sql.END_OTHERS, [userId, kept]);
    await this.publishEnded(rows.map(({ id }) => id));
  }

  /** Ends all sessions of the user but one, and all access tokens. */
  async endAllBut(userId: UserId, kept: SessionId): Promise<void> {
    const rows = await this.database.query<{ id: SessionId }>(sql.END_ALL_BUT, [userId, kept]);
    await this.publishEnded(rows.map(({ id }) => id));
  }

  /** Closes the sockets of sessions and access tokens whose rows are deleted, on every server. */
  async publishEnded(sessionIds: readonly SessionId[]): Promise<void> {
    if (sessionIds.length === 0) return;
    this.#report(sessionIds);
    this.bus.broadcast('sessionsEnded', { sessionIds: [...sessionIds] });
    await this.database.query(sql.COUNT_END, []).catch((error: unknown) => this.#log(error));
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

  async #read(uses: Use[]): Promise<(Session | null)[]> {
    const hashes = uses.map(({ hash }) => hash);
    const rows = await this.database.query<sql.SessionRow>(sql.BY_TOKENS, [...this.#times, hashes]);
    const byHash = new Map(rows.map((row) => [row.token_hash.toString('hex'), row]));
    const found = uses.map(({ hash }) => byHash.get(hash.toString('hex')) ?? null);
    this.#touch(uses, found);
    return found.map((row) => row && toSession(row));
  }

  /** Records the use of those that were not used for a while, once each, without waiting for it. */
  #touch(uses: Use[], found: (sql.SessionRow | null)[]): void {
    const unused = new Map<SessionId, Use>();
    for (const [i, row] of found.entries()) {
      const use = uses[i];
      if (row && use && row.unused_ms > this.#touchMs) unused.set(row.id, use);
    }
    if (unused.size === 0) return;
    const devices = [...unused.values()].map(({ userAgent }) => deviceName(userAgent));
    const ips = [...unused.values()].map(({ ip }) => ip);
    this.database
      .query(sql.TOUCH, [[...unused.keys()], this.#touchMs, devices, ips])
      .catch((error: unknown) => this.#log(error));
  }

  async #sweep(): Promise<void> {
    try {
      const rows = await this.database.query<{ id: SessionId }>(sql.SWEEP, this.#times);
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

function toSession({ id, user_id, scopes, left_ms }: sql.SessionRow): Session {
  return { id, userId: user_id, scopes, leftMs: left_ms };
}

function creation(proof: LoginProof): [statement: Statement, proved: string | number] {
  if ('passkeyId' in proof) return [sql.CREATE_BY_PASSKEY, proof.passkeyId];
  if ('identityId' in proof) return [sql.CREATE_BY_IDENTITY, proof.identityId];
  return [sql.CREATE, proof.passwordHash];
}
