import type { MessageAck } from '@parley/shared';
import type { ClientCore } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import type { OutboxEntry } from '../state/chat-state.js';
import { verdictOn } from './outbox-policy.js';

/** Sends what waits: each room in order, one message at a time, the same one again until it is answered. */
export interface OutboxSender {
  /** Something waits, or there is a connection again. */
  wake(): void;
}

/** `isOurs`: whether this client is the one to send it. */
export function createOutboxSender(client: ClientCore, isOurs: (clientId: string) => boolean): OutboxSender {
  const busyRooms = new Set<number>();
  const waiting = () => client.state.outbox.filter(({ status }) => status === 'waiting');

  async function sendAll(roomId: number): Promise<void> {
    if (busyRooms.has(roomId)) return;
    busyRooms.add(roomId);
    const next = () => waiting().find(({ room_id, client_id }) => room_id === roomId && isOurs(client_id));
    try {
      for (let entry = next(); entry && client.isConnected; entry = next()) {
        if (!(await send(entry))) return;
      }
    } finally {
      busyRooms.delete(roomId);
    }
  }

  /** False when there is nothing more to do without a connection. */
  async function send(entry: OutboxEntry): Promise<boolean> {
    const clientId = entry.client_id;
    // It may arrive by another way (a `sync`, another client), or be discarded, meanwhile.
    const stillWaits = () => waiting().some(({ client_id }) => client_id === clientId);
    for (let failures = 0; stillWaits(); failures++) {
      const answer = await transmit(entry);
      if (!(answer instanceof RequestError)) {
        client.dispatch({ type: 'message-acked', clientId, ack: answer });
        return true;
      }
      const verdict = verdictOn(answer, failures);
      if (verdict.do === 'wait-for-connection') return false;
      if (verdict.do === 'fail') {
        client.dispatch({ type: 'failed', clientId, reason: verdict.reason });
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, verdict.afterMs));
    }
    return true;
  }

  async function transmit({ room_id, text, client_id }: OutboxEntry): Promise<MessageAck | RequestError> {
    try {
      return await client.request({ type: 'message', room_id, text, client_id });
    } catch (error) {
      if (error instanceof RequestError) return error;
      throw error;
    }
  }

  return {
    wake() {
      for (const roomId of new Set(waiting().map(({ room_id }) => room_id))) void sendAll(roomId);
    },
  };
}
