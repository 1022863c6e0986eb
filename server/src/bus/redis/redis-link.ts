import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import type { PubSub, PubSubHandlers } from './pub-sub.js';
import { REPLY_TIMEOUT_MS, ReplyTimeout } from './reply-timeout.js';

/** Interval of the probes of each connection, in milliseconds. */
const PROBE_MS = 1_000;

/** For a Redis that is part of a cluster: each carries the channels of its slots (sharded pub/sub). */
export interface Sharding {
  /** This Redis does not carry a channel (any more): the slots have to be read again. */
  onSlotsMoved(): void;
}

/**
 * Two connections to one Redis, a publisher and a subscriber. While it is away nothing is queued: messages are dropped,
 * and reported as missed or failed when it is back.
 */
export class RedisLink implements PubSub {
  readonly #logger = new Logger('Bus');
  readonly #id = randomUUID().slice(0, 8);
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #publisherTimeout: ReplyTimeout;
  readonly #subscriberTimeout: ReplyTimeout;
  /** Only this link subscribes to it: a probe that it publishes here comes back and measures the lag. */
  readonly #echoChannel = `parley:echo:${this.#id}`;
  readonly #channels = new Set<string>();
  readonly #probe: NodeJS.Timeout;
  #isSubscribed = false;
  /** True at first, and whenever the subscriber was away. */
  #mayHaveMissed = true;
  #hasPublishFailed = false;
  #isClosing = false;
  #lagMs = 0;
  /** When the oldest probe without an echo was sent (performance.now()); null: none. */
  #probeSentAt: number | null = null;

