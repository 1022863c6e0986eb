import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Batcher } from '../database/batcher.js';
import { Database, type Statement } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { noSuchRoom } from '../errors/chat-error.js';

/** Who is in a room, `a` the lower id. Never changes once the room exists. */
export interface Pair {
  readonly a: number;
  readonly b: number;
}

const OF_MEMBER: Statement = {
  name: 'rooms-of-member',
  sql: `SELECT user_a_id AS a, user_b_id AS b FROM rooms WHERE id = $1 AND $2 IN (user_a_id, user_b_id)`,
};
const OF_ROOM: Statement = {
  name: 'rooms-of-room',
  sql: `SELECT user_a_id AS a, user_b_id AS b FROM rooms WHERE id = $1`,
};
const PEERS: Statement = {
  name: 'rooms-peers',
  sql: `SELECT user_a_id AS user_id, id AS room_id, user_b_id AS peer_id FROM rooms WHERE user_a_id = ANY ($1::bigint[])
        UNION ALL SELECT user_b_id, id, user_a_id FROM rooms WHERE user_b_id = ANY ($1::bigint[])`,
};

/** Someone who shares a room with a user, and which. */
export interface Peer {
  room_id: number;
  peer_id: number;
}

/** The one place that knows who may see and touch a room. */
@Injectable()
export class MembershipService {
  readonly #pairs = new LRUCache<number, Pair>({ max: 200_000 });
  /**
   * Look-ups under way. The same request meanwhile waits for the same answer, in turn: two messages that a client
   * sends in one breath to a room not known yet stay in their order.
   */
  readonly #loading = new Map<string, Promise<Pair>>();
  readonly #peers: Batcher<number, Peer[]>;

  constructor(private readonly database: Database) {
    this.#peers = new Batcher((userIds) => this.#readPeers(userIds), { queue: database.syncQueue });
  }

  /** The pair, if it is at hand and the user belongs to it: spares the hot path a turn of the event loop. */
  known(roomId: number, userId: number): Pair | undefined {
    const pair = this.#pairs.get(roomId);
    return pair && (pair.a === userId || pair.b === userId) ? pair : undefined;
  }

  /**
   * @throws ChatError `not_found` unless the user is a member. A room of others and a room that does not exist take
   * the same way through the same query, so that not even the time it takes distinguishes them.
   */
  async require(roomId: number, userId: number): Promise<Pair> {
    return this.known(roomId, userId) ?? this.#load(roomId, OF_MEMBER, [roomId, userId]);
  }

  /** For requests that name no user (simulation). @throws ChatError `not_found` when there is no such room. */
  async requireRoom(roomId: number): Promise<Pair> {
    return this.#pairs.get(roomId) ?? this.#load(roomId, OF_ROOM, [roomId]);
  }

  /** Everyone who shares a room with the user, and which. */
  peers(userId: number): Promise<Peer[]> {
    return this.#peers.add(userId);
  }

  async #readPeers(userIds: number[]): Promise<Peer[][]> {
    const rows = await this.database.query<Peer & { user_id: number }>(PEERS, [userIds]);
    const byUser = groupBy(rows, ({ user_id }) => user_id);
    return userIds.map((userId) => byUser.get(userId) ?? []);
  }

  #load(roomId: number, statement: Statement, values: number[]): Promise<Pair> {
    const key = values.join('/');
    const underway = this.#loading.get(key);
    if (underway) return underway;
    const loading = this.database
      .query<Pair>(statement, values)
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
