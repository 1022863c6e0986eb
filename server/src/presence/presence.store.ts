import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Presence, UserId } from '@parley/shared';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';

/** How many users' last_seen are remembered. */
const REMEMBERED = 100_000;
/** How often deadlines are looked at, in milliseconds. */
const SWEEP_MS = 500;
/** Requests of several servers within this time are answered by one broadcast, in milliseconds. */
const ANSWER_DELAY_MS = 100;
/** Most users in one broadcast. */
const MAX_USERS_PER_BROADCAST = 1_000;

type PresenceOf = Presence & { user_id: UserId };

/**
 * Who is online, in memory. A user is online until a deadline: every sign of life moves it `ttl` ahead, the last
 * socket's end moves it to `grace` from now, so that a reload does not flap. Passing it is the only way offline;
 * a socket that dies in silence and one that closes differ only in how long that takes.
 *
 * Each node knows the deadlines of all nodes: it broadcasts its own when they begin and end and with every heartbeat. A
 * user is online while any of them lies ahead, so a node that is killed is forgotten by itself.
 */
@Injectable()
export class PresenceStore implements OnModuleDestroy {
  readonly #node = randomUUID().slice(0, 8);
  /** User to node to deadline (performance.now(): the wall clock may jump). */
  readonly #deadlines = new Map<UserId, Map<string, number>>();
  readonly #lastSeen = new LRUCache<UserId, number>({ max: REMEMBERED });
  readonly #timers: NodeJS.Timeout[];
  #answering: NodeJS.Timeout | null = null;
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

  /** Sets the handler of changes, which sends them to this node's sockets. */
  onChange(listener: (presence: PresenceOf) => void): void {
    this.#onChange = listener;
  }

  /** A sign of life of one of the user's devices on this node. */
  touch(userId: UserId): void {
    const now = performance.now();
    const isNewHere = !this.#deadlines.get(userId)?.has(this.#node);
    this.#set(userId, this.#node, now + this.config.limits.presenceTtlMs);
    if (isNewHere) this.#broadcast([userId]);
  }

  /** The user's last socket on this node closed. @param isGone it had been silent: it is not coming right back. */
  leave(userId: UserId, isGone = false): void {
    if (!this.#deadlines.get(userId)?.has(this.#node)) return;
    const graceMs = isGone ? 0 : this.config.limits.presenceGraceMs;
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

  onModuleDestroy(): void {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#answering) clearTimeout(this.#answering);
  }

  /** Broadcasts of this node and of others may be lost. */
  #catchUp(): void {
    this.bus.broadcast('presenceRequest', {});
    this.#broadcast(this.#ownUsers());
  }

  #answerSoon(): void {
    this.#answering ??= setTimeout(() => {
      this.#answering = null;
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
