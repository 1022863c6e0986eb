import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisAddresses } from '../config/redis-url.js';
import { errorFields } from '../logging/log-line.js';
import { Outage } from '../logging/outage.js';
import { EventBus, type BusListener, type RoomEvent } from './event-bus.js';
import { HostDirectory, type DirectoryMessage } from './host-directory.js';
import type { PubSub, PubSubListener } from './pub-sub.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisLink } from './redis-link.js';
import { readEvents, writeEvent } from './room-event-text.js';
import { SeqGate } from './seq-gate.js';

/** The number is that of what servers say to each other: those of another version do not listen here. */
const PREFIX = 'parley:2:';
/** Every server hears this one. */
const ALL = `${PREFIX}all`;
/** Longest wait for the other servers at the start, in milliseconds. Without Redis a server serves all the same. */
const START_TIMEOUT_MS = 1_000;
/** Events for one server that go together at most, in characters. */
const MAX_PARCEL = 512 * 1_024;

/** What follows the sender and a `|`: a word, and what it is about. */
type Word = 'events' | 'directory' | 'said' | 'gap';

/**
 * Servers joined by Redis pub/sub, of one Redis or of a cluster. Sockets of this server are told directly and never
 * wait for Redis. Each server listens to a channel of its own and to one for all; who has sockets where, the servers tell
 * each other (HostDirectory), so that an event goes to the servers that need it, and what one turn of the event loop has
 * for a server goes as one message. While Redis is away nothing is queued: events are dropped, and when it is back
 * every server is told of the gap. Nothing is kept in Redis.
 */
export class RedisEventBus extends EventBus implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Bus');
  readonly #outage = new Outage(this.#logger, 'warn', {
    began: 'Redis cannot be reached: events reach the sockets of this server only, until it is back',
    ended: 'Redis can be reached again: clients catch up',
  });
  readonly #server: string;
  readonly #pubSub: PubSub;
  readonly #gate = new SeqGate({
    deliver: (event) => this.#listener?.event(event),
    settledBefore: async (roomId, seq) => (await this.#listener?.settledBefore(roomId, seq)) ?? 0,
    isAlone: () => this.#directory.isAlone,
  });
  readonly #directory: HostDirectory;
  /** Events on their way out, by server: those of this turn. */
  readonly #parcels = new Map<string, string>();
  /** Servers that may not have got all that was sent to them. */
  readonly #unheard = new Set<string>();
  #listener: BusListener | null = null;
  #joined: () => void = () => undefined;
  readonly #isJoined = new Promise<void>((resolve) => {
    this.#joined = resolve;
  });

  /** @param serverId names the server for people; the bus adds what makes it unique among all that ever ran. */
  constructor(url: string, serverId: string) {
    super();
    this.#server = `${serverId}-${randomUUID().slice(0, 8)}`;
    const { isCluster, urls } = redisAddresses(url);
    const listener: PubSubListener = {
      message: (channel, message) => this.#hearAny(channel, message),
      gap: () => {
        this.#gap();
        void this.#directory.refresh().then(() => this.#directory.isCurrent && this.#joined());
      },
      up: () => this.#outage.end(),
      down: () => this.#outage.begin(),
      // Some of what we said never left, or nobody knows. Of the directory, the next beat shows it.
      lost: () => {
        const servers = [...this.#unheard];
        this.#unheard.clear();
        for (const server of servers) void this.#sayToServer(server, 'gap');
        this.#directory.beat();
        this.#listener?.lost();
      },
    };
    this.#pubSub = isCluster ? new RedisCluster(urls, listener) : new RedisLink(urls[0], listener);
    this.#directory = new HostDirectory({
      toAll: (message) => this.#say(ALL, 'directory', JSON.stringify(message)),
      to: (server, message) => void this.#say(PREFIX + server, 'directory', JSON.stringify(message)),
      gap: (users) => this.#listener?.gap(users),
    });
    void this.#pubSub.subscribe(PREFIX + this.#server);
    void this.#pubSub.subscribe(ALL);
  }

  override get isUp(): boolean {
    return this.#pubSub.isUp && this.#directory.isCurrent;
  }

  override get lagMs(): number {
    return this.#pubSub.lagMs;
  }

  /** Before the first request: whoever tells of an event knows where it has to go. */
  async onModuleInit(): Promise<void> {
    await Promise.race([this.#isJoined, sleep(START_TIMEOUT_MS)]);
  }

  override listen(listener: BusListener): void {
    this.#listener = listener;
  }

  override tell(event: RoomEvent): void {
    this.#gate.pass(event);
    this.#directory.begin();
    const servers = this.#directory.serversOf(event.users);
    if (servers.size === 0) return;
    const text = writeEvent(event);
    for (const server of servers) this.#pack(server, text);
  }

  override broadcast(message: string): void {
    void this.#say(ALL, 'said', message);
  }

  override host(userId: number): Promise<void> {
    return this.#directory.host(userId);
  }

  override leave(userId: number): void {
    this.#directory.leave(userId);
  }

  /** The last hook of all: what is acked while the server drains is still to be told to the other servers. */
  onApplicationShutdown(): void {
    this.#sendParcels();
    this.#directory.close();
    this.#pubSub.close();
  }

  #pack(server: string, text: string): void {
    if (this.#parcels.size === 0) process.nextTick(() => this.#sendParcels());
    const parcel = (this.#parcels.get(server) ?? '') + text;
    this.#parcels.set(server, parcel);
    if (parcel.length > MAX_PARCEL) this.#sendParcels();
  }

  #sendParcels(): void {
    for (const [server, events] of this.#parcels) void this.#sayToServer(server, 'events', events);
    this.#parcels.clear();
  }

  /** What may not have arrived is made good for by a gap, once the way is open again. */
  async #sayToServer(server: string, word: 'events' | 'gap', text = ''): Promise<void> {
    const heardBy = await this.#say(PREFIX + server, word, text);
    // Nobody listening is a server that has ended, or a Redis that has lost sight of it.
    if (heardBy === null || (heardBy === 0 && word === 'events')) this.#unheard.add(server);
  }

  #say(channel: string, word: Word, text = ''): Promise<number | null> {
    return this.#pubSub.publish(channel, `${this.#server}|${word}|${text}`);
  }

  /** What makes no sense (another program, another version) must not end the process. */
  #hearAny(channel: string, message: string): void {
    try {
      this.#hear(message);
    } catch (error) {
      this.#logger.warn({ msg: 'A message from Redis is not understood', channel, ...errorFields(error) });
    }
  }

  #hear(message: string): void {
    const [from = '', word = ''] = message.split('|', 2);
    if (from === this.#server) return;
    const text = message.slice(from.length + word.length + 2);
    switch (word) {
      case 'events':
        for (const event of readEvents(text)) this.#gate.pass(event);
        return;
      case 'directory':
        return this.#directory.hear(from, JSON.parse(text) as DirectoryMessage);
      case 'said':
        return this.#listener?.broadcast(text);
      case 'gap':
        return this.#gap();
      default:
        throw new Error('neither events nor anything else');
    }
  }

  #gap(): void {
    this.#gate.reset();
    this.#listener?.gap();
  }
}
