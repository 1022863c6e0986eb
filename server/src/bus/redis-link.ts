import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import type { PubSub, PubSubListener } from './pub-sub.js';

/** A command that takes longer says that Redis hangs, in milliseconds. */
const COMMAND_TIMEOUT_MS = 200;
/** How often each connection is tried, in milliseconds. */
const PROBE_MS = 1_000;
/** Something was asked and nothing came for this long, in milliseconds: the connection is dead, whatever TCP says. */
const SOCKET_TIMEOUT_MS = 500;

/** How to speak to the Redis of a cluster, where each server carries the channels of its slots. */
export interface Sharding {
  /** This Redis does not, or not any more, carry a channel: the slots have to be looked up again. */
  moved(): void;
}

/**
 * Two connections to one Redis: one publishes, one listens. While it is away nothing is queued: messages are dropped,
 * which is told when it is back.
 */
export class RedisLink implements PubSub {
  readonly #logger = new Logger('Bus');
  readonly #id = randomUUID().slice(0, 8);
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  /** Only this link listens here: what it publishes comes back, and the time tells the lag. */
  readonly #echo = `parley:echo:${this.#id}`;
  readonly #channels = new Set<string>();
  readonly #probe: NodeJS.Timeout;
  #isListening = false;
  /** Messages may not have arrived here: at first, and whenever the subscriber was away. */
  #hasGap = true;
  #hasLost = false;
  #isClosing = false;
  #lagMs = 0;
  /** When the oldest unanswered echo was asked for (performance.now()), null when none is under way. */
  #echoAskedAt: number | null = null;

  /** @param sharding null: a Redis by itself, with the commands that every version has. */
  constructor(
    url: string,
    private readonly listener: PubSubListener,
    private readonly sharding: Sharding | null = null,
  ) {
    this.#publisher = this.#connect(url, 'publisher');
    this.#subscriber = this.#connect(url, 'subscriber');
    this.#publisher.on('ready', () => {
      this.#tellLosses();
      this.#tellUp();
    });
    this.#subscriber.on('ready', () => void this.#resubscribe());
    this.#subscriber.on('close', () => {
      this.#isListening = false;
      this.#hasGap = true;
    });
    for (const event of ['message', 'smessage']) {
      this.#subscriber.on(event, (channel: string, message: string) => {
        if (channel === this.#echo) this.#hearEcho(Number(message));
        else if (this.#channels.has(channel)) this.listener.message(channel, message);
      });
    }
    if (sharding) {
      this.#subscriber.on('moved', () => sharding.moved());
      this.#subscriber.on('error', ({ message }: Error) => {
        // Redis ended a subscription by itself, since the slot has moved. ioredis takes it for the answer to a command.
        if (!message.startsWith('Command queue state error')) return;
        sharding.moved();
        this.#replaceSubscriber();
      });
    }
    this.#probe = setInterval(() => this.#probeBoth(), PROBE_MS).unref();
  }

  get isUp(): boolean {
    return this.#publisher.status === 'ready' && this.#isListening;
  }

  get lagMs(): number {
    return this.#echoAskedAt === null
      ? this.#lagMs
      : Math.max(this.#lagMs, performance.now() - this.#echoAskedAt);
  }

  async publish(channel: string, message: string): Promise<number | null> {
    try {
      if (this.#publisher.status !== 'ready') throw new Error('Redis is away.');
      // ioredis does not tell the type of what `spublish` answers.
      const heardBy: unknown = await (this.sharding
        ? this.#publisher.spublish(channel, message)
        : this.#publisher.publish(channel, message));
      return Number(heardBy);
    } catch (error) {
      this.#hasLost = true;
      this.#noticeMove(error);
      return null;
    }
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    if (!this.#isListening) return;
    // Failing means that the connection is being replaced: #resubscribe takes the channel along, and tells the gap.
    await this.#ask([channel]).catch(() => this.#replaceSubscriber());
  }

  unsubscribe(channel: string): void {
    if (!this.#channels.delete(channel) || !this.#isListening) return;
    if (this.sharding) {
      // Redis drops the channels of slots that it gives away by itself, and then refuses this.
      this.#subscriber.sunsubscribe(channel).catch(() => undefined);
    } else {
      this.#subscriber.unsubscribe(channel).catch(() => this.#replaceSubscriber());
    }
  }

  /** Which Redis of its cluster carries which slots, as this one knows it. */
  slots(): Promise<unknown> {
    return this.#publisher.cluster('SLOTS');
  }

  close(): void {
    this.#isClosing = true;
    clearInterval(this.#probe);
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #connect(url: string, role: string): Redis {
    const options: RedisOptions = {
      connectionName: `parley-${role}-${this.#id}`,
      // Its queue is unbounded: what cannot go now must not be kept.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      connectTimeout: 1_000,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000) * (0.5 + Math.random() / 2),
    };
    const redis = new Redis(url, options);
    redis.on('error', (error: Error) => this.#logger.debug(`Redis, ${role}: ${error.message}`));
    let isKnownToBeAway = false;
    redis.on('ready', () => {
      isKnownToBeAway = false;
    });
    redis.on('close', () => {
      // Also after each vain attempt: once is enough.
      if (this.#isClosing || isKnownToBeAway) return;
      isKnownToBeAway = true;
      this.listener.down();
      // Another may carry its slots from now on.
      this.sharding?.moved();
    });
    return redis;
  }

  #tellLosses(): void {
    if (!this.#hasLost || this.#publisher.status !== 'ready') return;
    this.#hasLost = false;
    this.listener.lost();
  }

  /** Once both ways are open. A gap is reported after that, when its handler can ask the others. */
  #tellUp(): void {
    if (!this.isUp) return;
    this.listener.up();
    if (!this.#hasGap) return;
    this.#hasGap = false;
    this.listener.gap();
  }

  async #resubscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(this.#echo);
      const channels = [...this.#channels];
      if (channels.length > 0) await this.#ask(channels);
      this.#isListening = true;
      const late = [...this.#channels].filter((channel) => !channels.includes(channel));
      if (late.length > 0) await this.#ask(late);
      this.#tellUp();
    } catch {
      this.#replaceSubscriber();
    }
  }

  async #ask(channels: string[]): Promise<void> {
    try {
      if (!this.sharding) await this.#subscriber.subscribe(...channels);
      // One command may only name channels of one slot.
      else await Promise.all(channels.map((channel) => this.#subscriber.ssubscribe(channel)));
    } catch (error) {
      this.#noticeMove(error);
      throw error;
    }
  }

  #noticeMove(error: unknown): void {
    if (error instanceof Error && error.message.startsWith('MOVED')) this.sharding?.moved();
  }

  #hearEcho(askedAt: number): void {
    this.#lagMs = performance.now() - askedAt;
    this.#echoAskedAt = null;
  }

  /** Gives each connection something to answer, so that one that hangs is noticed (socketTimeout) and replaced. */
  #probeBoth(): void {
    // A command that timed out on a connection that goes on: nothing else would ever tell.
    this.#tellLosses();
    for (const redis of [this.#publisher, this.#subscriber]) {
      if (redis.status === 'ready') redis.ping().catch(() => undefined);
    }
    const now = performance.now();
    this.#echoAskedAt ??= now;
    if (this.#publisher.status === 'ready')
      this.#publisher.publish(this.#echo, String(now)).catch(() => undefined);
  }

  /** Begins anew: #resubscribe takes all channels along. */
  #replaceSubscriber(): void {
    if (!this.#isClosing && this.#subscriber.status === 'ready') this.#subscriber.disconnect(true);
  }
}
