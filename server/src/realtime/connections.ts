import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventBus, type RoomEvent } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';
import { History } from '../messages/history.js';
import { Metrics, type SocketCounts } from '../metrics/metrics.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';

/** A user without sockets stays hosted this long, in milliseconds: a reload comes right back. */
const KEPT_MS = 30_000;

/** What is here for the events of one user. */
interface Hosted {
  readonly sockets: Set<Connection>;
  /** Sockets of rooms that listen by this user: each room's sockets do so by one of its two. */
  roomSockets: number;
  /** When it was last wanted. */
  usedAt: number;
}

/** This server's sockets, by whose events they get. Relays what the bus brings to them. */
@Injectable()
export class Connections implements OnModuleDestroy {
  readonly #hosted = new Map<number, Hosted>();
  readonly #ofRoom = new Map<number, Set<Connection>>();
  /** How many sockets each user has here: the last one's end begins the grace of presence. */
  readonly #socketsOf = new Map<number, number>();
  readonly #all = new Set<Connection>();
  readonly #mostOfUser: number;
  readonly #sweeper = setInterval(() => this.#sweep(performance.now()), KEPT_MS / 2).unref();

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly bus: EventBus,
    private readonly presence: PresenceStore,
    history: History,
    private readonly metrics: Metrics,
  ) {
    this.#mostOfUser = config.limits.rates?.socketsPerUser ?? Infinity;
    metrics.watchSockets(() => this.#count());
    bus.listen({
      event: (event) => this.tell(event),
      settledBefore: (roomId, seq) => history.settledBefore(roomId, seq),
      gap: (users) => {
        if (!users) this.presence.catchUp();
        const json = JSON.stringify({ type: 'resync' });
        for (const connection of this.#all) {
          if (users && !users.has(connection.listensBy)) continue;
          connection.sendJson(json);
          this.metrics.resyncsSent += 1;
        }
      },
      broadcast: (message) => this.presence.hear(message),
      lost: () => this.presence.tellAgain(),
    });
  }

  get all(): ReadonlySet<Connection> {
    return this.#all;
  }

  /** Sockets of one user on this server. */
  countOf(userId: number): number {
    return this.#socketsOf.get(userId) ?? 0;
  }

  /** Whether the user may have one more. */
  hasRoomFor(userId: number): boolean {
    return this.countOf(userId) < this.#mostOfUser;
  }

  /** Why a socket is closed when its user may not have one more. */
  get tooManyReason(): string {
    return `more than ${this.#mostOfUser} sockets of one user`;
  }

  /** Resolves when events of the user's rooms arrive here: before a socket that listens by the user is opened. */
  async expect(userId: number): Promise<void> {
    this.#host(userId).usedAt = performance.now();
    await this.bus.host(userId);
  }

  add(connection: Connection): void {
    const { room, listensBy, userId } = connection;
    const hosted = this.#host(listensBy);
    if (room === null) {
      hosted.sockets.add(connection);
    } else {
      hosted.roomSockets += 1;
      const sockets = this.#ofRoom.get(room.id);
      if (sockets) sockets.add(connection);
      else this.#ofRoom.set(room.id, new Set([connection]));
    }
    this.#all.add(connection);
    this.metrics.socketsOpened[room ? 'room' : 'user'] += 1;
    if (userId !== null) this.#arrive(userId);
  }

  /** @param isGone its client had not answered any more. */
  remove(connection: Connection, { isGone = false } = {}): void {
    if (!this.#all.delete(connection)) return;
    const { room, listensBy, userId } = connection;
    const hosted = this.#host(listensBy);
    hosted.usedAt = performance.now();
    if (room === null) {
      hosted.sockets.delete(connection);
    } else {
      hosted.roomSockets -= 1;
      const sockets = this.#ofRoom.get(room.id);
      sockets?.delete(connection);
      if (sockets?.size === 0) this.#ofRoom.delete(room.id);
    }
    if (userId !== null) this.#leave(userId, isGone);
  }

  /**
   * A room socket names its user. It may name another one later (simulation).
   * @returns false when that user has all the sockets that one user may have.
   */
  name(connection: Connection, userId: number): boolean {
    if (connection.userId === userId) return true;
    if (!this.hasRoomFor(userId)) return false;
    if (connection.userId !== null) this.#leave(connection.userId);
    connection.userId = userId;
    this.#arrive(userId);
    return true;
  }

  /** Tells the sockets of this server only. */
  tell(event: RoomEvent): void {
    const { open, users, extras, ack, exceptUser } = event;
    ack?.send();
    for (const side of [0, 1] as const) {
      const extra = extras[side];
      if (extra === null) continue;
      const sockets = this.#hosted.get(users[side])?.sockets;
      if (!sockets || sockets.size === 0) continue;
      const json = `${open}${extra}}`;
      for (const connection of sockets) {
        if (connection.id === ack?.connectionId) continue;
        connection.sendJson(json);
        this.metrics.eventsDelivered += 1;
      }
    }
    const sockets = this.#ofRoom.get(event.roomId);
    if (!sockets) return;
    const json = `${open}}`;
    for (const connection of sockets) {
      if (connection.id === ack?.connectionId) continue;
      if (exceptUser !== undefined && connection.userId === exceptUser) continue;
      connection.sendJson(json);
      this.metrics.eventsDelivered += 1;
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

  #host(userId: number): Hosted {
    let hosted = this.#hosted.get(userId);
    if (!hosted) {
      hosted = { sockets: new Set(), roomSockets: 0, usedAt: performance.now() };
      this.#hosted.set(userId, hosted);
    }
    return hosted;
  }

  #arrive(userId: number): void {
    this.#socketsOf.set(userId, this.countOf(userId) + 1);
    this.presence.touch(userId);
  }

  #leave(userId: number, isGone = false): void {
    const left = this.countOf(userId) - 1;
    if (left > 0) {
      this.#socketsOf.set(userId, left);
    } else {
      this.#socketsOf.delete(userId);
      this.presence.leave(userId, isGone);
    }
  }

  #sweep(now: number): void {
    for (const [userId, { sockets, roomSockets, usedAt }] of this.#hosted) {
      if (sockets.size > 0 || roomSockets > 0 || now - usedAt < KEPT_MS) continue;
      this.#hosted.delete(userId);
      this.bus.leave(userId);
    }
  }
}
