import type { RoomId, UserId } from '@parley/shared';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { BusEvent } from '../bus/bus-event.js';
import { EventBus } from '../bus/event-bus.js';
import type { AckTarget } from '../bus/publication.js';
import { CONFIG, type Config } from '../config/config.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Metrics, type SocketCounts } from '../metrics/metrics.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';

/** A subscription without sockets is kept for this long, in milliseconds, because a page that reloads reconnects at once. */
const UNSUBSCRIBE_DELAY_MS = 30_000;

/** The bus subscription to one user, and the sockets of this server that get their events by it. */
interface Subscription {
  readonly sockets: Set<Connection>;
  /** Number of room sockets with this `subscribedUserId`. */
  roomSockets: number;
  /** When a socket was last opened or closed (performance.now()). */
  usedAt: number;
}

/** The sockets of this server, by user and by room. Delivers the events of the bus to them. */
@Injectable()
export class Connections implements OnModuleDestroy {
  readonly #subscriptions = new Map<UserId, Subscription>();
  readonly #ofRoom = new Map<RoomId, Set<Connection>>();
  /** Number of sockets per user: when the last one closes, the grace period of presence begins. */
  readonly #socketCounts = new Map<UserId, number>();
  readonly #all = new Map<string, Connection>();
  readonly #maxPerUser: number;
  readonly #sweeper = setInterval(() => this.#sweep(performance.now()), UNSUBSCRIBE_DELAY_MS / 2).unref();

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly bus: EventBus,
    private readonly presence: PresenceStore,
    messages: MessagesRepository,
    private readonly metrics: Metrics,
  ) {
    this.#maxPerUser = config.limits.rates?.socketsPerUser ?? Infinity;
    metrics.watchSockets(() => this.#count());
    bus.useSettledSeq((roomId, seq) => messages.settledBefore(roomId, seq));
    bus.onEvent((event) => this.deliver(event));
    bus.onMissedEvents((userIds) => this.#sendResync(userIds));
  }

  get all(): Iterable<Connection> {
    return this.#all.values();
  }

  /** Number of sockets of one user on this server. */
  countOf(userId: UserId): number {
    return this.#socketCounts.get(userId) ?? 0;
  }

  /** Whether the limit of sockets per user allows one more. */
  mayOpen(userId: UserId): boolean {
    return this.countOf(userId) < this.#maxPerUser;
  }

  /** Close reason of a socket over that limit. */
  get limitReason(): string {
    return `more than ${this.#maxPerUser} sockets of one user`;
  }

  /** Resolves when events of the user arrive here. To be awaited before a socket with this `subscribedUserId` is opened. */
  async subscribe(userId: UserId): Promise<void> {
    this.#subscriptionOf(userId).usedAt = performance.now();
    await this.bus.subscribe(userId);
  }

  add(connection: Connection): void {
    const { room, subscribedUserId, userId } = connection;
    const subscription = this.#subscriptionOf(subscribedUserId);
    if (room === null) {
      subscription.sockets.add(connection);
    } else {
      subscription.roomSockets += 1;
      const sockets = this.#ofRoom.get(room.id);
      if (sockets) sockets.add(connection);
      else this.#ofRoom.set(room.id, new Set([connection]));
    }
    this.#all.set(connection.id, connection);
    this.metrics.socketsOpened[room ? 'room' : 'user'] += 1;
    if (userId !== null) this.#opened(userId);
  }

  /** @param options.timedOut the client did not answer pings: the user is offline at once, without the grace period. */
  remove(connection: Connection, { timedOut = false } = {}): void {
    if (!this.#all.delete(connection.id)) return;
    const { room, subscribedUserId, userId } = connection;
    const subscription = this.#subscriptionOf(subscribedUserId);
    subscription.usedAt = performance.now();
    if (room === null) {
      subscription.sockets.delete(connection);
    } else {
      subscription.roomSockets -= 1;
      const sockets = this.#ofRoom.get(room.id);
      sockets?.delete(connection);
      if (sockets?.size === 0) this.#ofRoom.delete(room.id);
    }
    if (userId !== null) this.#closed(userId, timedOut);
  }

  /**
   * Sets the user of a room socket. In simulation its frames may name one user after the other.
   * @returns false when the user already has as many sockets as allowed.
   */
  identify(connection: Connection, userId: UserId): boolean {
    if (connection.userId === userId) return true;
    if (!this.mayOpen(userId)) return false;
    if (connection.userId !== null) this.#closed(connection.userId);
    connection.userId = userId;
    this.#opened(userId);
    return true;
  }

  /** Sends the event to its sockets on this server. */
  deliver(event: BusEvent): void {
    const { ackTo, exceptUser } = event;
    if (ackTo) this.#ack(event, ackTo);
    for (const userId of event.to) {
      if (userId === exceptUser) continue;
      const sockets = this.#subscriptions.get(userId)?.sockets;
      if (!sockets || sockets.size === 0) continue;
      const text = event.textForUser(userId);
      for (const connection of sockets) {
        if (connection.id === ackTo?.connectionId) continue;
        connection.sendText(text);
        this.metrics.eventsDelivered += 1;
      }
    }
    const sockets = this.#ofRoom.get(event.roomId);
    if (!sockets || event.isForUserSockets) return;
    const text = event.textForRoom();
    for (const connection of sockets) {
      if (connection.id === ackTo?.connectionId) continue;
      if (exceptUser !== null && connection.userId === exceptUser) continue;
      connection.sendText(text);
      this.metrics.eventsDelivered += 1;
    }
  }

  onModuleDestroy(): void {
    clearInterval(this.#sweeper);
  }

  /** Sends the ack together with the event, so that the sender's socket receives messages and acks in the order of `seq`. */
  #ack(event: BusEvent, { connectionId, ref }: AckTarget): void {
    const connection = this.#all.get(connectionId);
    connection?.sendText(event.ackText(ref, connection.room === null ? connection.userId : null));
  }

  /** @param userIds null: all sockets. */
  #sendResync(userIds: ReadonlySet<UserId> | null): void {
    for (const connection of this.#all.values()) {
      if (userIds && !userIds.has(connection.subscribedUserId)) continue;
      connection.send({ type: 'resync' });
      this.metrics.resyncsSent += 1;
    }
  }

  #count(): SocketCounts {
    const counts = { user: 0, room: 0 };
    for (const { room } of this.#all.values()) counts[room ? 'room' : 'user'] += 1;
    return counts;
  }

  #subscriptionOf(userId: UserId): Subscription {
    let subscription = this.#subscriptions.get(userId);
    if (!subscription) {
      subscription = { sockets: new Set(), roomSockets: 0, usedAt: performance.now() };
      this.#subscriptions.set(userId, subscription);
    }
    return subscription;
  }

  #opened(userId: UserId): void {
    this.#socketCounts.set(userId, this.countOf(userId) + 1);
    this.presence.touch(userId);
  }

  #closed(userId: UserId, timedOut = false): void {
    const left = this.countOf(userId) - 1;
    if (left > 0) {
      this.#socketCounts.set(userId, left);
    } else {
      this.#socketCounts.delete(userId);
      this.presence.leave(userId, timedOut);
    }
  }

  #sweep(now: number): void {
    for (const [userId, { sockets, roomSockets, usedAt }] of this.#subscriptions) {
      if (sockets.size > 0 || roomSockets > 0 || now - usedAt < UNSUBSCRIBE_DELAY_MS) continue;
      this.#subscriptions.delete(userId);
      this.bus.unsubscribe(userId);
    }
  }
}
