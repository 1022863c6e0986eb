import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Presence } from '@parley/shared';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';

/** How many users' last_seen are remembered. */
const REMEMBERED = 100_000;
/** How often deadlines are looked at, in milliseconds. */
const SWEEP_MS = 500;
/** Several who ask for everyone's deadlines get one answer: those who ask within this time, in milliseconds. */
const ANSWER_MS = 100;
/** Users in one gossip. */
const GOSSIP_CHUNK = 1_000;

/** What nodes tell each other: users and the milliseconds until their deadlines, or a wish to hear everyone's. */
type Gossip = { presence: [node: string, ...[userId: number, leftMs: number][]] } | { presenceWanted: true };

/**
 * Who is online, in memory. A user is online until a deadline: every sign of life moves it `ttl` ahead, the last
 * socket's end moves it to `grace` from now, so that a reload does not flap. Passing it is the only way offline;
 * a socket that dies in silence and one that closes differ only in how long that takes.
 *
 * Each node knows the deadlines of all nodes: it tells its own when they begin and end and with every heartbeat. A
 * user is online while any of them lies ahead, so a node that is killed is forgotten by itself.
 */
@Injectable()
export class PresenceStore implements OnModuleDestroy {
  readonly #node = randomUUID().slice(0, 8);
  /** User to node to deadline (performance.now(): the wall clock may jump). */
  readonly #deadlines = new Map<number, Map<string, number>>();
  readonly #lastSeen = new LRUCache<number, number>({ max: REMEMBERED });
  readonly #timers: NodeJS.Timeout[];
  #answering: NodeJS.Timeout | null = null;
  #onChange: (presence: Presence) => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly bus: EventBus,
  ) {
    const heartbeatMs = config.limits.heartbeatSeconds * 1_000;
    this.#timers = [
      setInterval(() => this.#sweep(performance.now()), SWEEP_MS).unref(),
      setInterval(() => this.#gossip(this.#ownUsers()), heartbeatMs).unref(),
    ];
  }

  /** Sets who is told of changes: the one that tells this node's sockets. */
  onChange(listener: (presence: Presence) => void): void {
    this.#onChange = listener;
  }

  /** A sign of life of one of the user's devices on this node. */
  touch(userId: number): void {
    const now = performance.now();
    const isNewHere = !this.#deadlines.get(userId)?.has(this.#node);
    this.#set(userId, this.#node, now + this.config.limits.presenceTtlSeconds * 1_000);
    if (isNewHere) this.#gossip([userId]);
  }

  /** The user's last socket on this node closed. @param isGone it had been silent: it is not coming right back. */
  leave(userId: number, isGone = false): void {
    if (!this.#deadlines.get(userId)?.has(this.#node)) return;
    const graceMs = isGone ? 0 : this.config.limits.presenceGraceSeconds * 1_000;
    this.#set(userId, this.#node, performance.now() + graceMs);
    this.#gossip([userId]);
  }

  of(userId: number): Presence {
    if (this.#deadlines.has(userId)) return { user_id: userId, online: true, last_seen: null };
    const lastSeen = this.#lastSeen.get(userId);
    return {
      user_id: userId,
      online: false,
      last_seen: lastSeen === undefined ? null : new Date(lastSeen).toISOString(),
    };
  }

  /** What another node told all. */
  hear(message: string): void {
    const gossip = JSON.parse(message) as Partial<Record<string, unknown>> & Gossip;
    if ('presenceWanted' in gossip) return this.#answerSoon();
    if (!('presence' in gossip)) return;
    const [node, ...users] = gossip.presence;
    const now = performance.now();
    for (const [userId, leftMs] of users) this.#set(userId, node, now + leftMs);
  }

  /** The other nodes' users may be unknown here: asks for them. */
  catchUp(): void {
    this.bus.broadcast(JSON.stringify({ presenceWanted: true } satisfies Gossip));
    this.tellAgain();
  }

  /** The other nodes may not have heard of this node's users. */
  tellAgain(): void {
    this.#gossip(this.#ownUsers());
  }

  onModuleDestroy(): void {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#answering) clearTimeout(this.#answering);
  }

  #answerSoon(): void {
    this.#answering ??= setTimeout(() => {
      this.#answering = null;
      this.tellAgain();
    }, ANSWER_MS).unref();
  }

  #set(userId: number, node: string, deadline: number): void {
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

  #ownUsers(): number[] {
    return [...this.#deadlines].flatMap(([userId, nodes]) => (nodes.has(this.#node) ? [userId] : []));
  }

  #gossip(userIds: number[]): void {
    const now = performance.now();
    for (let i = 0; i < userIds.length; i += GOSSIP_CHUNK) {
      const users = userIds.slice(i, i + GOSSIP_CHUNK).map((userId): [number, number] => {
        const deadline = this.#deadlines.get(userId)?.get(this.#node) ?? now;
        return [userId, Math.round(deadline - now)];
      });
      this.bus.broadcast(JSON.stringify({ presence: [this.#node, ...users] } satisfies Gossip));
    }
  }
}
