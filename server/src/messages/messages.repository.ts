import { Injectable } from '@nestjs/common';
import {
  MAX_QUOTE_LENGTH,
  MAX_SYNC_CHANGES,
  type MessageId,
  type MessageReply,
  type Rev,
  type RoomId,
  type Seq,
  type UserId,
} from '@parley/shared';
import { Batcher } from '../database/batcher.js';
import { Database, type Statement } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { noSuchRoom } from '../errors/chat-error.js';
import { Expiry } from './expiry.js';
import { MESSAGE_COLUMNS, type FrozenContent, type MessageRow, type StoredEdit } from './message-row.js';
import { ROOM_STATE_COLUMNS, type RoomState } from '../rooms/room-state.js';

const ROOM_STATE: Statement = {
  name: 'rooms-state',
  sql: `SELECT ${ROOM_STATE_COLUMNS} FROM rooms r WHERE r.id = $1`,
};

/** `seq` has no gaps, so a page is a range of the primary key: the deepest costs what the first costs. */
const RANGE: Statement = {
  name: 'messages-range',
  sql: `SELECT ${MESSAGE_COLUMNS} FROM messages m
        WHERE m.room_id = $1 AND m.seq BETWEEN $2 AND $3 ORDER BY m.seq DESC`,
};

const BY_ID: Statement = {
  name: 'messages-by-id',
  sql: `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.id = $1`,
};

/**
 * What is new or changed in each room ($1, by its `place` there) since a revision ($2), given its last_seq ($3) and rev ($4) now. Every
 * message moved `rev` by one, so the new ones are among the last (rev - since): a range of the primary key again.
 * Older ones that were changed stand in a partial index.
 */
const CHANGES: Statement = {
  name: 'messages-changes',
  sql: `
    SELECT want.place, c.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
      WITH ORDINALITY AS want (room_id, since, last_seq, rev, place)
    CROSS JOIN LATERAL (
      SELECT ${MESSAGE_COLUMNS} FROM messages m
      WHERE m.room_id = want.room_id AND m.rev > want.since
        AND m.seq > want.last_seq - (want.rev - want.since) AND m.seq <= want.last_seq
      UNION
      SELECT ${MESSAGE_COLUMNS} FROM messages m
      WHERE m.room_id = want.room_id AND m.changed AND m.rev > want.since AND m.seq <= want.last_seq
    ) c
    ORDER BY want.place, c.seq`,
};

/**
 * For each room ($1), the newest message below a seq ($2) that is older than a second: its event has been on its way for
 * so long that it has arrived, or will not.
 */
const SETTLED: Statement = {
  name: 'messages-settled',
  sql: `
    SELECT coalesce((
      SELECT m.seq FROM messages m
      WHERE m.room_id = want.room_id AND m.seq < want.seq AND m.created_at < clock_timestamp() - interval '1 second'
      ORDER BY m.seq DESC LIMIT 1
    ), 0)::int AS seq
    FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS want (room_id, seq, place)
    ORDER BY want.place`,
};

/** What is shown of messages ($1) by those that answer them. */
const QUOTES: Statement = {
  name: 'messages-quotes',
  sql: `SELECT q.id, q.seq, q.sender_id, left(q.text, ${MAX_QUOTE_LENGTH}) AS text, q.deleted_at IS NOT NULL AS deleted, q.created_at, q.expires_at,
          q.rev, left(q.frozen->>'text', ${MAX_QUOTE_LENGTH}) AS frozen_text
        FROM messages q WHERE q.id = ANY ($1::bigint[])`,
};

/** What the messages of a room ($1) with these seqs ($2) were before they were changed, for a view that is frozen. */
const FROZEN: Statement = {
  name: 'messages-frozen',
  sql: `SELECT m.seq, m.frozen FROM messages m
        WHERE m.room_id = $1 AND m.seq = ANY ($2::bigint[]) AND m.frozen IS NOT NULL`,
};

const EDITS: Statement = {
  name: 'messages-edits',
  sql: `SELECT m.edits FROM messages m WHERE m.room_id = $1 AND m.seq = $2`,
};

interface QuoteRow {
  id: MessageId;
  seq: Seq;
  sender_id: UserId;
  text: string;
  deleted: boolean;
  created_at: Date;
  expires_at: Date | null;
  rev: Rev;
  frozen_text: string | null;
}

/** How many requests for changes are read in one statement: each may be about a hundred rooms. */
const REQUESTS_PER_READ = 20;

/** A room as a user sees it, and the revision from which on its changes are wanted, without the user's own (`sharedRev`). */
export interface Since {
  room: RoomState;
  since: Rev;
}

/** Reads the log of messages. Checks no permission: the services do. */
@Injectable()
export class MessagesRepository {
  readonly #changes: Batcher<readonly Since[], Map<RoomId, MessageRow[]>>;

  readonly #settled: Batcher<{ roomId: RoomId; seq: Seq }, Seq>;

