import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import {
  DEFAULT_SETTINGS,
  isQuiet,
  MAX_PUSHED_TEXT,
  type Pushed,
  type PushedMessage,
  type RoomId,
  type Seq,
  type UserId,
  type UserSettings,
} from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { isOutage } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { errorFields } from '../logging/log-line.js';
import { Committed } from '../messages/committed.js';
import { Metrics } from '../metrics/metrics.js';
import { peerOf, privacyOf, isFrozenFor, type RoomState } from '../rooms/room-state.js';
import { BLOCKS, DECLINED, REQUEST } from '../users/privacy.js';
import { PushDelivery, type Delivery, type DeliveryResult } from './push-delivery.js';
import { PushKeysService } from './push-keys.service.js';
import { sendPush, type Outcome } from './push-sender.js';
import * as sql from './push.sql.js';

/**
 * Shortest time from a message to its push, in milliseconds: so long does a device on which the user is reading need to say
 * that it is read, and all messages to a chat meanwhile are one push.
 */
const WAIT_MS = 1_500;
/** Longest such time: a chat that does not pause is pushed all the same. */
const MAX_WAIT_MS = 5_000;
/** What is due is read in this interval, in milliseconds. */
const TICK_MS = 1_000;
/** Chats that wait for a push, at most. */
const MAX_CHATS = 20_000;
/** Chats in one statement. */
const MAX_PER_READ = 500;
/** Longest wait for pushes on their way when the server stops, in milliseconds. */
const CLOSE_MS = 3_000;

interface Waiting {
  userId: UserId;
  roomId: RoomId;
  seq: Seq;
  /** When it is due, and when it would have been at first. */
  dueAt: number;
  firstAt: number;
}

type Target = sql.DueRow;

/**
 * Pushes messages to browsers (Web Push), whether a window of the user is open or not, and takes them back when they are
 * read. By the server that committed the message or the receipt, after its ack, and off its path: a message costs an entry in
 * a map, and one statement a tick reads what is due.
 */
