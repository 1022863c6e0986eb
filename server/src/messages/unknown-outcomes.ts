import type { RoomId, UserId } from '@parley/shared';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBus } from '../bus/event-bus.js';
import { isOutage } from '../database/database-errors.js';
import { Database, type Statement } from '../database/database.js';
import { errorFields } from '../logging/log-line.js';

/** Time between two checks, in milliseconds: also the least that a statement without a reply has to come to its end. */
const CHECK_MS = 250;
/** Checks of a room whose row somebody else keeps locked: a minute. Then its clients wait for their next heartbeat. */
const MAX_CHECKS = 240;

/** Every write to a room locks its row: a room that has a result here has no write under way. */
const SETTLED: Statement = {
  name: 'rooms-settled',
  sql: `SELECT id, user_a_id AS a, user_b_id AS b FROM rooms WHERE id = ANY ($1::bigint[]) FOR SHARE SKIP LOCKED`,
};

/**
 * Rooms with a write that was refused and may have been committed all the same. Nobody has published it, and the sender
 * does not repeat it once a `sync` has shown that it is stored. So both users resync, on all servers, as soon as the
 * database answers and the write is at its end.
 */
@Injectable()
export class UnknownOutcomes implements OnModuleDestroy {
  readonly #logger = new Logger('Messages');
  /** Room to the number of its checks. */
  #rooms = new Map<RoomId, number>();
  #isChecking = false;
  #isClosing = false;

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
  ) {}

  add(writes: Iterable<{ readonly roomId: RoomId }>): void {
    for (const { roomId } of writes) this.#rooms.set(roomId, 0);
    if (!this.#isChecking) void this.#check();
  }

  onModuleDestroy(): void {
    this.#isClosing = true;
  }

  async #check(): Promise<void> {
    this.#isChecking = true;
    while (this.#rooms.size > 0) {
      await sleep(CHECK_MS, undefined, { ref: false });
      if (this.#isClosing) return;
      const rooms = this.#rooms;
      // A room that is added while the query runs stays for the next check.
      this.#rooms = new Map();
      await this.#resyncSettled(rooms);
      for (const [roomId, checks] of rooms) if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, checks);
    }
    this.#isChecking = false;
  }

  /** Removes the rooms that are settled, and those that have been checked too often. */
  async #resyncSettled(rooms: Map<RoomId, number>): Promise<void> {
    try {
      const settled = await this.database.query<{ id: RoomId; a: UserId; b: UserId }>(SETTLED, [
        [...rooms.keys()],
      ]);
      for (const { id, a, b } of settled) {
        rooms.delete(id);
        this.bus.publish({ to: [a, b], roomId: id, frame: { type: 'resync' } });
      }
    } catch (error) {
      if (isOutage(error)) return;
      this.#logger.error({ msg: 'Rooms with an unknown outcome could not be read', ...errorFields(error) });
    }
    for (const [roomId, checks] of rooms) {
      if (checks + 1 < MAX_CHECKS) rooms.set(roomId, checks + 1);
      else rooms.delete(roomId);
    }
  }
}
