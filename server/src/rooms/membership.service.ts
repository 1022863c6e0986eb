import type { RoomId, UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher } from '../database/batcher.js';
import { Database, type Statement } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { ChatError, noSuchRoom } from '../errors/chat-error.js';
import { existsSql, presenceShownSql } from '../users/privacy.js';
import { passesTyping, type PrivacyState, type RoomState } from './room-state.js';

type RoomPrivacyRow = Pick<RoomState, 'id' | 'user_a_id'> & Pick<PrivacyState, 'privacy_a' | 'privacy_b'>;

/** The two members of a room, `a` the one with the lower id. They never change. */
export interface Pair {
  readonly a: UserId;
  readonly b: UserId;
}

/** The members of a room, and for which of them it exists. */
interface Membership extends Pair {
  readonly is_for_a: boolean;
  readonly is_for_b: boolean;
}

const OF_MEMBER: Statement = {
  name: 'rooms-of-member',
  sql: `SELECT user_a_id AS a, user_b_id AS b, ${existsSql('a', 'r')} AS is_for_a, ${existsSql('b', 'r')} AS is_for_b
        FROM rooms r
        WHERE id = $1 AND CASE $2::bigint WHEN user_a_id THEN ${existsSql('a', 'r')} WHEN user_b_id THEN ${existsSql('b', 'r')} END`,
};
const PEERS: Statement = {
  name: 'rooms-peers',
  sql: `SELECT user_a_id AS user_id, id AS room_id, user_b_id AS peer_id FROM rooms r
          WHERE user_a_id = ANY ($1::bigint[]) AND ${presenceShownSql('a', 'r')}
        UNION ALL SELECT user_b_id, id, user_a_id FROM rooms r
          WHERE user_b_id = ANY ($1::bigint[]) AND ${presenceShownSql('b', 'r')}`,
};
/** With accounts a room without messages gives no presence. */
const PEERS_WITH_MESSAGES: Statement = {
  name: 'rooms-peers-with-messages',
  sql: `SELECT user_a_id AS user_id, id AS room_id, user_b_id AS peer_id FROM rooms r
          WHERE user_a_id = ANY ($1::bigint[]) AND last_seq > 0 AND ${presenceShownSql('a', 'r')}
        UNION ALL SELECT user_b_id, id, user_a_id FROM rooms r
          WHERE user_b_id = ANY ($1::bigint[]) AND last_seq > 0 AND ${presenceShownSql('b', 'r')}`,
};
const PRIVACY: Statement = {
  name: 'rooms-privacy',
  sql: `SELECT id, user_a_id, privacy_a, privacy_b FROM rooms WHERE id = ANY ($1::bigint[])`,
};

/** The id of no room: ids are positive. */
const NO_ROOM = 0 as RoomId;

/** A user who shares a room with another one and may see its presence, and the room. */
export interface Peer {
  room_id: RoomId;
  peer_id: UserId;
}

/** Decides who may read and change a room. */
@Injectable()
export class MembershipService {
  readonly #pairs = new LRUCache<RoomId, Membership>({ max: 200_000 });
  /**
   * Queries in flight. The same query again waits for the same result, in turn: two messages sent one right after the
   * other to a room not known yet stay in their order. (`fetch` of lru-cache would share a result by room alone, but it
   * depends on the user.)
   */
  readonly #loading = new Map<string, Promise<Pair>>();
  readonly #peersStatement: Statement;
  readonly #peers: Batcher<UserId, Peer[]>;
  readonly #typing: Batcher<{ roomId: RoomId; userId: UserId }, boolean>;

  constructor(
    @Inject(CONFIG) { accounts }: Config,
    private readonly database: Database,
  ) {
    this.#peersStatement = accounts ? PEERS_WITH_MESSAGES : PEERS;
    this.#peers = new Batcher((userIds) => this.#readPeers(userIds), { queue: database.syncQueue });
    this.#typing = new Batcher((signals) => this.#readTyping(signals));
  }

  /** The members, if they are cached and the user is one of them: spares the hot path a turn of the event loop. */
  known(roomId: RoomId, userId: UserId): Pair | undefined {
    const pair = this.#pairs.get(roomId);
    if (!pair) return undefined;
    return (pair.a === userId && pair.is_for_a) || (pair.b === userId && pair.is_for_b) ? pair : undefined;
  }

  /**
   * @throws ChatError `not_found` unless the user is a member, for whom the room exists: it has messages, or the user has
   *   opened it. A room of other users and a room that does not exist take the same path through the same query, so that
   *   not even its duration distinguishes them.
   */
  async require(roomId: RoomId, userId: UserId): Promise<Pair> {
    return this.known(roomId, userId) ?? this.#load(roomId, userId);
  }

  /**
   * As `require`, for the room of a message or a file. `roomId` is undefined when it does not exist, which takes the same
   * query. The error is then `absent()` in place of `not_found`.
   */
  async requireFor(roomId: RoomId | undefined, userId: UserId, absent: () => ChatError): Promise<void> {
    await this.require(roomId ?? NO_ROOM, userId).catch((error: unknown) => {
      throw error instanceof ChatError && error.code === 'not_found' ? absent() : error;
    });
  }

  /** Whether the other member is to see that the user types. */
  passesTyping(roomId: RoomId, userId: UserId): Promise<boolean> {
    return this.#typing.add({ roomId, userId });
  }

  /** Everyone who shares a room with the user and may see the user's presence, and which. */
  peers(userId: UserId): Promise<Peer[]> {
    return this.#peers.add(userId);
  }

  async #readPeers(userIds: UserId[]): Promise<Peer[][]> {
    const rows = await this.database.query<Peer & { user_id: UserId }>(this.#peersStatement, [userIds]);
    const byUser = groupBy(rows, ({ user_id }) => user_id);
    return userIds.map((userId) => byUser.get(userId) ?? []);
  }

  async #readTyping(signals: { roomId: RoomId; userId: UserId }[]): Promise<boolean[]> {
    const rows = await this.database.query<RoomPrivacyRow>(PRIVACY, [signals.map(({ roomId }) => roomId)]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return signals.map(({ roomId, userId }) => {
      const row = byId.get(roomId);
      return row !== undefined && passesTyping(row, userId);
    });
  }

  #load(roomId: RoomId, userId: UserId): Promise<Pair> {
    const key = `${roomId}/${userId}`;
    const underway = this.#loading.get(key);
    if (underway) return underway;
    const loading = this.database
      .query<Membership>(OF_MEMBER, [roomId, userId])
      .then(([pair]) => {
        if (!pair) throw noSuchRoom();
        this.#pairs.set(roomId, pair);
        return pair;
      })
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }
}
