import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { RoomId } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../config/config.js';
import { isLockTimeout, isOutage } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { ProfileChanges } from '../inbox/profile-changes.js';
import { InboxService } from '../inbox/inbox.service.js';
import { errorFields } from '../logging/log-line.js';
import * as sql from './retention.sql.js';

/** How often a server looks for messages whose time is over, in milliseconds. */
const POLL_MS = 1_000;
/** From the end of a pass for RETENTION_DAYS to the next one, in milliseconds: that setting counts days. */
const PASS_INTERVAL_MS = 600_000;
/** Rooms that a step of the pass looks at. */
const ROOMS_PER_STEP = 500;
/** After a statement the job pauses for as long as that took, and at least this long, in milliseconds. */
const LEAST_PAUSE_MS = 5;
const DAY_MS = 86_400_000;
/** Attempts at rooms in which somebody writes each time. Then they wait for the next pass. */
const MAX_ATTEMPTS = 20;

/**
 * Removes the content of messages whose time is over, in the background, in bounded steps: on each server, as the statements let
 * several share the work. Nobody sees such a message meanwhile (messages/expiry.ts).
 */
@Injectable()
export class RetentionJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Retention');
  readonly #retentionMs: number | null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isClosing = false;

  constructor(
    @Inject(CONFIG) { retentionMs }: Config,
    private readonly database: Database,
    private readonly inbox: InboxService,
    private readonly changes: ProfileChanges,
  ) {
    this.#retentionMs = retentionMs;
  }

  /** What is due after a restart, or a restore, is removed now. */
  onApplicationBootstrap(): void {
    if (this.#retentionMs !== null) {
      this.#logger.log({
        msg: 'Messages are removed after RETENTION_DAYS',
        days: this.#retentionMs / DAY_MS,
      });
    }
    this.#timer = setInterval(() => this.#wake(), POLL_MS).unref();
    this.#wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#running;
  }

  #wake(): void {
    if (this.#isClosing) return;
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  async #run(): Promise<void> {
    try {
      await this.#expire();
      if (this.#retentionMs !== null) await this.#pass(this.#retentionMs);
    } catch (error) {
      // The next poll goes on. An outage of the database has its own line in the log.
      const level = isOutage(error) || isLockTimeout(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'The removal of expired messages was interrupted', ...errorFields(error) });
    }
  }

  /** Messages with a time of their own, until none is due but in rooms in which somebody writes. */
  async #expire(): Promise<void> {
    while (!this.#isClosing) {
      const rooms = await this.#step(() => this.database.query<sql.ExpiredIn>(sql.EXPIRE, []));
      if (rooms.length === 0) return;
      const ids = rooms.map(({ id }) => id);
      const moved = await this.#step(() => this.database.query<{ id: RoomId }>(sql.MOVE_EXPIRED_SEQ, [ids]));
      await this.#publish(moved.map(({ id }) => id));
      const messages = rooms.reduce((sum, room) => sum + room.messages, 0);
      if (messages < sql.MESSAGES_PER_STEP) return;
    }
  }

  /** What is older than the setting of the server, in all rooms. */
  async #pass(retentionMs: number): Promise<void> {
    const values = [PASS_INTERVAL_MS];
    const [claim] = await this.database.query<{ last_room_id: RoomId }>(sql.CLAIM_PASS, values);
    if (!claim) return;
    for (let last = claim.last_room_id; ;) {
      if (this.#isClosing) return void (await this.database.query(sql.RELEASE_PASS, []));
      const rooms = await this.#step(() =>
        this.database.query<{ id: RoomId; is_due: boolean }>(sql.NEXT_ROOMS, [
          last,
          ROOMS_PER_STEP,
          retentionMs,
        ]),
      );
      if (rooms.length === 0) return void (await this.database.query(sql.END_PASS, []));
      await this.#expireOld(
        rooms.flatMap(({ id, is_due }) => (is_due ? id : [])),
        retentionMs,
      );
      last = rooms.at(-1)!.id;
    }
  }

  async #expireOld(ids: readonly RoomId[], retentionMs: number): Promise<void> {
    const moved = new Set<RoomId>();
    let left = ids;
    for (let attempts = 0; left.length > 0 && attempts < MAX_ATTEMPTS && !this.#isClosing; attempts++) {
      const perRoom = Math.max(1, Math.floor(sql.MESSAGES_PER_STEP / left.length));
      const rooms = await this.#step(() =>
        this.database.query<sql.ExpiredIn>(sql.EXPIRE_OLD, [left, retentionMs, perRoom]),
      );
      const done = new Set<RoomId>();
      for (const { id, messages } of rooms) {
        if (messages > 0) moved.add(id);
        if (messages < perRoom) done.add(id);
        else attempts = 0;
      }
      left = left.filter((id) => !done.has(id));
    }
    await this.#publish([...moved]);
  }

  /** A statement, and a pause after it, so that the database has time for others. */
  async #step<Rows>(statement: () => Promise<Rows>): Promise<Rows> {
    const startedAt = performance.now();
    const rows = await statement();
    await sleep(Math.max(LEAST_PAUSE_MS, performance.now() - startedAt));
    return rows;
  }

  async #publish(ids: readonly RoomId[]): Promise<void> {
    if (ids.length === 0) return;
    for (const row of await this.inbox.rows(ids)) this.changes.publishRoom(row);
  }
}
