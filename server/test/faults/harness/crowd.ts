import { ChatClient, type ChatClientOptions } from './chat-client.js';
import { makePairs, type Pair } from './database.js';
import { sleep, until } from './wait.js';

/** Pairs of people who talk without a pause: the load under which things break. */
export class Crowd {
  readonly clients: ChatClient[];
  #isTalking = false;
  #talks: Promise<void>[] = [];
  #sent = 0;

  private constructor(
    readonly pairs: readonly Pair[],
    readonly members: readonly { pair: Pair; a: ChatClient; b: ChatClient }[],
  ) {
    this.clients = members.flatMap(({ a, b }) => [a, b]);
  }

  /** `a` of each pair goes to the first origin first, `b` to the last, and both to the others when that is away. */
  static async gather(
    url: string,
    count: number,
    origins: readonly string[],
    options: ChatClientOptions = {},
  ): Promise<Crowd> {
    const pairs = await makePairs(url, count);
    const members = pairs.map((pair) => ({
      pair,
      a: new ChatClient(pair.a, origins, options),
      b: new ChatClient(pair.b, origins.toReversed(), { ...options, reads: true }),
    }));
    const crowd = new Crowd(pairs, members);
    for (const client of crowd.clients) client.start();
    await crowd.allBack();
    return crowd;
  }

  /** How many messages have been given to the outboxes. */
  get sent(): number {
    return this.#sent;
  }

  get acked(): number {
    return this.clients.reduce((sum, { acked }) => sum + acked.size, 0);
  }

  /** How often all clients together observed something. */
  observed(what: string): number {
    return this.clients.reduce((sum, { observed }) => sum + (observed.get(what) ?? 0), 0);
  }

  async allBack(timeoutMs = 15_000): Promise<void> {
    await until(
      'every client is connected and has caught up',
      () => this.clients.every(({ isSynced }) => isSynced),
      timeoutMs,
    );
  }

  /** Everyone sends the next message as soon as the last one is acked, with a pause of `pauseMs` in between. */
  talk(pauseMs = 0): void {
    this.#isTalking = true;
    this.#talks = this.members.flatMap(({ pair, a, b }) =>
      [a, b].map((client) => this.#talk(client, pair, pauseMs)),
    );
  }

  /** Resolves when everything that was said is acked. */
  async hush(): Promise<void> {
    this.#isTalking = false;
    await Promise.all(this.#talks);
  }

  /** Waits until so many more messages are acked. */
  async untilAcked(more: number, timeoutMs = 15_000): Promise<void> {
    const goal = this.acked + more;
    await until(`${more} more messages are acked`, () => this.acked >= goal, timeoutMs);
  }

  disperse(): void {
    this.#isTalking = false;
    for (const client of this.clients) client.stop();
  }

  async #talk(client: ChatClient, { roomId }: Pair, pauseMs: number): Promise<void> {
    let n = client.acked.size;
    while (this.#isTalking) {
      this.#sent += 1;
      await client.send(roomId, `from ${client.userId}-${++n}`);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }
}
