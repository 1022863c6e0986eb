import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { RoomId, Seq, UserId } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import { noSession } from '../../auth/session.strategy.js';
import { SessionsService, type Session } from '../../auth/sessions.service.js';
import { isLockTimeout, isOutage } from '../../database/database-errors.js';
import { Database, type Statement } from '../../database/database.js';
import { InboxService } from '../../inbox/inbox.service.js';
import { ProfileChanges } from '../../inbox/profile-changes.js';
import { errorFields } from '../../logging/log-line.js';
import { UsersService } from '../../users/users.service.js';
import * as sql from './deletion.sql.js';

/** How often a server looks for deletions that are not finished, in milliseconds. */
const POLL_MS = 2_000;
/** Rooms and messages in one statement: so long do other writers of these rooms wait. */
const ROOMS_PER_STEP = 100;
const MESSAGES_PER_STEP = 1_000;
/** Pause between two steps, in milliseconds, so that the database has time for others. */
const PAUSE_MS = 20;
/** Attempts of a step whose rows another session keeps locked. */
const MAX_ATTEMPTS = 20;

interface Deletion {
  user_id: UserId;
  remove_texts: boolean;
  last_room_id: RoomId;
  last_seq: Seq;
}

/**
 * Deletes accounts. The account itself goes in one statement. Then its rooms are closed and, if the user wants it, the texts
 * of its messages are removed: in steps, in the background, by whichever server; what a killed server leaves, another one
 * finishes.
 */
@Injectable()
export class AccountDeletions implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('Accounts');
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isClosing = false;

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly inbox: InboxService,
    private readonly changes: ProfileChanges,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#wake(), POLL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#running;
  }

  /**
   * Deletes the account of a session whose user has proved to be its owner. Resolves when nothing more is stored that the
   * user was sending: a message is committed before, or refused.
   * @throws ChatError `unauthorized` when the session has ended meanwhile.
   */
  async delete({ id, userId }: Session, removeTexts: boolean): Promise<void> {
    const [started] = await this.database.query<sql.Started>(sql.START, [userId, removeTexts, id]);
    if (!started) throw noSession();
    await this.sessions.publishEnded([...started.ended_sessions, ...started.ended_tokens]);
    try {
      await this.users.publishChanged(userId);
      await this.#closeRooms(userId);
      await this.database.query(sql.RELEASE, [userId]);
    } catch (error) {
      // The account is deleted, whatever comes now. The rest is done later.
      this.#log(error);
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#isClosing) return;
    this.#running ??= this.#runAll().finally(() => (this.#running = null));
  }

  async #runAll(): Promise<void> {
    try {
      while (!this.#isClosing) {
        const [deletion] = await this.database.query<Deletion>(sql.CLAIM_NEXT, [null]);
        if (!deletion) return;
        await this.#run(deletion);
      }
    } catch (error) {
      this.#log(error);
    }
  }

  async #run({ user_id: userId, remove_texts, last_room_id, last_seq }: Deletion): Promise<void> {
    // A command may have begun it, or a server that was killed before it could publish.
    await this.users.publishChanged(userId);
    await this.#closeRooms(userId);
    const isDone = !remove_texts || (await this.#removeTexts(userId, last_room_id, last_seq));
    await this.database.query(isDone ? sql.FINISH : sql.RELEASE, [userId]);
  }

  async #closeRooms(userId: UserId): Promise<void> {
    for (;;) {
      const closed = await this.#step<{ id: RoomId; has_messages: boolean }>(sql.CLOSE_ROOMS, [
        userId,
        ROOMS_PER_STEP,
      ]);
      if (closed.length === 0) return;
      const ids = closed.flatMap(({ id, has_messages }) => (has_messages ? id : []));
      for (const row of await this.inbox.rows(ids)) this.changes.publishRoom(row);
    }
  }

  /** @returns false when the server stops before all are removed. */
  async #removeTexts(userId: UserId, lastRoomId: RoomId, lastSeq: Seq): Promise<boolean> {
    let [roomId, seq] = [lastRoomId, lastSeq as number];
    for (;;) {
      const values = [userId, roomId, seq];
      const [room] = await this.#step<{ id: RoomId; last_seq: Seq }>(sql.NEXT_ROOM, values);
      if (!room) return true;
      if (room.id !== roomId) [roomId, seq] = [room.id, 0];
      while (seq < room.last_seq) {
        if (this.#isClosing) return false;
        const last = Math.min(seq + MESSAGES_PER_STEP, room.last_seq);
        await this.#step(sql.REMOVE_REACTIONS, [userId, roomId, seq + 1, last]);
        await this.#step(sql.REMOVE_TEXTS, [userId, roomId, seq + 1, last]);
        seq = last;
        await sleep(PAUSE_MS);
      }
      for (const row of await this.inbox.rows([roomId])) this.changes.publishRoom(row);
    }
  }

  /** A statement, repeated while another session locks what it needs. */
  async #step<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.database.query<Row>(statement, values);
      } catch (error) {
        if (!isLockTimeout(error) || attempt === MAX_ATTEMPTS) throw error;
        await sleep(PAUSE_MS * attempt);
      }
    }
  }

  /** The next poll goes on. An outage of the database has its own line in the log. */
  #log(error: unknown): void {
    const level = isOutage(error) ? 'debug' : 'warn';
    this.#logger[level]({ msg: 'A deletion of an account was interrupted', ...errorFields(error) });
  }
}