  constructor(
    private readonly database: Database,
    private readonly expiry: Expiry,
  ) {
    this.#settled = new Batcher((wanted) => this.#readSettled(wanted));
    this.#changes = new Batcher((wanted) => this.#readChanges(wanted), {
      maxBatch: REQUESTS_PER_READ,
      queue: database.syncQueue,
    });
  }

  /** @throws ChatError `not_found`. */
  async room(roomId: RoomId): Promise<RoomState> {
    const [room] = await this.database.query<RoomState>(ROOM_STATE, [roomId]);
    if (!room) throw noSuchRoom();
    return room;
  }

  /** Messages `lowest` to `highest` (both included), newest first. */
  async range(roomId: RoomId, lowest: Seq, highest: Seq): Promise<MessageRow[]> {
    return this.quote(await this.database.query<MessageRow>(RANGE, [roomId, lowest, highest]));
  }

  /** Adds to rows what they answer: one statement, none when none of them answers another. @returns the same rows. */
  async quote<Row extends MessageRow>(rows: Row[]): Promise<Row[]> {
    const replies = rows.filter(({ reply_to }) => reply_to !== null);
    if (replies.length === 0) return rows;
    const quotes = await this.#quotes(replies, null);
    for (const row of replies) row.quote = quotes.get(row.reply_to) ?? null;
    return rows;
  }

  /** Rows of one room as they are in a view that is frozen at this revision. */
  async frozen(rows: readonly MessageRow[], rev: Rev): Promise<MessageRow[]> {
    const changed = rows.filter((row) => row.rev > rev && row.deleted_at === null);
    const replies = rows.filter(({ reply_to }) => reply_to !== null);
    const [room] = rows;
    if (!room || changed.length + replies.length === 0) return [...rows];
    const [kept, quotes] = await Promise.all([
      this.database.query<{ seq: Seq; frozen: FrozenContent }>(FROZEN, [
        room.room_id,
        changed.map(({ seq }) => seq),
      ]),
      this.#quotes(replies, rev),
    ]);
    const bySeq = new Map(kept.map(({ seq, frozen }) => [seq, frozen]));
    return rows.map((row) => {
      const before = bySeq.get(row.seq);
      const { text = row.text, edited_at, reactions = row.reactions } = before ?? {};
      const editedAt = edited_at ? new Date(edited_at) : null;
      return {
        ...row,
        text,
        reactions,
        rev: before?.rev ?? row.rev,
        edited_at: edited_at === undefined ? row.edited_at : editedAt,
        ...(row.reply_to === null ? {} : { quote: quotes.get(row.reply_to) ?? null }),
      };
    });
  }

  /** Changes of one room since a revision, without those after the one at which the view is frozen. */
  async frozenChanges(rows: readonly MessageRow[], since: Rev, rev: Rev): Promise<MessageRow[]> {
    const seen = await this.frozen(rows, rev);
    return seen.filter((row) => row.rev > since && row.rev <= rev);
  }

  /** The edits of a message, oldest first. */
  async edits(roomId: RoomId, seq: Seq): Promise<StoredEdit[]> {
    const [row] = await this.database.query<{ edits: StoredEdit[] | null }>(EDITS, [roomId, seq]);
    return row?.edits ?? [];
  }

  /** @param rev at which the view is frozen; null: it is not. */
  async #quotes(
    replies: readonly MessageRow[],
    rev: Rev | null,
  ): Promise<Map<MessageId | null, MessageReply>> {
    if (replies.length === 0) return new Map();
    const ids = [...new Set(replies.map(({ reply_to }) => reply_to))];
    const rows = await this.database.query<QuoteRow>(QUOTES, [ids]);
    return new Map(
      rows.map(({ rev: changedAt, frozen_text, created_at, expires_at, ...quote }) => {
        const expiresAt = this.expiry.of({ created_at, expires_at });
        if (expiresAt !== null && expiresAt <= Date.now())
          return [quote.id, { ...quote, text: '', deleted: true }];
        const text = rev !== null && changedAt > rev && frozen_text !== null ? frozen_text : quote.text;
        const time = expiresAt === null ? {} : { expires_at: new Date(expiresAt).toISOString() };
        return [quote.id, { ...quote, text, ...time }];
      }),
    );
  }

  async byId(messageId: MessageId): Promise<MessageRow | null> {
    const [message] = await this.database.query<MessageRow>(BY_ID, [messageId]);
    return message ?? null;
  }

  /**
   * New and changed messages of rooms since a revision each, in `seq` order, by room id.
   * Ask only where {@link canCatchUp} says so.
   */
  async changes(rooms: readonly Since[]): Promise<Map<RoomId, MessageRow[]>> {
    return rooms.length === 0 ? new Map() : this.#changes.add(rooms);
  }

  /** The highest seq of the room below this one whose event is not under way any more; 0: there is none. */
  settledBefore(roomId: RoomId, seq: Seq): Promise<Seq> {
    return this.#settled.add({ roomId, seq });
  }

  async #readSettled(wanted: { roomId: RoomId; seq: Seq }[]): Promise<Seq[]> {
    const rows = await this.database.query<{ seq: Seq }>(SETTLED, [
      wanted.map(({ roomId }) => roomId),
      wanted.map(({ seq }) => seq),
    ]);
    return rows.map(({ seq }) => seq);
  }

  async #readChanges(wanted: (readonly Since[])[]): Promise<Map<RoomId, MessageRow[]>[]> {
    const all = wanted.flat();
    const rows = await this.database.query<MessageRow & { place: number }>(CHANGES, [
      all.map(({ room }) => room.id),
      all.map(({ since }) => since),
      all.map(({ room }) => room.last_seq),
      all.map(({ room }) => room.rev),
    ]);
    const byPlace = groupBy(await this.quote(rows), ({ place }) => place);
    let place = 0;
    return wanted.map((rooms) => new Map(rooms.map(({ room }) => [room.id, byPlace.get(++place) ?? []])));
  }
}

/** Whether all changes since the revision can be sent, or only a reset helps. */
export function canCatchUp(room: RoomState, since: number): boolean {
  return since <= room.rev && room.rev - since <= MAX_SYNC_CHANGES;
}
