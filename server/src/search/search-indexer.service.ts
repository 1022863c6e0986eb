import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { fold, type RoomId } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../config/config.js';
import { isOutage } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { errorFields } from '../logging/log-line.js';
import { Metrics } from '../metrics/metrics.js';
import { FROM_A, FROM_B } from './grams.js';
import { SegmentBuilder, type PostingsPage } from './postings.js';
import * as sql from './search-indexer.sql.js';
import { Turns } from './turns.js';

/** A room is indexed when so many of its messages are in no segment, or when it has waited for so many intervals. */
const MIN_MESSAGES = 64;
const MAX_INTERVALS = 10;
/** Most messages and grams of a segment. A segment that is half full is not replaced by a larger one any more. */
const MAX_SEGMENT = { messages: 16_384, grams: 1_000_000 };
/** A segment of up to so many times the new messages is replaced by one that has them all. So a room has few segments. */
const GROWTH = 3;
/** Rooms that are looked at, texts that are read and changes that are followed in one statement. */
const ROOMS_PER_STATEMENT = 1_000;
const TEXTS_PER_STATEMENT = 500;
const CHANGES_PER_STATEMENT = 5_000;
/** Pause after a step, in milliseconds, so that the database has time for others. */
const PAUSE_MS = 10;
/** A server whose event loop works for a larger part of that time is busy: then the next step waits, at most for so many milliseconds. */
const BUSY = 0.5;
const MAX_WAIT_MS = 1_000;
/** The first start of the work after that of the server, in milliseconds. */
const FIRST_MS = 1_000;
/** Part of the time that the work may take, without its waits. */
const MAX_SHARE = 0.25;
/** Replaced segments are kept for this long, in seconds: longer than any search takes. */
const RETIRED_SECONDS = 30;
const PURGED_PER_STATEMENT = 20;
/** Interval of the log lines while there is much to do, in milliseconds. */
const LOG_MS = 10_000;
/** Fewer messages are not worth a line in the log. */
const MANY_MESSAGES = 10_000;

/** A segment that is not stored yet. */
interface Segment {
  lastSeq: number;
  lastId: number;
  size: number;
  /** When the first of its texts disappears; null: none does. */
  expiresAt: Date | null;
  pages: PostingsPage[];
}

/** The room was indexed by another server meanwhile, or this server has to stop. */
class Interrupted extends Error {}

/**
 * Fills the search index in the background, after the commit, so that a message costs what it cost before. One server at a time
 * does it, for all rooms. What is not in the index yet is searched by reading it (MessageSearch), so the lag shows
 * in the time that a search takes, and in nothing else.
 */
