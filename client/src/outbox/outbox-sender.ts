import type { MessageAck } from '@parley/shared';
import type { ClientCore, RequestFrame } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import type { OutboxEntry } from '../state/chat-state.js';
import { nextStepAfter } from './outbox-policy.js';

/** Sends the waiting entries of the outbox: one message of a room at a time, in order, each until it is acked or refused. */
export interface OutboxSender {
  /** To be called when an entry waits, and when the client has connected. */
  wake(): void;
}

/** @param isOurs whether this client, and no other with the same storage, sends the message. */
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

  /** @returns false when the connection was lost: the rest of the room waits. */
  async function send(entry: OutboxEntry): Promise<boolean> {
    const clientId = entry.client_id;
    // A `sync` or another client may have confirmed it meanwhile, or the user has discarded it.
    const isStillWaiting = () => waiting().some(({ client_id }) => client_id === clientId);
    for (let failures = 0; isStillWaiting(); failures++) {
      const reply = await transmit(entry);
      if (!(reply instanceof RequestError)) {
        client.dispatch({ type: 'message-acked', clientId, ack: reply });
        return true;
      }
      const next = nextStepAfter(reply, failures);
      if (next.do === 'wait-for-connection') return false;
      if (next.do === 'fail') {
        client.dispatch({ type: 'failed', clientId, reason: next.reason });
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, next.afterMs));
    }
    return true;
  }

  async function transmit(entry: OutboxEntry): Promise<MessageAck | RequestError> {
    try {
      return await client.request(requestOf(entry));
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

/** The frame that carries out an operation. */
function requestOf({ kind, room_id, text, client_id }: OutboxEntry): RequestFrame<'message'> {
  switch (kind) {
    case 'send':
      return { type: 'message', room_id, text, client_id };
  }
}
