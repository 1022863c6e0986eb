import type { ErrorCode } from '@parley/shared';
import type { Client } from '../client.js';

/**
 * Resolves with null once the message that `client.send` returned this id for has left the outbox: the server has it,
 * or it was discarded. Resolves with the code of the error when the server refuses it.
 */
export function whenSent(client: Client, clientId: string): Promise<ErrorCode | null> {
  return new Promise((resolve) => {
    const review = () => {
      const entry = client.state.outbox.find(({ client_id }) => client_id === clientId);
      if (entry?.status === 'waiting') return;
      stop();
      resolve(entry?.reason ?? null);
    };
    const stop = client.subscribe(review);
    review();
  });
}
