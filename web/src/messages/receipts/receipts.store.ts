import { createEffect, on, onCleanup } from 'solid-js';
import type { Chat } from '../../realtime/chat.store';
import { deliveryToConfirm, type ReceiptKind, RequestError, watermarksOf } from '@parley/client';
import { createRequiredContext } from '../../ui/required-context';

/** Sends the server receipts of what has arrived in this window and of what was read. */
export interface Receipts {
  /** The user has seen the message at `seq`. */
  saw(roomId: number, seq: number): void;
}

export const [ReceiptsProvider, useReceipts] = createRequiredContext<Receipts>('Receipts');

/** What happens within this time, in milliseconds, is one receipt. */
const TOGETHER_MS = 400;

export function createReceipts(chat: Chat): Receipts {
  /** Room to the highest seq that has been seen. */
  const seen = new Map<number, number>();
  /** By `read 7` and the like: the seq that is under way, not to be sent twice. */
  const underWay = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function review(): void {
    timer = undefined;
    if (chat.connection().name !== 'open') return;
    for (const room of Object.values(chat.state().rooms)) {
      const { id } = room.room;
      const { read, delivered } = watermarksOf(room, chat.me);
      const readSeq = seen.get(id) ?? 0;
      const deliveredSeq = deliveryToConfirm(room, chat.me) ?? 0;
      if (readSeq > read) void send('read', id, readSeq);
      // `read` includes `delivered`.
      if (deliveredSeq > delivered && deliveredSeq > readSeq) void send('delivered', id, deliveredSeq);
    }
  }

  async function send(what: ReceiptKind, roomId: number, seq: number): Promise<void> {
    const key = `${what} ${roomId}`;
    if ((underWay.get(key) ?? 0) >= seq) return;
    underWay.set(key, seq);
    try {
      const ack = await chat.ask<ReceiptKind>({ type: what, room_id: roomId, seq });
      chat.dispatch({ type: 'receipt-acked', ack });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // Not stored: the next change, or the next connection, sends it again.
      if (error.code === 'rate_limited') schedule(error.retryAfterMs ?? 1_000);
    } finally {
      if (underWay.get(key) === seq) underWay.delete(key);
    }
  }

  function schedule(afterMs: number): void {
    timer ??= setTimeout(review, afterMs);
  }

  createEffect(on([() => chat.state().rooms, chat.connection], () => schedule(TOGETHER_MS)));
  onCleanup(() => clearTimeout(timer));

  return {
    saw(roomId, seq) {
      if (seq <= (seen.get(roomId) ?? 0)) return;
      seen.set(roomId, seq);
      schedule(TOGETHER_MS);
    },
  };
}
