import { Logger } from '@nestjs/common';
import slotOf from 'cluster-key-slot';
import type { PubSub, PubSubListener } from './pub-sub.js';
import { RedisLink } from './redis-link.js';

const SLOTS = 16_384;
/** How often the slots are looked up when nothing says that they have moved, in milliseconds. */
const LOOK_UP_MS = 10_000;
/** Least time between two look-ups, in milliseconds. */
const LOOK_UP_AGAIN_MS = 500;

/**
 * Sharded pub/sub of a Redis cluster (Redis 7): a channel lives on the server that has its slot, so that the load is
 * shared; ordinary pub/sub would send everything to all of them. When slots move, their channels move along, and a gap
 * is told. ioredis' own sharded subscribers are not used: they do not tell when messages may have been lost.
 */
export class RedisCluster implements PubSub {
  readonly #logger = new Logger('Bus');
  /** Known from the start, asked for the slots; they carry nothing by themselves. */
  readonly #seeds: readonly string[];
  readonly #links = new Map<string, RedisLink>();
  readonly #channels = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  /** The address of each slot's server; null until they have been looked up. */
  #slots: readonly (string | undefined)[] | null = null;
  /** The addresses that have slots. */
  #carrying: readonly string[] = [];
  #lookedUpAt = -Infinity;
  #isLookingUp = false;
  #isStale = true;
  #hasGap = false;
  #hasLost = false;
  #isClosing = false;

  constructor(
    urls: readonly string[],
    private readonly listener: PubSubListener,
  ) {
    this.#seeds = urls;
    for (const url of urls) this.#link(url);
    this.#timer = setInterval(() => {
      // The last way may have opened without a word of its own.
      if (this.isUp) this.listener.up();
      this.#tellGap();
      void this.#lookUp();
    }, LOOK_UP_AGAIN_MS / 2).unref();
  }

  get isUp(): boolean {
    return this.#carrying.length > 0 && this.#carrying.every((url) => this.#links.get(url)?.isUp === true);
  }

  get lagMs(): number {
    return Math.max(0, ...this.#carrying.map((url) => this.#links.get(url)?.lagMs ?? 0));
  }

  async publish(channel: string, message: string): Promise<number | null> {
    const link = this.#linkOf(channel);
    if (link) return link.publish(channel, message);
    this.#hasLost = true;
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

  /** Once all ways are open: whoever hears of it has something to ask. */
  #tellGap(): void {
    if (!this.#hasGap || !this.isUp) return;
    this.#hasGap = false;
    this.listener.gap();
  }

  #linkOf(channel: string): RedisLink | undefined {
    const url = this.#slots?.[slotOf(channel)];
    return url === undefined ? undefined : this.#links.get(url);
  }

  #link(url: string): RedisLink {
    const existing = this.#links.get(url);
    if (existing) return existing;
    const listener: PubSubListener = {
      message: (channel, message) => this.listener.message(channel, message),
      gap: () => {
        this.#hasGap = true;
        this.#tellGap();
      },
      // Others may be up or down meanwhile, and one that carries nothing does not matter.
      up: () => this.isUp && this.listener.up(),
      down: () => this.isUp || this.listener.down(),
      lost: () => this.listener.lost(),
    };
    const link = new RedisLink(url, listener, {
      moved: () => {
        this.#isStale = true;
      },
    });
    this.#links.set(url, link);
    return link;
  }

  async #lookUp(): Promise<void> {
    const age = performance.now() - this.#lookedUpAt;
    if (this.#isLookingUp || age < (this.#isStale || !this.isUp ? LOOK_UP_AGAIN_MS : LOOK_UP_MS)) return;
    this.#isLookingUp = true;
    this.#isStale = false;
    try {
      const slots = await this.#ask();
      if (slots && !this.#isClosing) await this.#follow(slots);
    } finally {
      this.#lookedUpAt = performance.now();
      this.#isLookingUp = false;
    }
  }

  /** Whoever answers first in turn knows all of them. @returns null when nobody does. */
  async #ask(): Promise<(string | undefined)[] | null> {
    for (const [url, link] of this.#links) {
      try {
        return parseSlots(await link.slots(), url);
      } catch (error) {
        this.#logger.debug(`${new URL(url).host} does not tell the slots: ${String(error)}`);
      }
    }
    return null;
  }

  async #follow(slots: readonly (string | undefined)[]): Promise<void> {
    const before = new Map([...this.#channels].map((channel) => [channel, this.#linkOf(channel)]));
    const isFirst = this.#slots === null;
    // By the old table some of what we said may have gone where nobody listens any more.
    if (this.#slots?.some((url, slot) => url !== slots[slot])) this.#hasLost = true;
    this.#slots = slots;
    this.#carrying = [...new Set(slots)].filter((url) => url !== undefined);
    for (const url of this.#carrying) this.#link(url);
    for (const [url, link] of this.#links) {
      if (this.#carrying.includes(url) || this.#seeds.includes(url)) continue;
      this.#links.delete(url);
      link.close();
    }
    const moved = [...this.#channels].filter((channel) => before.get(channel) !== this.#linkOf(channel));
    if (moved.length > 0) {
      for (const channel of moved) before.get(channel)?.unsubscribe(channel);
      await Promise.all(moved.map((channel) => this.#linkOf(channel)?.subscribe(channel)));
      if (!isFirst) this.#logger.warn(`${moved.length} channels have moved to other servers of the cluster.`);
      this.#hasGap = true;
      this.#tellGap();
    }
    if (this.#hasLost && this.#carrying.length > 0) {
      this.#hasLost = false;
      this.listener.lost();
    }
  }
}

/** @param asked whom: an address that names no host is there, and it has the same password. */
function parseSlots(answer: unknown, asked: string): (string | undefined)[] {
  const slots = Array.from<string | undefined>({ length: SLOTS });
  for (const [from, to, [host, port]] of answer as [number, number, [string | null, number]][]) {
    const url = new URL(asked);
    if (host) url.hostname = host.includes(':') ? `[${host}]` : host;
    url.port = String(port);
    slots.fill(url.href, from, to + 1);
  }
  return slots;
}
