import type { ErrorCode, Message } from '@parley/shared';
import type { Client } from '../client.js';

/** What became of a message: in the room, refused by the server, or taken back by the user. */
export type SendResult =
  | { readonly status: 'sent'; readonly message: Message }
  | { readonly status: 'refused'; readonly reason: ErrorCode }
  | { readonly status: 'discarded' };

/** Resolves when the message that `client.send` returned this id for is in the room, refused or discarded. */
export function whenSent(client: Client, clientId: string): Promise<SendResult> {
  return new Promise((resolve) => {
    let roomId: number | undefined;
    const review = () => {
      const { outbox, rooms } = client.state;
      const entry = outbox.find(({ client_id }) => client_id === clientId);
      roomId ??= entry?.room_id;
      if (entry && !entry.reason) return;
      stop();
      if (entry?.reason) return resolve({ status: 'refused', reason: entry.reason });
      const messages = roomId === undefined ? [] : (rooms[roomId]?.messages ?? []);
      const message = messages.findLast(({ client_id }) => client_id === clientId);
      resolve(message ? { status: 'sent', message } : { status: 'discarded' });
    };
    const stop = client.subscribe(review);
    review();
  });
}
