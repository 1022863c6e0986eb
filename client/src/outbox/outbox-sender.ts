import type { MessageAck } from '@parley/shared';
import type { ChatEvent } from '../state/chat-event.js';
import type { ChatState, OutboxEntry } from '../state/chat-state.js';
import { RequestError } from '../requests/request-table.js';
import { verdictOn, type Verdict } from './outbox-policy.js';

interface Wiring {
  state(): ChatState;
  dispatch(event: ChatEvent): void;
  isConnected(): boolean;
  /** Rejects with a RequestError. */
  transmit(entry: OutboxEntry): Promise<MessageAck>;
  /** Whether this window is the one to send it. */
  isOurs(clientId: string): boolean;
}

/** Sends what waits: each room in order, one message at a time, the same one again until it is answered. */
export class OutboxSender {
  readonly #busyRooms = new Set<number>();

  constructor(private readonly wiring: Wiring) {}

  /** Something waits, or there is a connection again. */
  wake(): void {
    const rooms = new Set(this.wiring.state().outbox.map((entry) => entry.room_id));
    for (const roomId of rooms) void this.#sendAll(roomId);
  }

  async #sendAll(roomId: number): Promise<void> {
    if (this.#busyRooms.has(roomId)) return;
    this.#busyRooms.add(roomId);
    try {
      for (let entry = this.#next(roomId); entry; entry = this.#next(roomId)) {
        if (!(await this.#send(entry))) return;
      }
    } finally {
      this.#busyRooms.delete(roomId);
    }
  }

  #next(roomId: number): OutboxEntry | undefined {
    if (!this.wiring.isConnected()) return undefined;
    const waiting = this.wiring
      .state()
      .outbox.filter(({ room_id, status }) => room_id === roomId && status === 'waiting');
    return waiting.find(({ client_id }) => this.wiring.isOurs(client_id));
  }

  /** False when there is nothing more to do without a connection. */
  async #send(entry: OutboxEntry): Promise<boolean> {
    for (let failures = 0; this.#stillWaits(entry); failures++) {
      const verdict = await this.#tryOnce(entry, failures);
      if (verdict.do === 'wait-for-connection') return false;
      if (verdict.do === 'fail') {
        this.wiring.dispatch({ type: 'failed', clientId: entry.client_id, reason: verdict.reason });
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, verdict.afterMs));
    }
    return true;
  }

  async #tryOnce(entry: OutboxEntry, failures: number): Promise<Verdict> {
    try {
      const ack = await this.wiring.transmit(entry);
      this.wiring.dispatch({ type: 'message-acked', clientId: entry.client_id, ack });
      return { do: 'send-again', afterMs: 0 };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return verdictOn(error, failures);
    }
  }

  /** It may have arrived by another way (a `sync`, another window), or been discarded, while we waited. */
  #stillWaits({ client_id }: OutboxEntry): boolean {
    return this.wiring
      .state()
      .outbox.some((entry) => entry.client_id === client_id && entry.status === 'waiting');
  }
}
