import { Injectable } from '@nestjs/common';
import {
  foldQuery,
  type FoundMessage,
  type Message,
  type MessageId,
  type RoomId,
  type SearchPage,
  type UserId,
} from '@parley/shared';
import { Database } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { Expiry } from '../messages/expiry.js';
import type { MessageRow } from '../messages/message-row.js';
import { MessagesService } from '../messages/messages.service.js';
import { MembershipService } from '../rooms/membership.service.js';
import { freezeOf, seenBy } from '../rooms/room-state.js';
import {
  MessageSearch,
  NOT_FROZEN,
  type Found,
  type SearchBudget,
  type SearchedPart,
  type Wanted,
} from './message-search.js';
import * as sql from './search.sql.js';

/** Of a user with more rooms, the most recently active are searched. */
const MAX_ROOMS = 5_000;

/** Far less than the timeout of a statement, and enough for any search but those of frequent grams that are never together. */
const BUDGET: SearchBudget = { messages: 10_000, pages: 10_000, ms: 1_000 };

/** What a request asks for. */
export interface SearchRequest {
  query: string;
  roomId: RoomId | null;
  /** Username of the sender. */
  from: string | null;
  before: string | null;
  after: string | null;
  cursor: number | null;
  limit: number;
}

/** Times before and after all messages. */
const [EVER, NEVER] = [new Date(0), new Date(8.64e15)];

@Injectable()
export class SearchService {
  /** By user: the last search, so that a user has one at a time. */
  readonly #last = new Map<UserId, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly membership: MembershipService,
    private readonly messages: MessagesService,
    private readonly expiry: Expiry,
  ) {}

  /**
   * Messages of the user's rooms that have the query, newest first.
   * @throws ChatError `not_found` for a room that is not the user's, `unavailable` when too many search at once.
   */
  async search(userId: UserId, request: SearchRequest): Promise<SearchPage> {
    if (request.roomId !== null) await this.membership.require(request.roomId, userId);
    const query = foldQuery(request.query);
    if (query === '') return { results: [], next: null };
    return this.#inTurn(userId, () =>
      this.database.searchLimit.run(() => this.#search(userId, request, query)),
    );
  }

  async #search(userId: UserId, request: SearchRequest, query: string): Promise<SearchPage> {
    const senderId = request.from === null ? null : await this.#userId(request.from);
    if (senderId === undefined) return { results: [], next: null };
    const wanted: Wanted = {
      query,
      senderId,
      cursor: request.cursor ?? Number.MAX_SAFE_INTEGER,
      after: request.after === null ? EVER : new Date(request.after),
      before: request.before === null ? NEVER : new Date(request.before),
    };
    const rows = await this.database.query<sql.SearchedRoom>(sql.ROOMS, [
      userId,
      MAX_ROOMS,
      request.roomId,
      senderId,
    ]);
    const segments = groupBy(rows[0]?.segments ?? [], ([roomId]) => roomId);
    const all = rows.flatMap((room) =>
      room.last_id === null ? [] : [wholeRoom(room, segments.get(room.id) ?? [], room.last_id, userId)],
    );
    const parts = await this.#narrow(all, wanted);
    const { hits, next } = await new MessageSearch(this.database, wanted, request.limit, BUDGET).run(parts);
    const rooms = parts.map(({ room }) => room);
    return { results: await this.#view(userId, hits, rooms), next: next === null ? null : String(next) };
  }

  /** Undefined: there is no such user. */
  async #userId(username: string): Promise<UserId | undefined> {
    const [user] = await this.database.query<{ id: UserId }>(sql.SENDER, [username]);
    return user?.id;
  }

  /** What of each room is between the times, and older than the cursor. */
  async #narrow(all: SearchedPart[], { cursor, after, before }: Wanted): Promise<SearchedPart[]> {
    let parts = all;
    if (cursor < Number.MAX_SAFE_INTEGER || before < NEVER) {
      const ends = await this.#lastBefore(parts, cursor, before);
      parts = parts.map((part, i) => ({ ...part, high: ends[i]!.seq, lastId: ends[i]!.id ?? 0 }));
    }
    parts = parts.filter(({ high }) => high > 0);
    if (after > EVER && parts.length > 0) {
      const ends = await this.#lastBefore(parts, Number.MAX_SAFE_INTEGER, after);
      parts = parts.map((part, i) => ({ ...part, low: ends[i]!.seq + 1 }));
    }
    return parts.filter(({ low, high }) => low <= high);
  }

  #lastBefore(parts: SearchedPart[], id: number, time: Date): Promise<sql.LastBefore[]> {
    return this.database.query<sql.LastBefore>(sql.LAST_BEFORE, [
      parts.map(({ room }) => room.id),
      parts.map(({ high }) => high),
      id,
      time,
    ]);
  }

  /** The hits with their neighbours, as the user sees them. What was deleted since it was found is left out. */
  async #view(userId: UserId, hits: Found[], rooms: sql.SearchedRoom[]): Promise<FoundMessage[]> {
    const roomOf = new Map(rooms.map((room) => [room.id, room]));
    const places = hits.flatMap(({ roomId, seq }) =>
      [seq - 1, seq, seq + 1]
        .filter((place) => place >= 1 && place <= roomOf.get(roomId)!.last_seq)
        .map((place) => ({ roomId, place })),
    );
    if (places.length === 0) return [];
    const rows = await this.database.query<MessageRow>(sql.MESSAGES, [
      places.map(({ roomId }) => roomId),
      places.map(({ place }) => place),
    ]);
    const messages = new Map<string, Message>();
    for (const [roomId, ofRoom] of groupBy(rows, ({ room_id }) => room_id)) {
      const there = ofRoom.filter((row) => row.deleted_at === null && !this.expiry.isOver(row));
      for (const message of await this.messages.view(there, roomOf.get(roomId)!, userId)) {
        messages.set(`${roomId}/${message.seq}`, message);
      }
    }
    return hits.flatMap(({ roomId, seq }) => {
      const message = messages.get(`${roomId}/${seq}`);
      const neighbour = (place: number) => messages.get(`${roomId}/${place}`) ?? null;
      return message ? { message, before: neighbour(seq - 1), after: neighbour(seq + 1) } : [];
    });
  }

  async #inTurn<T>(userId: UserId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(userId) ?? Promise.resolve()).then(work, work);
    this.#last.set(userId, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(userId) === turn) this.#last.delete(userId);
    }
  }
}

/** @param lastId of the newest message that the user sees. */
function wholeRoom(
  stored: sql.SearchedRoom,
  segments: readonly sql.SegmentTuple[],
  lastId: MessageId,
  userId: UserId,
): SearchedPart {
  const room = seenBy(stored, userId);
  const freezeRev = freezeOf(stored, userId)?.rev ?? NOT_FROZEN;
  const changedSince = Math.min(stored.indexed_seq > 0 ? stored.indexed_rev : NOT_FROZEN, freezeRev);
  return {
    room,
    segments,
    low: 1,
    high: room.last_seq,
    lastId,
    freezeRev,
    changedSince: stored.rev > changedSince ? changedSince : null,
  };
}
