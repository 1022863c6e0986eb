import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CLOSE_CODES, type SessionId } from '@parley/shared';
import { SessionsService } from '../auth/sessions.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { isOutage } from '../database/database-errors.js';
import { errorFields } from '../logging/log-line.js';
import type { Connection } from './connection.js';

/** How often the database is asked whether sessions were ended anywhere, in milliseconds. Well below a second. */
const POLL_MS = 400;
/** Longest time between two checks of all sessions that have sockets, in milliseconds: 30 s with the time it takes. */
const MAX_CHECK_MS = 25_000;
/** Longest delay of a timer of Node, in milliseconds. */
const MAX_DELAY_MS = 2_147_483_647;
const REASON = 'the session has ended';

interface SessionState {
  readonly sockets: Set<Connection>;
  /** When the session ends by itself (performance.now()). */
  endsAt: number;
}

/**
 * Closes the sockets of sessions that have ended, with 4401. Three ways lead here, each of which is enough: the bus, at
 * once; a counter in the database, within half a second, also for commands and while Redis is away; and a check of every
 * session at least every 25 s and at the moment when it expires. The check counts as a use of the session: one with an
 * open socket is not idle.
 */
@Injectable()
export class SessionSockets implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  readonly #sessions = new Map<SessionId, SessionState>();
  readonly #checkMs: number;
  #endsSeen: number | null = null;
  #isPolling = false;
  #poller: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Infinity;

  constructor(
    @Inject(CONFIG) { accounts, limits }: Config,
    @Inject(SessionsService) private readonly sessions: SessionsService | null,
  ) {
    this.#checkMs = Math.min(MAX_CHECK_MS, limits.heartbeatMs, (accounts?.sessionIdleMs ?? Infinity) / 4);
  }

  onModuleInit(): void {
    if (!this.sessions) return;
    this.sessions.onEnded((sessionIds) => this.#close(sessionIds));
    this.#poller = setInterval(() => void this.#poll(), POLL_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.#poller) clearInterval(this.#poller);
    if (this.#timer) clearTimeout(this.#timer);
    this.#poller = null;
  }

  /** @returns false when the session has ended since the handshake began. */
  add(connection: Connection): boolean {
    const { session } = connection;
    if (session === null || !this.sessions) return true;
    if (this.sessions.hasEnded(session.id)) return false;
    const endsAt = performance.now() + session.leftMs;
    const state = this.#sessions.get(session.id);
    if (state) state.sockets.add(connection);
    else this.#sessions.set(session.id, { sockets: new Set([connection]), endsAt });
    this.#checkBefore(Math.min(endsAt, performance.now() + this.#checkMs));
    return true;
  }

  remove(connection: Connection): void {
    const { session } = connection;
    const state = session && this.#sessions.get(session.id);
    if (!state) return;
    state.sockets.delete(connection);
    if (state.sockets.size === 0) this.#sessions.delete(session.id);
  }

  #close(sessionIds: readonly SessionId[]): void {
    for (const id of sessionIds) {
      const state = this.#sessions.get(id);
      this.#sessions.delete(id);
      for (const connection of state?.sockets ?? []) {
        connection.disconnect(CLOSE_CODES.unauthorized.code, REASON);
      }
    }
  }

  async #poll(): Promise<void> {
    if (!this.sessions || this.#isPolling || this.#sessions.size === 0) return;
    this.#isPolling = true;
    try {
      const ends = await this.sessions.countOfEnds();
      // Unknown at first: sessions may have ended since their sockets were opened.
      if (ends !== this.#endsSeen) await this.#check();
      this.#endsSeen = ends;
    } catch (error) {
      this.#log(error);
    } finally {
      this.#isPolling = false;
    }
  }

  /** Asks which sessions are valid, and closes the sockets of the others. */
  async #check(): Promise<void> {
    if (!this.sessions) return;
    const asked = [...this.#sessions.keys()];
    if (asked.length === 0) return;
    const valid = new Map((await this.sessions.validOf(asked)).map((session) => [session.id, session]));
    const now = performance.now();
    for (const { id, leftMs } of valid.values()) {
      const state = this.#sessions.get(id);
      if (state) state.endsAt = now + leftMs;
    }
    const ended = asked.filter((id) => !valid.has(id));
    if (ended.length > 0) this.sessions.reportEnded(ended);
  }

  #checkBefore(time: number): void {
    if (time >= this.#timerAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = time;
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(time - performance.now())));
    this.#timer = setTimeout(() => void this.#onTimer(), delayMs).unref();
  }

  async #onTimer(): Promise<void> {
    this.#timerAt = Infinity;
    let next = performance.now() + this.#checkMs;
    try {
      await this.#check();
      for (const { endsAt } of this.#sessions.values()) next = Math.min(next, endsAt);
    } catch (error) {
      this.#log(error);
    }
    if (this.#poller && this.#sessions.size > 0) this.#checkBefore(next);
  }

  /** The next check does what this one could not. An outage of the database has its own line in the log. */
  #log(error: unknown): void {
    const level = isOutage(error) ? 'debug' : 'warn';
    this.#logger[level]({ msg: 'Sessions could not be checked', ...errorFields(error) });
  }
}
