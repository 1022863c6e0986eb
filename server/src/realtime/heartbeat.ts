import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';

/** Unanswered pings after which a socket is closed when the next one is due. */
const MAX_MISSED_PINGS = 2;
/** Unanswered pings are checked this many times per heartbeat interval. */
const CHECKS_PER_BEAT = 4;
/** Least time between two checks, in milliseconds. */
const MIN_CHECK_INTERVAL_MS = 1_000;

/**
 * One timer pings every socket. A pong keeps its user online. A lost connection is closed after at most 1.5 heartbeat
 * intervals: one until the next ping, a quarter until the second ping, a quarter until the socket is closed.
 */
@Injectable()
export class Heartbeat implements OnModuleDestroy {
  readonly #timer: NodeJS.Timeout;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly connections: Connections,
    private readonly presence: PresenceStore,
  ) {
    const beatMs = config.limits.heartbeatMs;
    const checks = Math.max(1, Math.min(CHECKS_PER_BEAT, Math.floor(beatMs / MIN_CHECK_INTERVAL_MS)));
    let check = 0;
    this.#timer = setInterval(() => this.#check(++check % checks === 0), beatMs / checks).unref();
  }

  onPong(connection: Connection): void {
    connection.missedPings = 0;
    if (connection.userId !== null) this.presence.touch(connection.userId);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  #check(isBeat: boolean): void {
    for (const connection of this.connections.all) {
      if (connection.missedPings >= MAX_MISSED_PINGS) {
        // No grace period: it is for pages that reload, and this client has been silent for longer.
        this.connections.remove(connection, { timedOut: true });
        connection.socket.terminate();
      } else if (isBeat || connection.missedPings > 0) {
        connection.missedPings += 1;
        connection.socket.ping();
      }
    }
  }
}