  /** @param sharding null: a single Redis, with the commands of every version. */
  constructor(
    url: string,
    private readonly handlers: PubSubHandlers,
    private readonly sharding: Sharding | null = null,
  ) {
    this.#publisher = this.#connect(url, 'publisher');
    // A subscription that Redis ends is taken by ioredis for the reply to a pending command, whose own reply never comes.
    this.#subscriber = this.#connect(url, 'subscriber', { commandTimeout: REPLY_TIMEOUT_MS });
    this.#publisherTimeout = new ReplyTimeout(this.#publisher);
    this.#subscriberTimeout = new ReplyTimeout(this.#subscriber);
    this.#publisher.on('ready', () => {
      this.#reportPublishFailed();
      this.#reportUp();
    });
    this.#subscriber.on('ready', () => void this.#resubscribe());
    this.#subscriber.on('close', () => {
      this.#isSubscribed = false;
      this.#mayHaveMissed = true;
    });
    for (const event of ['message', 'smessage']) {
      this.#subscriber.on(event, (channel: string, message: string) => {
        if (channel === this.#echoChannel) this.#onEcho(Number(message));
        else if (this.#channels.has(channel)) this.handlers.onMessage(channel, message);
      });
    }
    if (sharding) {
      this.#subscriber.on('moved', () => sharding.onSlotsMoved());
      this.#subscriber.on('error', ({ message }: Error) => {
        // Redis ended a subscription because the slot has moved. ioredis takes that for the reply to a command.
        if (!message.startsWith('Command queue state error')) return;
        sharding.onSlotsMoved();
        this.#replaceSubscriber();
      });
    }
    this.#probe = setInterval(() => this.#probeConnections(), PROBE_MS).unref();
  }

  get isUp(): boolean {
    return this.#publisher.status === 'ready' && this.#isSubscribed;
  }

  get lagMs(): number {
    return this.#probeSentAt === null
      ? this.#lagMs
      : Math.max(this.#lagMs, performance.now() - this.#probeSentAt);
  }

  async publish(channel: string, message: string): Promise<number | null> {
    try {
      if (this.#publisher.status !== 'ready') throw new Error('Redis is away.');
      this.#publisherTimeout.expectReply();
      // ioredis does not type the reply of `spublish`.
      const receivers: unknown = await (this.sharding
        ? this.#publisher.spublish(channel, message)
        : this.#publisher.publish(channel, message));
      return Number(receivers);
    } catch (error) {
      this.#hasPublishFailed = true;
      this.#checkMoved(error);
      return null;
    }
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    if (!this.#isSubscribed) return;
    // A failure replaces the connection: #resubscribe includes the channel and reports missed messages.
    await this.#sendSubscribe([channel]).catch(() => this.#replaceSubscriber());
  }

  unsubscribe(channel: string): void {
    if (!this.#channels.delete(channel) || !this.#isSubscribed) return;
    if (this.sharding) {
      // Redis has already dropped the channels of slots that moved away, and then refuses this.
      this.#subscriber.sunsubscribe(channel).catch(() => undefined);
    } else {
      this.#subscriber.unsubscribe(channel).catch(() => this.#replaceSubscriber());
    }
  }

  /** Which Redis of the cluster carries which slots, as this one knows it. */
  readSlots(): Promise<unknown> {
    return this.#publisher.cluster('SLOTS');
  }

  close(): void {
    this.#isClosing = true;
    clearInterval(this.#probe);
    this.#publisherTimeout.close();
    this.#subscriberTimeout.close();
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #connect(url: string, role: string, more: RedisOptions = {}): Redis {
    const options: RedisOptions = {
      connectionName: `parley-${role}-${this.#id}`,
      // That queue is unbounded: a message that cannot be sent now must not be kept.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      connectTimeout: 1_000,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000) * (0.5 + Math.random() / 2),
      ...more,
    };
    const redis = new Redis(url, options);
    redis.on('error', (error: Error) => this.#logger.debug(`Redis, ${role}: ${error.message}`));
    let isAway = false;
    redis.on('ready', () => {
      isAway = false;
    });
    redis.on('close', () => {
      // Also emitted after each failed attempt to reconnect: once is enough.
      if (this.#isClosing || isAway) return;
      isAway = true;
      this.handlers.onDown();
      // Another Redis may carry its slots from now on.
      this.sharding?.onSlotsMoved();
    });
    return redis;
  }

  #reportPublishFailed(): void {
    if (!this.#hasPublishFailed || this.#publisher.status !== 'ready') return;
    this.#hasPublishFailed = false;
    this.handlers.onPublishFailed();
  }

  /** Once both directions are open. Missed messages are reported then because their handler sends requests. */
  #reportUp(): void {
    if (!this.isUp) return;
    this.handlers.onUp();
    if (!this.#mayHaveMissed) return;
    this.#mayHaveMissed = false;
    this.handlers.onMissedMessages();
  }

  async #resubscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(this.#echoChannel);
      const channels = [...this.#channels];
      if (channels.length > 0) await this.#sendSubscribe(channels);
      this.#isSubscribed = true;
      const late = [...this.#channels].filter((channel) => !channels.includes(channel));
      if (late.length > 0) await this.#sendSubscribe(late);
      this.#reportUp();
    } catch {
      this.#replaceSubscriber();
    }
  }

  async #sendSubscribe(channels: string[]): Promise<void> {
    this.#subscriberTimeout.expectReply();
    try {
      if (!this.sharding) await this.#subscriber.subscribe(...channels);
      // One command may only name channels of one slot.
      else await Promise.all(channels.map((channel) => this.#subscriber.ssubscribe(channel)));
    } catch (error) {
      this.#checkMoved(error);
      throw error;
    }
  }

  #checkMoved(error: unknown): void {
    if (error instanceof Error && error.message.startsWith('MOVED')) this.sharding?.onSlotsMoved();
  }

  #onEcho(sentAt: number): void {
    this.#lagMs = performance.now() - sentAt;
    this.#probeSentAt = null;
  }

  /** Sends a command on each connection, so that one that hangs is noticed and replaced. */
  #probeConnections(): void {
    // Covers a command that Redis refused on a connection that stays open: no other event reports it.
    this.#reportPublishFailed();
    this.#publisherTimeout.ping();
    this.#subscriberTimeout.ping();
    const now = performance.now();
    this.#probeSentAt ??= now;
    if (this.#publisher.status === 'ready')
      this.#publisher.publish(this.#echoChannel, String(now)).catch(() => undefined);
  }

  /** The new connection subscribes to all channels (#resubscribe). */
  #replaceSubscriber(): void {
    if (!this.#isClosing && this.#subscriber.status === 'ready') this.#subscriber.disconnect(true);
  }
}
