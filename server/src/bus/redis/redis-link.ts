import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import type { PubSub, PubSubHandlers } from './pub-sub.js';
import { REPLY_TIMEOUT_MS, ReplyTimeout } from './reply-timeout.js';

/** Interval of the probes of each connection, in milliseconds. */
const PROBE_MS = 1_000;

/** Makes a link use sharded pub/sub, for a Redis that is part of a cluster and has the channels of its slots. */
export interface Sharding {
  /** Called when this Redis may not have the slot of a channel any more: the slot table has to be read again. */
  onSlotsMoved(): void;
}

/**
 * Two connections to one Redis: a publisher and a subscriber. While Redis cannot be reached, messages are dropped, not
 * queued, and reported as missed or failed afterwards.
 */
export class RedisLink implements PubSub {
  readonly #logger = new Logger('Bus');
  readonly #id = randomUUID().slice(0, 8);
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #publisherTimeout: ReplyTimeout;
  readonly #subscriberTimeout: ReplyTimeout;
  /** Only this link subscribes to it. A probe that it publishes here returns to it, which measures the lag. */
  readonly #echoChannel = `parley:echo:${this.#id}`;
  readonly #channels = new Set<string>();
  readonly #probe: NodeJS.Timeout;
  #isSubscribed = false;
  /** True at first, and after each loss of the subscriber's connection. */
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
    // When Redis ends a subscription, ioredis takes that for the reply to a pending command, whose own reply never comes.
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

  /** The slot table of the cluster, as this Redis has it. */
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
      // The offline queue of ioredis is unbounded. A message that cannot be sent now is dropped.
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
      // 'close' is also emitted after each failed attempt to reconnect. Only the first one counts.
      if (this.#isClosing || isAway) return;
      isAway = true;
      this.handlers.onDown();
      // Another Redis may have its slots from now on.
      this.sharding?.onSlotsMoved();
    });
    return redis;
  }

  #reportPublishFailed(): void {
    if (!this.#hasPublishFailed || this.#publisher.status !== 'ready') return;
    this.#hasPublishFailed = false;
    this.handlers.onPublishFailed();
  }

  /** Reports missed messages only when both connections are open, because the handler sends requests. */
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

  /** Sends a command on each connection, so that a connection that hangs is detected and replaced. */
  #probeConnections(): void {
    // For a command that Redis refused while the connection stayed open: no 'ready' event follows.
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
