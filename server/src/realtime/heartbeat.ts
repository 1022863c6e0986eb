import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';

/** A socket with this many unanswered pings is closed when the next one is due. */
const MAX_MISSED_PINGS = 2;
/** Number of checks for unanswered pings per heartbeat interval. */
const CHECKS_PER_BEAT = 4;
/** Shortest time between two checks, in milliseconds. */
const MIN_CHECK_INTERVAL_MS = 1_000;

/**
 * Pings every socket; one timer for all. A pong keeps the user online. A lost connection is closed after at most 1.5
 * heartbeat intervals: one until the next ping, a quarter until the second ping, a quarter until the socket is closed.
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
        // No grace period: it is meant for pages that reload, which takes less time than the unanswered pings.
        this.connections.remove(connection, { timedOut: true });
        connection.socket.terminate();
      } else if (isBeat || connection.missedPings > 0) {
        connection.missedPings += 1;
        connection.socket.ping();
      }
    }
  }
}