@Injectable()
export class SearchIndexer implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('Search');
  readonly #serverKey = randomUUID();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isClosing = false;
  /** Messages in no segment: of the last run, and of the one in progress. */
  #missing = 0;
  #indexed = 0;
  #loggedAt = 0;
  /** How long this run has given way to others, in milliseconds. */
  #waitedMs = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    metrics.watchSearchIndex(() => this.#missing);
  }

  onModuleInit(): void {
    this.#schedule(Math.min(FIRST_MS, this.config.searchIndexMs));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#isClosing) return;
    this.#timer = setTimeout(() => {
      const started = performance.now();
      this.#waitedMs = 0;
      this.#running = this.#run().finally(() => {
        const took = performance.now() - started - this.#waitedMs;
        this.#schedule(Math.max(this.config.searchIndexMs, took * (1 / MAX_SHARE - 1)));
      });
    }, delayMs).unref();
  }

  /** Never rejects: the next run goes on. An outage of the database has its own line in the log. */
  async #run(): Promise<void> {
    try {
      if (!(await this.#claim())) {
        this.#missing = 0;
        return;
      }
      this.#indexed = 0;
      this.#loggedAt = performance.now();
      await this.#sweep();
      if (this.#indexed >= MANY_MESSAGES) {
        this.#logger.log({ msg: 'Messages are indexed for the search', messages: this.#indexed });
      }
      await this.#purge();
    } catch (error) {
      if (error instanceof Interrupted) return;
      const level = isOutage(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'Indexing messages for the search was interrupted', ...errorFields(error) });
    }
  }

  async #claim(): Promise<boolean> {
    return (await this.database.query(sql.CLAIM_WORK, [this.#serverKey])).length > 0;
  }

  /** The longest that the index is late, but for what there is no time for, in seconds. */
  get #maxAgeSeconds(): number {
    return (this.config.searchIndexMs / 1_000) * MAX_INTERVALS;
  }

  /** Looks at every room. */
  async #sweep(): Promise<void> {
    const expired = await this.database.query<{ id: RoomId }>(sql.EXPIRED, [
      this.#maxAgeSeconds,
      ROOMS_PER_STATEMENT,
    ]);
    for (const { id } of expired) {
      if (this.#isClosing) return;
      await this.#index(id);
    }
    let missing = 0;
    for (let after: RoomId | null = 0 as RoomId; after !== null && !this.#isClosing;) {
      if (!(await this.#claim())) return;
      const rooms: sql.SweptRoom[] = await this.database.query<sql.SweptRoom>(sql.SWEEP, [
        after,
        ROOMS_PER_STATEMENT,
        MIN_MESSAGES,
        this.#maxAgeSeconds,
      ]);
      for (const room of rooms) {
        if (this.#isClosing) break;
        if (room.is_due) await this.#index(room.id);
        else missing += room.missing;
      }
      after = rooms.at(-1)?.id ?? null;
      if (after !== null) await this.#giveWay();
    }
    this.#missing = missing;
  }

  /** Brings the index of a room up to date. */
  async #index(roomId: RoomId): Promise<void> {
    const [room] = await this.database.query<sql.IndexedRoom>(sql.ROOM, [roomId]);
    if (!room) return;
    await this.#followChanges(roomId, room);
    for (const segment of await this.#segments(roomId)) {
      if (!segment.is_expired) continue;
      await this.#replace(roomId, room, segment.first_seq, segment.last_seq, [segment]);
    }

    for (let { seq } = room; seq < room.last_seq;) {
      const segments = await this.#segments(roomId);
      const replaced = absorbed(segments, room.last_seq - seq);
      const first = replaced[0]?.first_seq ?? seq + 1;
      const built = await this.#replace(roomId, room, first, room.last_seq, replaced);
      this.#indexed += built.lastSeq - seq;
      seq = built.lastSeq;
    }
  }

  #segments(roomId: RoomId): Promise<sql.SegmentRow[]> {
    return this.database.query<sql.SegmentRow>(sql.SEGMENTS, [roomId, this.#maxAgeSeconds]);
  }

  /** Makes the segments again whose texts were edited or removed. */
  async #followChanges(roomId: RoomId, room: sql.IndexedRoom): Promise<void> {
    let rev = room.indexed_rev;
    while (rev < room.rev) {
      const changes = await this.database.query<sql.ChangeRow>(sql.CHANGES, [
        roomId,
        rev,
        CHANGES_PER_STATEMENT,
      ]);
      const others = changes.filter(({ is_other_text }) => is_other_text);
      for (const segment of await this.#segments(roomId)) {
        const { first_seq, last_seq } = segment;
        if (!others.some(({ seq }) => seq >= first_seq && seq <= last_seq)) continue;
        await this.#replace(roomId, room, first_seq, last_seq, [segment]);
      }
      rev = changes.length === CHANGES_PER_STATEMENT ? changes.at(-1)!.rev : room.rev;
      await this.#advance(room, sql.CAUGHT_UP, [roomId, room.version, rev]);
    }
  }

  /**
   * Stores a segment that begins at `first`, in place of others.
   * @returns the segment. It ends before `last` when it is full, but never before the end of what it replaces.
   */
  async #replace(
    roomId: RoomId,
    room: sql.IndexedRoom,
    first: number,
    last: number,
    replaced: sql.SegmentRow[],
  ): Promise<Segment> {
    const segment = await this.#build(roomId, room, first, last, replaced.at(-1)?.last_seq ?? first);
    if (!(await this.#claim())) throw new Interrupted();
    await this.#advance(room, sql.REPLACE, [
      roomId,
      room.version,
      first,
      segment.lastSeq,
      segment.lastId,
      segment.size,
      replaced.map(({ id }) => id),
      segment.pages.map(({ gram }) => gram),
      segment.pages.map(({ data }) => data),
      segment.expiresAt,
    ]);
    if (performance.now() - this.#loggedAt > LOG_MS) {
      this.#loggedAt = performance.now();
      this.#logger.log({
        msg: 'Messages are being indexed for the search',
        messages: this.#indexed,
        room: roomId,
      });
    }
    await this.#giveWay();
    return segment;
  }

  /** Pauses, and waits as long as this server is busy with others: what is not indexed yet is found too, so the index can be late. */
  async #giveWay(): Promise<void> {
    const started = performance.now();
    let isBusy: boolean;
    do {
      const before = performance.eventLoopUtilization();
      await sleep(PAUSE_MS);
      isBusy = performance.eventLoopUtilization(before).utilization > BUSY;
    } while (isBusy && !this.#isClosing && performance.now() - started < MAX_WAIT_MS);
    this.#waitedMs += performance.now() - started;
  }

  async #advance(room: sql.IndexedRoom, statement: typeof sql.REPLACE, values: unknown[]): Promise<void> {
    const [advanced] = await this.database.query<{ version: number }>(statement, values);
    if (!advanced) throw new Interrupted();
    room.version = advanced.version;
  }

  /** @param atLeast the segment does not end before this seq. */
  async #build(
    roomId: RoomId,
    room: sql.IndexedRoom,
    first: number,
    last: number,
    atLeast: number,
  ): Promise<Segment> {
    const builder = new SegmentBuilder();
    const turns = new Turns();
    let [lastSeq, lastId] = [first, 0];
    let expiresAt: Date | null = null;
    const end = Math.max(atLeast, Math.min(last, first + MAX_SEGMENT.messages - 1));
    const isFull = () => builder.size >= MAX_SEGMENT.grams && lastSeq >= atLeast;
    for (let from = first; from <= end && !isFull(); from = lastSeq + 1) {
      if (this.#isClosing) throw new Interrupted();
      const to = Math.min(end, from + TEXTS_PER_STATEMENT - 1);
      const values = [roomId, from, to, this.config.retentionMs];
      const rows = await this.database.query<sql.TextRow>(sql.TEXTS, values);
      if (rows.length === 0) throw new Error('Messages of a room are missing.');
      for (const row of rows) {
        if (isFull()) break;
        builder.add(row.seq - first, fold(row.text), row.sender_id === room.user_a_id ? FROM_A : FROM_B);
        [lastSeq, lastId] = [row.seq, row.id];
        if (row.expires_at && (!expiresAt || row.expires_at < expiresAt)) expiresAt = row.expires_at;
        if (turns.isOver) await turns.next();
      }
    }
    const pages: PostingsPage[] = [];
    for (const page of builder.pages()) {
      pages.push(page);
      if (turns.isOver) await turns.next();
    }
    return { lastSeq, lastId, size: builder.size, expiresAt, pages };
  }

  async #purge(): Promise<void> {
    for (let purged = PURGED_PER_STATEMENT; purged === PURGED_PER_STATEMENT && !this.#isClosing;) {
      purged = (await this.database.query(sql.PURGE, [RETIRED_SECONDS, PURGED_PER_STATEMENT])).length;
    }
  }
}

/** The last segments of a room that are replaced by one with the new messages too. */
function absorbed(segments: readonly sql.SegmentRow[], added: number): sql.SegmentRow[] {
  let messages = added;
  let at = segments.length;
  for (; at > 0; at--) {
    const { first_seq, last_seq, size } = segments[at - 1]!;
    const count = last_seq - first_seq + 1;
    const isHalfFull = count >= MAX_SEGMENT.messages / 2 || size >= MAX_SEGMENT.grams / 2;
    if (isHalfFull || count > GROWTH * messages) break;
    messages += count;
  }
  return segments.slice(at);
}
