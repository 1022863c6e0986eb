import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventBus, type BusEvent, type Topic } from '../bus/event-bus.js';
import { Metrics, type SocketCounts } from '../metrics/metrics.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';

/** A topic without sockets is kept subscribed this long, in milliseconds: a reload comes right back. */
const TOPIC_KEPT_MS = 30_000;

interface Listeners {
  readonly sockets: Set<Connection>;
  /** When it was last wanted. */
  usedAt: number;
}

/** This node's sockets, by what they listen to. Relays what the bus brings to them. */
@Injectable()
export class Connections implements OnModuleDestroy {
  readonly #byTopic = new Map<Topic, Listeners>();
  /** How many sockets each user has here: the last one's end begins the grace of presence. */
  readonly #socketsOf = new Map<number, number>();
  readonly #all = new Set<Connection>();
  readonly #sweeper = setInterval(() => this.#sweep(performance.now()), TOPIC_KEPT_MS / 2).unref();

  constructor(
    private readonly bus: EventBus,
    private readonly presence: PresenceStore,
    metrics: Metrics,
  ) {
    metrics.watchSockets(() => this.#count());
    bus.listen({
      event: (topic, event) => this.tell(topic, event),
      gap: () => {
        this.presence.catchUp();
        this.#tellAll(JSON.stringify({ type: 'resync' }));
      },
      broadcast: (message) => this.presence.hear(message),
    });
  }

  get all(): ReadonlySet<Connection> {
    return this.#all;
  }

  /** Sockets of one user on this node. */
  countOf(userId: number): number {
    return this.#socketsOf.get(userId) ?? 0;
  }

  /** Resolves when events of the topic arrive here: before a socket that listens to it is opened. */
  async expect(topic: Topic): Promise<void> {
    const listeners = this.#byTopic.get(topic);
    if (listeners) listeners.usedAt = performance.now();
    else this.#byTopic.set(topic, { sockets: new Set(), usedAt: performance.now() });
    await this.bus.subscribe(topic);
  }

  /** The topic was expected before. */
  add(connection: Connection): void {
    this.#byTopic.get(connection.topic)?.sockets.add(connection);
    this.#all.add(connection);
    if (connection.userId !== null) this.#arrive(connection.userId);
  }

  remove(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    const listeners = this.#byTopic.get(connection.topic);
    listeners?.sockets.delete(connection);
    if (listeners) listeners.usedAt = performance.now();
    if (connection.userId !== null) this.#leave(connection.userId);
  }

  /** A room socket says who it is. It may change its mind (simulation). */
  name(connection: Connection, userId: number): void {
    if (connection.userId === userId) return;
    if (connection.userId !== null) this.#leave(connection.userId);
    connection.userId = userId;
    this.#arrive(userId);
  }

  /** Tells the sockets of this node only. */
  tell(topic: Topic, event: BusEvent): void {
    const listeners = this.#byTopic.get(topic);
    if (!listeners) return;
    for (const connection of listeners.sockets) {
      if (connection.id === event.exceptConnection) continue;
      if (event.exceptUser !== undefined && connection.userId === event.exceptUser) continue;
      connection.sendJson(event.json);
    }
  }

  onModuleDestroy(): void {
    clearInterval(this.#sweeper);
  }

  #count(): SocketCounts {
    const counts = { user: 0, room: 0 };
    for (const { room } of this.#all) counts[room ? 'room' : 'user'] += 1;
    return counts;
  }

  #tellAll(json: string): void {
    for (const connection of this.#all) connection.sendJson(json);
  }

  #arrive(userId: number): void {
    this.#socketsOf.set(userId, this.countOf(userId) + 1);
    this.presence.touch(userId);
  }

  #leave(userId: number): void {
    const left = this.countOf(userId) - 1;
    if (left > 0) {
      this.#socketsOf.set(userId, left);
    } else {
      this.#socketsOf.delete(userId);
      this.presence.leave(userId);
    }
  }

  #sweep(now: number): void {
    for (const [topic, { sockets, usedAt }] of this.#byTopic) {
      if (sockets.size > 0 || now - usedAt < TOPIC_KEPT_MS) continue;
      this.#byTopic.delete(topic);
      this.bus.unsubscribe(topic);
    }
  }
}
