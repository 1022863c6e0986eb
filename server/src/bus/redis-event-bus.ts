import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { EventBus, type BusEvent, type BusListener, type Topic } from './event-bus.js';
import { SeqGate } from './seq-gate.js';

const PREFIX = 'parley:';
/** Every node hears this one. */
const ALL = `${PREFIX}all`;
/** A command that takes longer says that Redis hangs, in milliseconds. */
const COMMAND_TIMEOUT_MS = 200;
/** How often each connection is tried, in milliseconds. */
const PROBE_MS = 1_000;
/** Something was asked and nothing came for this long, in milliseconds: the connection is dead, whatever TCP says. */
const SOCKET_TIMEOUT_MS = 500;
/** Channels in one SUBSCRIBE. */
const SUBSCRIBE_CHUNK = 1_000;
/** What a node says to all when it may have failed to tell them something. */
const GAP = 'gap';

/**
 * Nodes joined by Redis pub/sub: one connection publishes, one listens. Sockets of this node are told directly and
 * never wait for Redis. While Redis is away nothing is queued: events are dropped, and when it is back every node is
 * told of the gap. Nothing is kept in Redis.
 */
export class RedisEventBus extends EventBus implements OnApplicationShutdown {
  readonly #logger = new Logger('Bus');
  readonly #node = randomUUID().slice(0, 8);
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  /** Only this node listens here: what it publishes comes back, and the time tells the lag. */
  readonly #echo = `${PREFIX}echo:${this.#node}`;
  readonly #channels = new Set<string>([ALL, this.#echo]);
  /** Those that Redis has not confirmed yet: the second socket of a topic waits for it like the first. */
  readonly #subscribing = new Map<string, Promise<void>>();
  readonly #gate = new SeqGate((topic, event) => this.#listener?.event(topic, event));
  readonly #probe: NodeJS.Timeout;
  #listener: BusListener | null = null;
  #isListening = false;
  #hasLost = false;
  #isClosing = false;
  #lagMs = 0;
  /** When the oldest unanswered echo was asked for (performance.now()), null when none is under way. */
  #echoAskedAt: number | null = null;

