import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { PresenceStore } from '../presence/presence.store.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';

/** Pings that a socket may leave unanswered; when the next one is due it is closed. */
const MAX_MISSED_PINGS = 2;
/** A ping that is not answered is repeated after this part of the heartbeat, and then the socket is closed. */
const CHECKS_PER_BEAT = 4;
/** Shortest time for an answer, in milliseconds. */
const MIN_ANSWER_MS = 1_000;

/**
 * One timer pings every socket. An answer is a sign of life of its user. A peer that is gone without a word is closed
 * after 1.5 heartbeats at most: one until the next ping, a quarter until the second, a quarter until the end.
 */
@Injectable()
export class Heartbeat implements OnModuleDestroy {
  readonly #timer: NodeJS.Timeout;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly connections: Connections,
    private readonly presence: PresenceStore,
  ) {
    const beatMs = config.limits.heartbeatSeconds * 1_000;
    const checks = Math.max(1, Math.min(CHECKS_PER_BEAT, Math.floor(beatMs / MIN_ANSWER_MS)));
    let check = 0;
    this.#timer = setInterval(() => this.#check(++check % checks === 0), beatMs / checks).unref();
  }

  answered(connection: Connection): void {
    connection.missedPings = 0;
    if (connection.userId !== null) this.presence.touch(connection.userId);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  #check(isBeat: boolean): void {
    for (const connection of this.connections.all) {
      if (connection.missedPings >= MAX_MISSED_PINGS) {
        // It has been silent for long enough: no grace, as for a page that reloads.
        this.connections.remove(connection, { isGone: true });
        connection.socket.terminate();
      } else if (isBeat || connection.missedPings > 0) {
        connection.missedPings += 1;
        connection.socket.ping();
      }
    }
  }
}
