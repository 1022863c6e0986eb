import { Logger } from '@nestjs/common';
import slotOf from 'cluster-key-slot';
import type { PubSub, PubSubHandlers } from './pub-sub.js';
import { RedisLink } from './redis-link.js';

const SLOTS = 16_384;
/** Interval between reads of the slot table while there is no sign that slots have moved, in milliseconds. */
const READ_SLOTS_MS = 10_000;
/** Shortest interval between two reads, in milliseconds. */
const MIN_READ_SLOTS_MS = 500;

/**
 * Sharded pub/sub of a Redis cluster (Redis 7): a channel is on the master that has its slot, so that the load is shared;
 * ordinary pub/sub would send everything to all masters. When slots move, their channels move along, and missed messages
 * are reported. ioredis' own sharded subscribers are not used, because they do not report that messages may be lost.
 */
export class RedisCluster implements PubSub {
  readonly #logger = new Logger('Bus');
  /** URLs of the setting. Their links stay open to read the slot table, also when they have no slots. */
  readonly #seeds: readonly string[];
  readonly #links = new Map<string, RedisLink>();
  readonly #channels = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  /** URL of the master of each slot; null until the table was read. */
  #slots: readonly (string | undefined)[] | null = null;
  /** URLs that have slots. */
  #urlsWithSlots: readonly string[] = [];
  #slotsReadAt = -Infinity;
  #isReadingSlots = false;
  #areSlotsStale = true;
  #mayHaveMissed = false;
  #hasPublishFailed = false;
  #isClosing = false;

  constructor(
    urls: readonly string[],
    private readonly handlers: PubSubHandlers,
  ) {
    this.#seeds = urls;
    for (const url of urls) this.#link(url);
    this.#timer = setInterval(() => {
      // The last missing connection may have opened without calling a handler.
      if (this.isUp) this.handlers.onUp();
      this.#reportMissed();
      void this.#updateSlots();
    }, MIN_READ_SLOTS_MS / 2).unref();
  }

  get isUp(): boolean {
    return (
      this.#urlsWithSlots.length > 0 &&
      this.#urlsWithSlots.every((url) => this.#links.get(url)?.isUp === true)
    );
  }

  get lagMs(): number {
    return Math.max(0, ...this.#urlsWithSlots.map((url) => this.#links.get(url)?.lagMs ?? 0));
  }

  async publish(channel: string, message: string): Promise<number | null> {
    const link = this.#linkOf(channel);
    if (link) return link.publish(channel, message);
    this.#hasPublishFailed = true;
    return null;
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    await this.#linkOf(channel)?.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
    this.#linkOf(channel)?.unsubscribe(channel);
  }

  close(): void {
    this.#isClosing = true;
    clearInterval(this.#timer);
    for (const link of this.#links.values()) link.close();
  }

  /** Reports missed messages only when all connections are open, because the handler sends requests. */
  #reportMissed(): void {
    if (!this.#mayHaveMissed || !this.isUp) return;
    this.#mayHaveMissed = false;
    this.handlers.onMissedMessages();
  }

  #linkOf(channel: string): RedisLink | undefined {
    const url = this.#slots?.[slotOf(channel)];
    return url === undefined ? undefined : this.#links.get(url);
  }

  #link(url: string): RedisLink {
    const existing = this.#links.get(url);
    if (existing) return existing;
    const handlers: PubSubHandlers = {
      onMessage: (channel, message) => this.handlers.onMessage(channel, message),
      onMissedMessages: () => {
        this.#mayHaveMissed = true;
        this.#reportMissed();
      },
      // Depends on all links that have slots, not on this one alone.
      onUp: () => this.isUp && this.handlers.onUp(),
      onDown: () => this.isUp || this.handlers.onDown(),
      onPublishFailed: () => this.handlers.onPublishFailed(),
    };
    const link = new RedisLink(url, handlers, {
      onSlotsMoved: () => {
        this.#areSlotsStale = true;
      },
    });
    this.#links.set(url, link);
    return link;
  }

  async #updateSlots(): Promise<void> {
    const age = performance.now() - this.#slotsReadAt;
    if (this.#isReadingSlots || age < (this.#areSlotsStale || !this.isUp ? MIN_READ_SLOTS_MS : READ_SLOTS_MS))
      return;
    this.#isReadingSlots = true;
    this.#areSlotsStale = false;
    try {
      const slots = await this.#readSlots();
      if (slots && !this.#isClosing) await this.#applySlots(slots);
    } finally {
      this.#slotsReadAt = performance.now();
      this.#isReadingSlots = false;
    }
  }

  /** Every Redis of the cluster has the whole table: the first reply is used. @returns null when none replies. */
  async #readSlots(): Promise<(string | undefined)[] | null> {
    for (const [url, link] of this.#links) {
      try {
        return parseSlots(await link.readSlots(), url);
      } catch (error) {
        this.#logger.debug(`${new URL(url).host} did not return the slots: ${String(error)}`);
      }
    }
    return null;
  }

  async #applySlots(slots: readonly (string | undefined)[]): Promise<void> {
    const before = new Map([...this.#channels].map((channel) => [channel, this.#linkOf(channel)]));
    const isFirst = this.#slots === null;
    // With the old table some messages may have been published to a master where no server subscribes any more.
    if (this.#slots?.some((url, slot) => url !== slots[slot])) this.#hasPublishFailed = true;
    this.#slots = slots;
    this.#urlsWithSlots = [...new Set(slots)].filter((url) => url !== undefined);
    for (const url of this.#urlsWithSlots) this.#link(url);
    for (const [url, link] of this.#links) {
      if (this.#urlsWithSlots.includes(url) || this.#seeds.includes(url)) continue;
      this.#links.delete(url);
      link.close();
    }
    const moved = [...this.#channels].filter((channel) => before.get(channel) !== this.#linkOf(channel));
    if (moved.length > 0) {
      for (const channel of moved) before.get(channel)?.unsubscribe(channel);
      await Promise.all(moved.map((channel) => this.#linkOf(channel)?.subscribe(channel)));
      if (!isFirst) this.#logger.warn(`${moved.length} channels have moved to other servers of the cluster.`);
      this.#mayHaveMissed = true;
      this.#reportMissed();
    }
    if (this.#hasPublishFailed && this.#urlsWithSlots.length > 0) {
      this.#hasPublishFailed = false;
      this.handlers.onPublishFailed();
    }
  }
}

/** @param replier URL of the Redis that replied: an entry without a host means this host. All use the same password. */
function parseSlots(reply: unknown, replier: string): (string | undefined)[] {
  const slots = Array.from<string | undefined>({ length: SLOTS });
  for (const [from, to, [host, port]] of reply as [number, number, [string | null, number]][]) {
    const url = new URL(replier);
    if (host) url.hostname = host.includes(':') ? `[${host}]` : host;
    url.port = String(port);
    slots.fill(url.href, from, to + 1);
  }
  return slots;
}
