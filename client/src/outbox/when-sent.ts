import type { ErrorCode } from '@parley/shared';
import type { Client } from '../client.js';

/**
 * Waits for a message of `client.send`: resolves with null when the server has it or it was discarded, and with the
 * error code when the server refuses it.
 * @param clientId what `client.send` returned.
 */
export function whenSent(client: Client, clientId: string): Promise<ErrorCode | null> {
  return new Promise((resolve) => {
    const check = () => {
      const entry = client.state.outbox.find(({ client_id }) => client_id === clientId);
      if (entry?.status === 'waiting') return;
      stop();
      resolve(entry?.reason ?? null);
    };
    const stop = client.subscribe(check);
    check();
  });
}
