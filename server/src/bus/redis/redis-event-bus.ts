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
const CHANNEL_PREFIX = 'parley:3:';
/** Every server subscribes to this channel, and to one of its own. */
const CHANNEL_OF_ALL = `${CHANNEL_PREFIX}all`;
/** Longest wait for the other servers at the start, in milliseconds. A server also serves without Redis. */
const START_TIMEOUT_MS = 1_000;
/** A batch of events for one server is sent when it is larger than this, in characters. */
const MAX_BATCH = 512 * 1_024;

/**
 * The bus of several servers: Redis pub/sub, with one Redis or a cluster. Events for sockets of this server are delivered
 * directly and never wait for Redis. The subscription registry says which other servers need an event; the events of one
 * turn of the event loop are sent to a server as one message. While Redis cannot be reached, events are dropped, not
 * queued, and every server reports missed events afterwards. Nothing is stored in Redis.
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
  /** Serialised events of this turn of the event loop, by server. */
  readonly #batches = new Map<string, string>();
  /** Servers that may have missed events, with the time when the last of these was sent (performance.now()). */
  readonly #serversWithMissedEvents = new Map<string, number>();
  /** When all sockets of this server last got a resync (performance.now()). */
  #resyncedAt = -Infinity;
  #resolveCurrent: () => void = () => undefined;
  /** Resolves when the registry is current for the first time. */
  readonly #becomesCurrent = new Promise<void>((resolve) => {
    this.#resolveCurrent = resolve;
  });

  /** @param serverId the setting; with a random suffix it is unique among all processes that ever ran. */
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
        void this.#registry.refresh().then(() => this.#registry.isCurrent && this.#resolveCurrent());
      },
      onUp: () => this.#outage.end(),
      onDown: () => this.#outage.begin(),
      onPublishFailed: () => this.#onPublishFailed(),
    };
    this.#pubSub = isCluster ? new RedisCluster(urls, handlers) : new RedisLink(urls[0], handlers);
    this.#registry = new SubscriptionRegistry({
      sendToAll: (message) =>
        this.#pubSub.publish(CHANNEL_OF_ALL, serializeRegistryMessage(this.#server, message)),
      send: (server, message) =>
        void this.#pubSub.publish(CHANNEL_PREFIX + server, serializeRegistryMessage(this.#server, message)),
      onMissedEvents: (userIds) => this.reportMissedEvents(userIds),
    });
    void this.#pubSub.subscribe(CHANNEL_PREFIX + this.#server);
    void this.#pubSub.subscribe(CHANNEL_OF_ALL);
  }

  override get isUp(): boolean {
    return this.#pubSub.isUp && this.#registry.isCurrent;
  }

  override get lagMs(): number {
    return this.#pubSub.lagMs;
  }

  /** Delays the first request until this server knows the subscriptions of the others. */
  async onModuleInit(): Promise<void> {
    await Promise.race([this.#becomesCurrent, sleep(START_TIMEOUT_MS)]);
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
    void this.#pubSub.publish(CHANNEL_OF_ALL, serializeBroadcast(this.#server, topic, payload));
  }

  override subscribe(userId: UserId): Promise<void> {
    return this.#registry.subscribe(userId);
  }

  override unsubscribe(userId: UserId): void {
    this.#registry.unsubscribe(userId);
  }

  /** Nest's last hook: messages that are acked while the server drains are still published to the other servers. */
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
    const receivers = await this.#pubSub.publish(
      CHANNEL_PREFIX + server,
      serializeEvents(this.#server, events),
    );
    // 0: the server has ended, or Redis has lost its subscription.
    if (receivers === null || receivers === 0) this.#noteMissedEvents(server, sentAt);
  }

  async #sendMissedEvents(server: string, lastAt: number): Promise<void> {
    const text = serializeMissedEvents(this.#server, performance.now() - lastAt);
    const receivers = await this.#pubSub.publish(CHANNEL_PREFIX + server, text);
    if (receivers === null) this.#noteMissedEvents(server, lastAt);
  }

  #noteMissedEvents(server: string, sentAt: number): void {
    const lastAt = this.#serversWithMissedEvents.get(server) ?? 0;
    this.#serversWithMissedEvents.set(server, Math.max(sentAt, lastAt));
  }

  /** Publishing works again. Other servers detect a lost registry message by the version in the heartbeat. */
  #onPublishFailed(): void {
    const servers = [...this.#serversWithMissedEvents];
    this.#serversWithMissedEvents.clear();
    for (const [server, lastAt] of servers) void this.#sendMissedEvents(server, lastAt);
    this.#registry.sendHeartbeat();
    this.reportPublishFailed();
  }

  /** Handles a message from Redis. A malformed one (of another program, or caused by a defect) changes nothing. */
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
        // A resync since the last of these events was sent covers all of them: one outage, one resync.
        if (this.#resyncedAt <= performance.now() - message.sinceLastMs) this.#onMissedEvents();
        return;
    }
  }

  #onMissedEvents(): void {
    this.#resyncedAt = performance.now();
    this.#reorderBuffer.reset();
    this.reportMissedEvents(null);
  }
}
