import type { Message } from '@parley/shared';
import type { ChatClient } from './chat-client.js';
import type { Crowd } from './crowd.js';
import type { Pair } from './database.js';
import { sleep, until } from './wait.js';

const EMOJIS = ['👍', '❤️', '🎉'];
/** From an ack to the next thing that is done, in milliseconds: a server that starts meanwhile needs some of the processor. */
const PAUSE_MS = 20;
/** Messages that are changed: the newest of a room. */
const NEWEST = 6;

/** All of a crowd send, answer, edit, delete and react, each one thing at a time: the load under which things break. */
export class Editing {
  #isGoingOn = true;
  readonly #ends: Promise<void>[];
  readonly #before: number;

  constructor(private readonly crowd: Crowd) {
    this.#before = this.#all();
    this.#ends = crowd.members.flatMap(({ pair, a, b }) => [a, b].map((client) => this.#go(client, pair)));
  }

  /** Waits until so many more changes are acked. */
  async untilConfirmed(more: number, timeoutMs = 30_000): Promise<void> {
    const goal = this.#all() + more;
    await until(`${more} more changes are acked`, () => this.#all() >= goal, timeoutMs);
  }

  /** Resolves when everything that was begun is acked or refused. @throws unless some was. */
  async end(): Promise<void> {
    this.#isGoingOn = false;
    await Promise.all(this.#ends);
    if (this.#all() === this.#before) throw new Error('Nothing was changed.');
  }

  #all(): number {
    return this.crowd.clients.reduce((sum, { changes }) => sum + changes.length, 0);
  }

  async #go(client: ChatClient, { roomId }: Pair): Promise<void> {
    let n = client.changes.length;
    while (this.#isGoingOn) {
      const newest = client
        .room(roomId)
        .messages.filter(({ deleted_at }) => deleted_at === null)
        .slice(-NEWEST);
      const own = newest.filter(({ sender }) => sender.id === client.userId);
      await this.#do(client, roomId, n++, own.length > 0 ? newest : [], own);
      await sleep(PAUSE_MS);
    }
  }

  async #do(client: ChatClient, roomId: number, n: number, newest: Message[], own: Message[]): Promise<void> {
    const [any, mine] = [newest[n % newest.length], own[n % own.length]];
    if (!any || !mine || n % 6 === 0) {
      await client.send(roomId, `by ${client.userId}-${client.acked.size + 1}`, any);
    } else if (n % 6 < 3)
      await client.change(mine, { kind: 'edit', text: `edit ${client.changes.length}.${n}` });
    else if (n % 6 === 3 && n % 4 === 1) await client.change(mine, { kind: 'delete' });
    else await client.change(any, { kind: 'react', emoji: EMOJIS[n % 3]!, on: n % 5 > 1 });
  }
}
