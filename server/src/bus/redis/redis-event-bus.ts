import type { UserId } from '@parley/shared';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisAddresses } from '../../config/redis-url.js';
import { errorFields } from '../../logging/log-line.js';
import { Outage } from '../../logging/outage.js';
import type { Metrics } from '../../metrics/metrics.js';
import { BusEvent } from '../bus-event.js';
import { EventBus } from '../event-bus.js';
import type { Publication, PublishedFrame } from '../publication.js';
import { ReorderBuffer } from '../reorder-buffer.js';
import type { Topic, Topics } from '../topics.js';
import type { PubSub, PubSubHandlers } from './pub-sub.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisLink } from './redis-link.js';
import {
  parseServerMessage,
  senderOf,
  serializeBroadcast,
  serializeEvents,
  serializeMissedEvents,
  serializeRegistryMessage,
  type ServerMessage,
} from './server-message.js';
import { SubscriptionRegistry } from './subscription-registry.js';

/** The number is the version of the messages between servers: other versions use other channels. */
const PREFIX = 'parley:3:';
/** Every server subscribes to this channel, and to one of its own. */
const ALL = `${PREFIX}all`;
/** Longest wait for the other servers at the start, in milliseconds. A server also serves without Redis. */
const START_TIMEOUT_MS = 1_000;
/** Events for one server are sent together up to this size, in characters. */
const MAX_BATCH = 512 * 1_024;

/**
 * Servers joined by Redis pub/sub, of one Redis or of a cluster. Events for sockets of this server are delivered
 * directly and never wait for Redis. For other servers, the subscription registry says which of them need an event, and
 * the events of one turn of the event loop are sent to a server as one message. While Redis is away nothing is queued:
 * events are dropped, and every server reports missed events when it is back. Nothing is stored in Redis.
 */