@Injectable()
export class PushService implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Push');
  readonly #messages = new Map<string, Waiting>();
  readonly #reads = new Map<string, Waiting>();
  readonly #delivery = new PushDelivery<Target>(
    (delivery) => this.#send(delivery),
    (result, delivery) => void this.#report(result, delivery),
  );
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly keys: PushKeysService,
    private readonly metrics: Metrics,
    committed: Committed,
  ) {
    committed.onMessage = ({ sender_id, seq }, room) => this.#onMessage(sender_id, seq, room);
    committed.onRead = (userId, { id }, seq) => this.#onRead(userId, id, seq);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running;
    await this.#flush(Infinity);
    await this.#delivery.close(CLOSE_MS);
  }

  #onMessage(senderId: UserId, seq: Seq, room: RoomState): void {
    const userId = peerOf(room, senderId);
    if (room.privacy !== null) {
      const isOutside = (privacyOf(room, userId) & (REQUEST | BLOCKS | DECLINED)) !== 0;
      if (isOutside || isFrozenFor(room, userId)) return;
    }
    if (this.#messages.size >= MAX_CHATS) return this.metrics.countPush('dropped');
    const key = `${userId}:${room.id}`;
    const at = performance.now() + WAIT_MS;
    const firstAt = this.#messages.get(key)?.firstAt ?? at;
    const dueAt = Math.min(at, firstAt + MAX_WAIT_MS);
    this.#messages.set(key, { userId, roomId: room.id, seq, dueAt, firstAt });
    this.#arm();
  }

  #onRead(userId: UserId, roomId: RoomId, seq: Seq): void {
    const key = `${userId}:${roomId}`;
    const message = this.#messages.get(key);
    if (message && message.seq <= seq) this.#messages.delete(key);
    if (this.#reads.size < MAX_CHATS) this.#reads.set(key, { userId, roomId, seq, dueAt: 0, firstAt: 0 });
    this.#arm();
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#running = this.#running.then(() => this.#flush(performance.now()));
      if (this.#messages.size > 0) this.#arm();
    }, TICK_MS).unref();
  }

  /** Never rejects: what cannot be read is not pushed, and the messages are where they were. */
  async #flush(now: number): Promise<void> {
    try {
      for (const some of takeDue(this.#reads, now)) await this.#pushReads(some);
      for (const some of takeDue(this.#messages, now)) await this.#pushMessages(some);
    } catch (error) {
      // An outage of the database has its own line in the log.
      const level = isOutage(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'Messages were not pushed', ...errorFields(error) });
    }
  }

  async #pushReads(some: readonly Waiting[]): Promise<void> {
    const rows = await this.database.query<Target & { seq: number }>(sql.READ, this.#values(some));
    for (const { seq, ...target } of rows) {
      const { user_id, room_id } = target;
      this.#delivery.add({ target, pushed: { type: 'read', user_id, room_id, seq } });
    }
  }

  async #pushMessages(some: readonly Waiting[]): Promise<void> {
    const values = [...this.#values(some), this.config.retentionMs];
    const rows = await this.database.query<sql.DueMessageRow>(sql.DUE, values);
    const now = new Date();
    for (const row of rows) {
      const settings: UserSettings = { ...DEFAULT_SETTINGS, ...row.settings };
      if (!settings.notifications || isQuiet(settings.quiet_hours, now)) continue;
      const pushed = pushedOf(row, settings, this.config.accounts === null);
      this.#delivery.add({ target: row, pushed });
    }
  }

  #values(some: readonly Waiting[]): unknown[] {
    const { sessionIdleMs = 0, sessionMaxMs = 0 } = this.config.accounts ?? {};
    return [
      sessionIdleMs,
      sessionMaxMs,
      some.map(({ userId }) => userId),
      some.map(({ roomId }) => roomId),
      some.map(({ seq }) => seq),
    ];
  }

  async #send({ target, pushed }: Delivery<Target>): Promise<Outcome> {
    try {
      const keys = await this.keys.get();
      const vapid = { ...keys, subject: this.config.push.subject };
      return await sendPush(target, pushed, vapid, this.config.push.allowLoopback);
    } catch (error) {
      this.#logger.debug({ msg: 'A push could not be made', ...errorFields(error) });
      return { retryAfterMs: null };
    }
  }

  async #report(result: DeliveryResult, { target }: Delivery<Target>): Promise<void> {
    this.metrics.countPush(result);
    if (result !== 'gone') return;
    try {
      await this.database.query(sql.REMOVE_GONE, [target.id, target.endpoint]);
    } catch (error) {
      // The next push finds it gone again.
      this.#logger.debug({ msg: 'A subscription that is gone was not removed', ...errorFields(error) });
    }
  }
}

/** Takes out what is due, in lists that are not too long for a statement, in the order of the ids. */
function takeDue(from: Map<string, Waiting>, now: number): Waiting[][] {
  const due = [...from].filter(([, { dueAt }]) => dueAt <= now);
  for (const [key] of due) from.delete(key);
  const all = due.map(([, one]) => one).toSorted((a, b) => a.userId - b.userId || a.roomId - b.roomId);
  const lists: Waiting[][] = [];
  for (let i = 0; i < all.length; i += MAX_PER_READ) lists.push(all.slice(i, i + MAX_PER_READ));
  return lists;
}

function pushedOf(row: sql.DueMessageRow, settings: UserSettings, isSimulation: boolean): Pushed {
  const text = [...row.text].slice(0, MAX_PUSHED_TEXT).join('');
  const message: PushedMessage = {
    type: 'message',
    user_id: row.user_id,
    as: isSimulation ? row.username : null,
    room_id: row.room_id,
    message_id: row.message_id,
    seq: row.seq,
    sender: row.sender,
    text: settings.notification_text && text !== '' ? text : null,
    has_files: row.has_files,
    unread_count: row.unread_count,
  };
  return message;
}
