import type { ServerFrame } from '@parley/shared';
import { WebSocket } from 'ws';
import { makePairs } from './database.js';
import { sleep } from './wait.js';

/** From a message of a victim to the next, in milliseconds. */
const PACE_MS = 100;
/** The wait for an ack ends after this, in milliseconds. */
const ACK_TIMEOUT_MS = 10_000;

/** Users who only want to chat while others do harm. Each has a room of its own. */
export class Victims {
  private constructor(private readonly all: readonly Victim[]) {}

  static async open(databaseUrl: string, port: number, count: number): Promise<Victims> {
    const pairs = await makePairs(databaseUrl, count);
    return new Victims(await Promise.all(pairs.map(({ roomId, a }) => Victim.open(port, roomId, a))));
  }

  /** Errors that the server has answered their messages with. */
  get refusals(): ServerFrame[] {
    return this.all.flatMap(({ refusals }) => refusals);
  }

  /** Each sends ten messages a second while something happens. @returns the milliseconds to each ack. */
  async latenciesDuring(work: () => Promise<unknown>): Promise<number[]> {
    const latencies: number[] = [];
    let isOver = false;
    const sending = this.all.map(async (victim, n) => {
      await sleep((n * PACE_MS) / this.all.length);
      while (!isOver) {
        const [latency] = await Promise.all([victim.send(), sleep(PACE_MS)]);
        latencies.push(latency);
      }
    });
    await work();
    isOver = true;
    await Promise.all(sending);
    return latencies;
  }

  close(): void {
    for (const victim of this.all) victim.close();
  }
}

class Victim {
  #sent = 0;
  readonly #acks = new Map<number, () => void>();
  readonly refusals: ServerFrame[] = [];

  private constructor(
    private readonly socket: WebSocket,
    private readonly roomId: number,
  ) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'error') this.refusals.push(frame);
      if ('ref' in frame) this.#acks.get(frame.ref as number)?.();
    });
  }

  static async open(port: number, roomId: number, userId: number): Promise<Victim> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/?active_user=${userId}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Victim(socket, roomId);
  }

  /** @returns how long the answer took, in milliseconds. */
  async send(): Promise<number> {
    const ref = ++this.#sent;
    const startedAt = performance.now();
    const answered = new Promise<void>((resolve) => this.#acks.set(ref, resolve));
    this.socket.send(JSON.stringify({ type: 'message', room_id: this.roomId, text: `message ${ref}`, ref }));
    await Promise.race([answered, sleep(ACK_TIMEOUT_MS, null, { ref: false })]);
    this.#acks.delete(ref);
    return performance.now() - startedAt;
  }

  close(): void {
    this.socket.terminate();
  }
}

/** The value that so large a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((x, y) => x - y)[Math.floor((values.length - 1) * share)]!;
}
