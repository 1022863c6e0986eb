import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';

/** Pings that a socket may leave unanswered; at the next one it is closed. */
const MAX_MISSED_PINGS = 2;

/** One timer pings every socket. An answer is a sign of life of its user. */
@Injectable()
export class Heartbeat implements OnModuleDestroy {
  readonly #timer: NodeJS.Timeout;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly connections: Connections,
    private readonly presence: PresenceStore,
  ) {
    this.#timer = setInterval(() => this.#beat(), config.limits.heartbeatSeconds * 1_000).unref();
  }

  answered(connection: Connection): void {
    connection.missedPings = 0;
    if (connection.userId !== null) this.presence.touch(connection.userId);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    for (const connection of this.connections.all) {
      if (connection.missedPings >= MAX_MISSED_PINGS) {
        connection.socket.terminate();
        continue;
      }
      connection.missedPings += 1;
      connection.socket.ping();
    }
  }
}
