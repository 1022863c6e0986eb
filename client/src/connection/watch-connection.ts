import { createBareClient, type BareClient, type Client } from '../client.js';
import type { ClientOptions } from '../client-options.js';
import { LivenessMonitor } from './liveness.js';

/** Watches the connection of a client. A page may load this after its first paint. */
export function watchConnection(client: BareClient): void {
  client.watchConnection((callbacks) => new LivenessMonitor(callbacks));
}

/** A client whose connection is watched from the beginning. */
export function createClient(options: ClientOptions): Client {
  const client = createBareClient(options);
  watchConnection(client);
  return client;
}
