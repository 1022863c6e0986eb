import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EventBus, type BusEvent, type BusListener, type Topic } from './event-bus.js';
import type { PubSub, PubSubListener } from './pub-sub.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisLink } from './redis-link.js';
import { redisAddresses } from '../config/redis-url.js';
import { SeqGate } from './seq-gate.js';

const PREFIX = 'parley:';
/** Every node hears this one. */
const ALL = `${PREFIX}all`;
/** What a node says to all when it may have failed to tell them something. */
const GAP = 'gap';

/**
 * Nodes joined by Redis pub/sub, of one Redis or of a cluster. Sockets of this node are told directly and never wait
 * for Redis. While Redis is away nothing is queued: events are dropped, and when it is back every node is told of the
 * gap. Nothing is kept in Redis.
 */
export class RedisEventBus extends EventBus implements OnApplicationShutdown {
  readonly #logger = new Logger('Bus');
  readonly #node = randomUUID().slice(0, 8);
  readonly #pubSub: PubSub;
  readonly #gate = new SeqGate((topic, event) => this.#listener?.event(topic, event));
  #listener: BusListener | null = null;

  constructor(url: string) {
    super();
    const { isCluster, urls } = redisAddresses(url);
    const listener: PubSubListener = {
      message: (channel, message) => this.#hearAny(channel, message),
      gap: () => this.#gap(),
      // Some of our events never left, or nobody knows: all nodes' sockets may lack some.
      lost: () => this.broadcast(GAP),
    };
    this.#pubSub = isCluster ? new RedisCluster(urls, listener) : new RedisLink(urls[0], listener);
    void this.#pubSub.subscribe(ALL);
  }

  override get isUp(): boolean {
    return this.#pubSub.isUp;
  }

  override get lagMs(): number {
    return this.#pubSub.lagMs;
  }

  override listen(listener: BusListener): void {
    this.#listener = listener;
  }

  override publish(topic: Topic, event: BusEvent): void {
    this.#gate.pass(topic, event);
    const { json, exceptUser, order } = event;
    const header = `${this.#node}|${exceptUser ?? ''}|${order ? `${order.roomId}/${order.seq}` : ''}|`;
    this.#pubSub.publish(PREFIX + topic, header + json);
  }

  override broadcast(message: string): void {
    this.#pubSub.publish(ALL, `${this.#node}|${message}`);
  }

  override subscribe(topic: Topic): Promise<void> {
    return this.#pubSub.subscribe(PREFIX + topic);
  }

  override unsubscribe(topic: Topic): void {
    this.#pubSub.unsubscribe(PREFIX + topic);
  }

  /** The last hook of all: what is acked while the server drains is still to be told to the other nodes. */
  onApplicationShutdown(): void {
    this.#pubSub.close();
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

  #gap(): void {
    this.#gate.reset();
    this.#listener?.gap();
  }
}
