import type { Ack, Message } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { sleep } from './wait.js';
import { RequestFailure, type Wire } from './wire.js';

interface Entry {
  roomId: number;
  text: string;
  clientId: string;
  resolve(message: Message): void;
}

interface Wiring {
  isReady(): boolean;
  /** Rejects with a RequestFailure. */
  request(frame: Parameters<Wire['request']>[0]): Promise<Ack>;
  refused(code: string): void;
}

/** The longest wait before a refused message is sent again, in milliseconds. */
const LONGEST_PAUSE_MS = 2_000;

/** Sends what waits: each room in order, one message at a time, under the same client_id until it is acked. */
export class Outbox {
  readonly acked = new Map<string, Message>();
  slowestRefusalMs = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #busyRooms = new Set<number>();

  constructor(private readonly wiring: Wiring) {}

  get waiting(): number {
    return this.#entries.size;
  }

  /** Resolves with the ack, however often it takes. */
  send(roomId: number, text: string): Promise<Message> {
    const clientId = randomUUID();
    return new Promise((resolve) => {
      this.#entries.set(clientId, { roomId, text, clientId, resolve });
      void this.#sendAll(roomId);
    });
  }

  /** There is a connection again. */
  wake(): void {
    for (const { roomId } of this.#entries.values()) void this.#sendAll(roomId);
  }

  async #sendAll(roomId: number): Promise<void> {
    if (this.#busyRooms.has(roomId)) return;
    this.#busyRooms.add(roomId);
    try {
      for (let entry = this.#next(roomId); entry; entry = this.#next(roomId)) await this.#sendOnce(entry);
    } finally {
      this.#busyRooms.delete(roomId);
    }
  }

  #next(roomId: number): Entry | undefined {
    if (!this.wiring.isReady()) return undefined;
    return [...this.#entries.values()].find((entry) => entry.roomId === roomId);
  }

  async #sendOnce({ roomId, text, clientId, resolve }: Entry): Promise<void> {
    const start = Date.now();
    try {
      const ack = await this.wiring.request({ type: 'message', room_id: roomId, text, client_id: clientId });
      if (!('message' in ack)) throw new Error(`The ack of ${text} has no message.`);
      this.acked.set(clientId, ack.message);
      this.#entries.delete(clientId);
      resolve(ack.message);
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      this.wiring.refused(error.code);
      if (error.code === 'disconnected' || error.code === 'timeout') return;
      this.slowestRefusalMs = Math.max(this.slowestRefusalMs, Date.now() - start);
      await sleep(Math.min(error.retryAfterMs ?? 200, LONGEST_PAUSE_MS));
    }
  }
}
