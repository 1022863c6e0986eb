import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Presence, UserId } from '@parley/shared';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';

/** Most users whose `last_seen` is kept. */
const MAX_LAST_SEEN = 100_000;
/** Interval between checks for passed deadlines, in milliseconds. */
const SWEEP_MS = 500;
/** Requests of other servers within this time, in milliseconds, are answered by one broadcast. */
const ANSWER_DELAY_MS = 100;
/** Most users in one broadcast. */
const MAX_USERS_PER_BROADCAST = 1_000;

type PresenceOf = Presence & { user_id: UserId };

/**
 * Which users are online, in memory. A user is online until a deadline. A pong or a new socket sets it to
 * PRESENCE_TTL_SECONDS from now, and the close of the last socket to PRESENCE_GRACE_SECONDS from now, so that a reload
 * does not change presence. Nothing but a passed deadline makes a user offline.
 *
 * Each server knows the deadlines of all servers: it broadcasts its own when a user's first socket opens or last socket
 * closes, and with every heartbeat. A user is online until the last of these deadlines, so the users of a killed server
 * go offline when its deadlines pass.
 */
@Injectable()
export class PresenceStore implements OnModuleDestroy {
  /** Id of this server among the others. */
  readonly #node = randomUUID().slice(0, 8);
  readonly #startedAt = Date.now();
  /** Deadlines by user and server (performance.now(), because the wall clock may jump). */
  readonly #deadlines = new Map<UserId, Map<string, number>>();
  readonly #lastSeen = new LRUCache<UserId, number>({ max: MAX_LAST_SEEN });
  readonly #timers: NodeJS.Timeout[];
  /** Runs while a request of another server waits for its answer. */
  #answerTimer: NodeJS.Timeout | null = null;
  #onChange: (presence: PresenceOf) => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly bus: EventBus,
  ) {
    bus.onBroadcast('presence', ({ node, users }) => {
      const now = performance.now();
      for (const { userId, leftMs } of users) this.#set(userId, node, now + leftMs);
    });
    bus.onBroadcast('presenceRequest', () => this.#answerSoon());
    bus.onMissedEvents((userIds) => {
      if (userIds === null) this.#catchUp();
    });
    bus.onPublishFailed(() => this.#broadcast(this.#ownUsers()));
    const heartbeatMs = config.limits.heartbeatMs;
    this.#timers = [
      setInterval(() => this.#sweep(performance.now()), SWEEP_MS).unref(),
      setInterval(() => this.#broadcast(this.#ownUsers()), heartbeatMs).unref(),
    ];
  }

  /** Sets the handler that sends changes to the sockets of this server. */
  onChange(listener: (presence: PresenceOf) => void): void {
    this.#onChange = listener;
  }

  /** To be called when the user opens a socket on this server, and with each pong. */
  touch(userId: UserId): void {
    const now = performance.now();
    const isNewHere = !this.#deadlines.get(userId)?.has(this.#node);
    this.#set(userId, this.#node, now + this.config.limits.presenceTtlMs);
    if (isNewHere) this.#broadcast([userId]);
  }

  /**
   * To be called when the user's last socket on this server has closed.
   * @param timedOut the socket did not answer pings: the user is offline at once, without the grace period.
   */
  leave(userId: UserId, timedOut = false): void {
    if (!this.#deadlines.get(userId)?.has(this.#node)) return;
    const graceMs = timedOut ? 0 : this.config.limits.presenceGraceMs;
    this.#set(userId, this.#node, performance.now() + graceMs);
    this.#broadcast([userId]);
  }

  of(userId: UserId): PresenceOf {
    if (this.#deadlines.has(userId)) return { user_id: userId, online: true, last_seen: null };
    const lastSeen = this.#lastSeen.get(userId);
    return {
      user_id: userId,
      online: false,
      last_seen: lastSeen === undefined ? null : new Date(lastSeen).toISOString(),
    };
  }

  /** Offline since `lastSeen`, for those who may not know more. What was before this server started is not known here. */
  offlineSince(lastSeen: string | null): Omit<Presence, 'user_id'> {
    const isKnown = lastSeen !== null && Date.parse(lastSeen) >= this.#startedAt;
    return { online: false, last_seen: isKnown ? lastSeen : null };
  }

  onModuleDestroy(): void {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#answerTimer) clearTimeout(this.#answerTimer);
  }

  /** Requests the deadlines of the others and broadcasts the own ones, because earlier broadcasts may be lost. */
  #catchUp(): void {
    this.bus.broadcast('presenceRequest', {});
    this.#broadcast(this.#ownUsers());
  }

  #answerSoon(): void {
    this.#answerTimer ??= setTimeout(() => {
      this.#answerTimer = null;
      this.#broadcast(this.#ownUsers());
    }, ANSWER_DELAY_MS).unref();
  }

  #set(userId: UserId, node: string, deadline: number): void {
    const nodes = this.#deadlines.get(userId);
    this.#lastSeen.set(userId, Date.now());
    if (nodes) {
      nodes.set(node, deadline);
    } else {
      this.#deadlines.set(userId, new Map([[node, deadline]]));
      this.#onChange(this.of(userId));
    }
  }

  #sweep(now: number): void {
    for (const [userId, nodes] of this.#deadlines) {
      for (const [node, deadline] of nodes) if (deadline <= now) nodes.delete(node);
      if (nodes.size > 0) continue;
      this.#deadlines.delete(userId);
      this.#onChange(this.of(userId));
    }
  }

  #ownUsers(): UserId[] {
    return [...this.#deadlines].flatMap(([userId, nodes]) => (nodes.has(this.#node) ? [userId] : []));
  }

  #broadcast(userIds: UserId[]): void {
    const now = performance.now();
    for (let i = 0; i < userIds.length; i += MAX_USERS_PER_BROADCAST) {
      const users = userIds.slice(i, i + MAX_USERS_PER_BROADCAST).map((userId) => {
        const deadline = this.#deadlines.get(userId)?.get(this.#node) ?? now;
        return { userId, leftMs: Math.round(deadline - now) };
      });
      this.bus.broadcast('presence', { node: this.#node, users });
    }
  }
}
