import type { ClientCore } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import { retryDelayMs } from '../requests/retry-delay.js';
import type { ReceiptKind } from '../state/chat-state.js';
import { deliveryToConfirm, watermarksOf } from './receipts.js';

/** Receipts of a room within this time, in milliseconds, are sent as one frame. */
const BATCH_MS = 400;

/** Sends `delivered` and `read` frames: what has arrived at this client, and what its user has read. */
export interface Receipts {
  /** The user has read the room up to `seq`. */
  read(roomId: number, seq: number): void;
  /** To be called when rooms have changed, and when the client has connected. */
  schedule(): void;
  close(): void;
}

export function createReceipts(client: ClientCore): Receipts {
  /** Highest seq that the user has read on this client, by room. */
  const seen = new Map<number, number>();
  /** Highest seq of the request in flight, by kind and room (`read 7`). */
  const inFlight = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function schedule(afterMs = BATCH_MS): void {
    timer ??= setTimeout(review, afterMs);
  }

  function review(): void {
    timer = undefined;
    if (!client.isConnected) return;
    const { me, rooms } = client.state;
    for (const room of Object.values(rooms)) {
      const { id } = room.room;
      const { read, delivered } = watermarksOf(room, me);
      const readSeq = seen.get(id) ?? 0;
      const deliveredSeq = deliveryToConfirm(room, me) ?? 0;
      if (readSeq > read) void send('read', id, readSeq);
      // Reading implies delivery.
      if (deliveredSeq > delivered && deliveredSeq > readSeq) void send('delivered', id, deliveredSeq);
    }
  }

  async function send(type: ReceiptKind, room_id: number, seq: number): Promise<void> {
    const key = `${type} ${room_id}`;
    if ((inFlight.get(key) ?? 0) >= seq) return;
    inFlight.set(key, seq);
    try {
      client.dispatch({ type: 'receipt-acked', ack: await client.request({ type, room_id, seq }) });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // After other errors the next change or the next connection sends it again.
      const delayMs = retryDelayMs(error, 0);
      if (delayMs !== null) schedule(delayMs);
    } finally {
      if (inFlight.get(key) === seq) inFlight.delete(key);
    }
  }

  return {
    schedule,
    read(roomId, seq) {
      if (seq <= (seen.get(roomId) ?? 0)) return;
      seen.set(roomId, seq);
      schedule();
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