export class RedisEventBus extends EventBus implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Bus');
  readonly #outage = new Outage(this.#logger, 'warn', {
    began: 'Redis cannot be reached: until it is back, events reach the sockets of this server only',
    ended: 'Redis can be reached again: clients resync',
  });
  readonly #server: string;
  readonly #pubSub: PubSub;
  readonly #reorderBuffer = new ReorderBuffer({
    deliver: (event) => this.deliver(event),
    readSettledSeq: (roomId, seq) => this.readSettledSeq(roomId, seq),
    isAlone: () => this.#registry.isAlone,
  });
  readonly #registry: SubscriptionRegistry;
  /** Events of this turn, serialised, by server. */
  readonly #batches = new Map<string, string>();
  /** Servers that may not have received everything, and when the last such event was sent (performance.now()). */
  readonly #incompleteServers = new Map<string, number>();
  /** When all sockets of this server were last resynced (performance.now()). */
  #resyncedAt = -Infinity;
  #join: () => void = () => undefined;
  readonly #joined = new Promise<void>((resolve) => {
    this.#join = resolve;
  });

  /** @param serverId names the server for people; a random part makes it unique among all that ever ran. */
  constructor(
    url: string,
    serverId: string,
    private readonly metrics: Metrics,
  ) {
    super();
    this.#server = `${serverId}-${randomUUID().slice(0, 8)}`;
    const { isCluster, urls } = redisAddresses(url);
    const handlers: PubSubHandlers = {
      onMessage: (channel, message) => this.#onMessage(channel, message),
      onMissedMessages: () => {
        this.#onMissedEvents();
        void this.#registry.refresh().then(() => this.#registry.isCurrent && this.#join());
      },
      onUp: () => this.#outage.end(),
      onDown: () => this.#outage.begin(),
      onPublishFailed: () => this.#onPublishFailed(),
    };
    this.#pubSub = isCluster ? new RedisCluster(urls, handlers) : new RedisLink(urls[0], handlers);
    this.#registry = new SubscriptionRegistry({
      sendToAll: (message) => this.#pubSub.publish(ALL, serializeRegistryMessage(this.#server, message)),
      send: (server, message) =>
        void this.#pubSub.publish(PREFIX + server, serializeRegistryMessage(this.#server, message)),
      onMissedEvents: (userIds) => this.reportMissedEvents(userIds),
    });
    void this.#pubSub.subscribe(PREFIX + this.#server);
    void this.#pubSub.subscribe(ALL);
  }

  override get isUp(): boolean {
    return this.#pubSub.isUp && this.#registry.isCurrent;
  }

  override get lagMs(): number {
    return this.#pubSub.lagMs;
  }

  /** Before the first request: a server that publishes knows the subscriptions of the others. */
  async onModuleInit(): Promise<void> {
    await Promise.race([this.#joined, sleep(START_TIMEOUT_MS)]);
  }

  override publish<Frame extends PublishedFrame>(publication: Publication<Frame>): void {
    const event = BusEvent.of(publication);
    this.#reorderBuffer.add(event);
    this.#registry.markPublished();
    const servers = this.#registry.serversOf(event.to);
    if (servers.size === 0) return;
    const text = event.serialize();
    for (const server of servers) this.#addToBatch(server, text);
  }

  override broadcast<T extends Topic>(topic: T, payload: Topics[T]): void {
    void this.#pubSub.publish(ALL, serializeBroadcast(this.#server, topic, payload));
  }

  override subscribe(userId: UserId): Promise<void> {
    return this.#registry.subscribe(userId);
  }

  override unsubscribe(userId: UserId): void {
    this.#registry.unsubscribe(userId);
  }

  /** The last hook of all: what is acked while the server drains is still published to the other servers. */
  onApplicationShutdown(): void {
    this.#sendBatches();
    this.#registry.close();
    this.#pubSub.close();
  }

  #addToBatch(server: string, text: string): void {
    if (this.#batches.size === 0) process.nextTick(() => this.#sendBatches());
    const batch = (this.#batches.get(server) ?? '') + text;
    this.#batches.set(server, batch);
    if (batch.length > MAX_BATCH) this.#sendBatches();
  }

  #sendBatches(): void {
    for (const [server, events] of this.#batches) void this.#sendEvents(server, events);
    this.#batches.clear();
  }

  async #sendEvents(server: string, events: string): Promise<void> {
    const sentAt = performance.now();
    const receivers = await this.#pubSub.publish(PREFIX + server, serializeEvents(this.#server, events));
    // No receiver: the server has ended, or Redis has lost its subscription.
    if (receivers === null || receivers === 0) this.#addIncomplete(server, sentAt);
  }

  async #sendMissedEvents(server: string, lastAt: number): Promise<void> {
    const text = serializeMissedEvents(this.#server, performance.now() - lastAt);
    const receivers = await this.#pubSub.publish(PREFIX + server, text);
    if (receivers === null) this.#addIncomplete(server, lastAt);
  }

  #addIncomplete(server: string, sentAt: number): void {
    this.#incompleteServers.set(server, Math.max(sentAt, this.#incompleteServers.get(server) ?? 0));
  }

  /** The way is open again. A registry message that was lost is noticed by the version in the heartbeat. */
  #onPublishFailed(): void {
    const servers = [...this.#incompleteServers];
    this.#incompleteServers.clear();
    for (const [server, lastAt] of servers) void this.#sendMissedEvents(server, lastAt);
    this.#registry.sendHeartbeat();
    this.reportPublishFailed();
  }

  /** A malformed message (of another program, or a version with a defect) changes nothing. */
  #onMessage(channel: string, text: string): void {
    const from = senderOf(text);
    if (from === this.#server) return;
    let message: ServerMessage;
    try {
      message = parseServerMessage(text);
    } catch (error) {
      this.metrics.busMessagesMalformed += 1;
      this.#logger.warn({
        msg: 'A malformed message from Redis was ignored',
        channel,
        ...errorFields(error),
      });
      return;
    }
    this.#handle(from, message);
  }

  #handle(from: string, message: ServerMessage): void {
    switch (message.kind) {
      case 'events':
        for (const event of message.events) this.#reorderBuffer.add(event);
        return;
      case 'registry':
        return this.#registry.handle(from, message.message);
      case 'broadcast':
        return this.handleBroadcast(message.topic, message.payload);
      case 'missedEvents':
        // One outage, one resync: a resync after the last of these events covers them all.
        if (this.#resyncedAt <= performance.now() - message.lastMs) this.#onMissedEvents();
        return;
    }
  }

  #onMissedEvents(): void {
    this.#resyncedAt = performance.now();
    this.#reorderBuffer.reset();
    this.reportMissedEvents(null);
  }
}
