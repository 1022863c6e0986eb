import type { RoomId, UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher } from '../database/batcher.js';
import { Database, type Statement } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { noSuchRoom } from '../errors/chat-error.js';

/** The two members of a room, `a` the one with the lower id. They never change. */
export interface Pair {
  readonly a: UserId;
  readonly b: UserId;
}

const OF_MEMBER: Statement = {
  name: 'rooms-of-member',
  sql: `SELECT user_a_id AS a, user_b_id AS b FROM rooms WHERE id = $1 AND $2 IN (user_a_id, user_b_id)`,
};
const PEERS: Statement = {
  name: 'rooms-peers',
  sql: `SELECT user_a_id AS user_id, id AS room_id, user_b_id AS peer_id FROM rooms WHERE user_a_id = ANY ($1::bigint[])
        UNION ALL SELECT user_b_id, id, user_a_id FROM rooms WHERE user_b_id = ANY ($1::bigint[])`,
};
/** With accounts a room without messages gives no presence. */
const PEERS_WITH_MESSAGES: Statement = {
  name: 'rooms-peers-with-messages',
  sql: `SELECT user_a_id AS user_id, id AS room_id, user_b_id AS peer_id FROM rooms
          WHERE user_a_id = ANY ($1::bigint[]) AND last_seq > 0
        UNION ALL SELECT user_b_id, id, user_a_id FROM rooms
          WHERE user_b_id = ANY ($1::bigint[]) AND last_seq > 0`,
};

/** A user who shares a room with another one, and the room. */
export interface Peer {
  room_id: RoomId;
  peer_id: UserId;
}

/** Decides who may read and change a room. */
@Injectable()
export class MembershipService {
  readonly #pairs = new LRUCache<RoomId, Pair>({ max: 200_000 });
  /**
   * Queries in flight. The same query again waits for the same result, in turn: two messages sent one right after the
   * other to a room not known yet stay in their order. (`fetch` of lru-cache would share a result by room alone, but it
   * depends on the user.)
   */
  readonly #loading = new Map<string, Promise<Pair>>();
  readonly #peersStatement: Statement;
  readonly #peers: Batcher<UserId, Peer[]>;

  constructor(
    @Inject(CONFIG) { accounts }: Config,
    private readonly database: Database,
  ) {
    this.#peersStatement = accounts ? PEERS_WITH_MESSAGES : PEERS;
    this.#peers = new Batcher((userIds) => this.#readPeers(userIds), { queue: database.syncQueue });
  }

  /** The members, if they are cached and the user is one of them: spares the hot path a turn of the event loop. */
  known(roomId: RoomId, userId: UserId): Pair | undefined {
    const pair = this.#pairs.get(roomId);
    return pair && (pair.a === userId || pair.b === userId) ? pair : undefined;
  }

  /**
   * @throws ChatError `not_found` unless the user is a member. A room of other users and a room that does not exist take
   *   the same path through the same query, so that not even its duration distinguishes them.
   */
  async require(roomId: RoomId, userId: UserId): Promise<Pair> {
    return this.known(roomId, userId) ?? this.#load(roomId, userId);
  }

  /** Everyone who shares a room with the user, and which. */
  peers(userId: UserId): Promise<Peer[]> {
    return this.#peers.add(userId);
  }

  async #readPeers(userIds: UserId[]): Promise<Peer[][]> {
    const rows = await this.database.query<Peer & { user_id: UserId }>(this.#peersStatement, [userIds]);
    const byUser = groupBy(rows, ({ user_id }) => user_id);
    return userIds.map((userId) => byUser.get(userId) ?? []);
  }

  #load(roomId: RoomId, userId: UserId): Promise<Pair> {
    const key = `${roomId}/${userId}`;
    const underway = this.#loading.get(key);
    if (underway) return underway;
    const loading = this.database
      .query<Pair>(OF_MEMBER, [roomId, userId])
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