  constructor(url: string) {
    super();
    this.#publisher = this.#connect(url, 'publisher');
    this.#subscriber = this.#connect(url, 'subscriber');
    this.#publisher.on('ready', () => this.#tellLosses());
    this.#subscriber.on('ready', () => void this.#resubscribe());
    this.#subscriber.on('close', () => {
      this.#isListening = false;
    });
    this.#subscriber.on('message', (channel: string, message: string) => this.#hearAny(channel, message));
    this.#probe = setInterval(() => this.#probeBoth(), PROBE_MS).unref();
  }

  override get isUp(): boolean {
    return this.#publisher.status === 'ready' && this.#isListening;
  }

  override get lagMs(): number {
    return this.#echoAskedAt === null
      ? this.#lagMs
      : Math.max(this.#lagMs, performance.now() - this.#echoAskedAt);
  }

  override listen(listener: BusListener): void {
    this.#listener = listener;
  }

  override publish(topic: Topic, event: BusEvent): void {
    this.#gate.pass(topic, event);
    const { json, exceptUser, order } = event;
    const header = `${this.#node}|${exceptUser ?? ''}|${order ? `${order.roomId}/${order.seq}` : ''}|`;
    this.#send(PREFIX + topic, header + json);
  }

  override broadcast(message: string): void {
    this.#send(ALL, `${this.#node}|${message}`);
  }

  override subscribe(topic: Topic): Promise<void> {
    const channel = PREFIX + topic;
    const underWay = this.#subscribing.get(channel);
    if (underWay || this.#channels.has(channel)) return underWay ?? Promise.resolve();
    this.#channels.add(channel);
    if (!this.#isListening) return Promise.resolve();
    const subscribing = this.#subscribe(channel).finally(() => this.#subscribing.delete(channel));
    this.#subscribing.set(channel, subscribing);
    return subscribing;
  }

  override unsubscribe(topic: Topic): void {
    const channel = PREFIX + topic;
    if (!this.#channels.delete(channel) || !this.#isListening) return;
    this.#subscriber.unsubscribe(channel).catch(() => this.#replaceSubscriber());
  }

  /** The last hook of all: what is acked while the server drains is still to be told to the other nodes. */
  onApplicationShutdown(): void {
    this.#isClosing = true;
    clearInterval(this.#probe);
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #connect(url: string, role: string): Redis {
    const options: RedisOptions = {
      connectionName: `parley-${role}-${this.#node}`,
      // Its queue is unbounded: what cannot go now must not be kept.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      enableAutoPipelining: true,
      commandTimeout: COMMAND_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      connectTimeout: 1_000,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000) * (0.5 + Math.random() / 2),
    };
    const redis = new Redis(url, options);
    redis.on('error', (error: Error) => this.#logger.debug(`Redis, ${role}: ${error.message}`));
    redis.on('close', () => {
      if (!this.#isClosing) this.#logger.warn(`The ${role}'s connection to Redis is closed; trying again.`);
    });
    return redis;
  }

  /** Failing means that the connection is being replaced: #resubscribe takes the channel along, and tells the gap. */
  async #subscribe(channel: string): Promise<void> {
    await this.#subscriber.subscribe(channel).catch(() => this.#replaceSubscriber());
  }

  #send(channel: string, message: string): void {
    if (this.#publisher.status !== 'ready') {
      this.#hasLost = true;
      return;
    }
    this.#publisher.publish(channel, message).catch(() => {
      this.#hasLost = true;
    });
  }

  /** Some of our events never left, or nobody knows: all nodes' sockets may lack some. */
  #tellLosses(): void {
    if (!this.#hasLost || this.#publisher.status !== 'ready') return;
    this.#hasLost = false;
    this.broadcast(GAP);
  }

  async #resubscribe(): Promise<void> {
    try {
      const channels = [...this.#channels];
      for (let i = 0; i < channels.length; i += SUBSCRIBE_CHUNK) {
        await this.#subscriber.subscribe(...channels.slice(i, i + SUBSCRIBE_CHUNK));
      }
      this.#isListening = true;
      const late = [...this.#channels].filter((channel) => !channels.includes(channel));
      if (late.length > 0) await this.#subscriber.subscribe(...late);
      this.#gap();
    } catch {
      this.#replaceSubscriber();
    }
  }

  /** What makes no sense (another program, another version) must not end the process. */
  #hearAny(channel: string, message: string): void {
    try {
      this.#hear(channel, message);
    } catch (error) {
      this.#logger.warn(
        `Not understood on ${channel}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #hear(channel: string, message: string): void {
    if (channel === this.#echo) return this.#hearEcho(message);
    const [from] = message.split('|', 1);
    if (from === this.#node || from === undefined) return;
    if (channel === ALL) {
      const said = message.slice(from.length + 1);
      if (said === GAP) this.#gap();
      else this.#listener?.broadcast(said);
      return;
    }
    const userEnd = message.indexOf('|', from.length + 1);
    const orderEnd = message.indexOf('|', userEnd + 1);
    const exceptUser = message.slice(from.length + 1, userEnd);
    const [roomId, seq] = message
      .slice(userEnd + 1, orderEnd)
      .split('/')
      .map(Number);
    this.#gate.pass(channel.slice(PREFIX.length) as Topic, {
      json: message.slice(orderEnd + 1),
      exceptUser: exceptUser ? Number(exceptUser) : undefined,
      order: roomId !== undefined && seq !== undefined ? { roomId, seq } : undefined,
    });
  }

  #hearEcho(askedAt: string): void {
    this.#lagMs = performance.now() - Number(askedAt);
    this.#echoAskedAt = null;
  }

  #gap(): void {
    this.#gate.reset();
    this.#listener?.gap();
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
