import { Injectable } from '@nestjs/common';
import {
  MAX_SYNC_LISTINGS,
  type RoomChanges,
  type SyncAck,
  type Rev,
  type RoomId,
  type UserId,
} from '@parley/shared';
import { Batcher } from '../database/batcher.js';
import { Database } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { Expiry } from '../messages/expiry.js';
import { canCatchUp, MessagesRepository } from '../messages/messages.repository.js';
import type { MessageRow } from '../messages/message-row.js';
import { toMessage } from '../messages/message.view.js';
import { freezeOf, sharedRev } from '../rooms/room-state.js';
import { REVISIONS, type RoomRow } from './inbox.sql.js';
import { InboxService } from './inbox.service.js';
import { RoomListings } from './room-listings.js';

/**
 * One answer stays below this, in bytes of JSON, so that a slow socket is not cut off for catching up (less than
 * MAX_BUFFERED_BYTES), yet has place for MAX_SYNC_CHANGES messages of 200 characters.
 */
const ANSWER_BYTES = 192 * 1_024;
/** Rooms looked at for one answer. */
const ROOMS_PER_ANSWER = 100;
/** Users whose revisions are read in one statement: each may have thousands of rooms. */
const USERS_PER_READ = 100;

interface RoomRange {
  first?: number | undefined;
  last?: number | undefined;
}

interface Revision {
  id: RoomId;
  rev: Rev;
}

/** Catching up: what a client lacks, all of it or an explicit reset per room. */
@Injectable()
export class SyncService {
  readonly #revisions: Batcher<UserId, Revision[]>;

  constructor(
    private readonly database: Database,
    private readonly rooms: InboxService,
    private readonly listings: RoomListings,
    private readonly repository: MessagesRepository,
    private readonly expiry: Expiry,
  ) {
    this.#revisions = new Batcher((userIds) => this.#readRevisions(userIds), {
      maxBatch: USERS_PER_READ,
      queue: database.syncQueue,
    });
  }

  /**
   * As `syncRooms`, with the listings of the user's rooms that have changed after `listingRev`, unless that is undefined.
   */
  async sync(
    userId: UserId,
    have: ReadonlyMap<RoomId, Rev>,
    range: RoomRange = {},
    listingRev?: number,
  ): Promise<SyncAck> {
    if (listingRev === undefined) return this.syncRooms(userId, have, range);
    const [answer, { listings, isReset }] = await Promise.all([
      this.syncRooms(userId, have, range),
      this.listings.since(userId, listingRev),
    ]);
    return {
      ...answer,
      more: answer.more || listings.length === MAX_SYNC_LISTINGS,
      listings,
      ...(isReset ? { listings_reset: true } : {}),
    };
  }

  /**
   * @param have room id to the revision that the client has. A room of the user that is missing here is answered as a
   *   reset; one that is not the user's, or does not exist, as `unknown`, without looking which of the two it is.
   * @param range ids of the rooms that are compared, both ends included; all by default. Others in `have` are ignored.
   */
  async syncRooms(
    userId: UserId,
    have: ReadonlyMap<RoomId, Rev>,
    { first = 0, last = Infinity }: RoomRange = {},
  ): Promise<SyncAck> {
    const all = await this.#revisions.add(userId);
    const isCompared = (id: RoomId) => first <= id && id <= last;
    const mine = new Set(all.map(({ id }) => id));
    const unknown = [...have.keys()].filter((id) => isCompared(id) && !mine.has(id));

    const stale = all.filter(({ id, rev }) => isCompared(id) && have.get(id) !== rev).map(({ id }) => id);
    const batch = stale.slice(0, ROOMS_PER_ANSWER);
    if (batch.length === 0) return { rooms: [], unknown, more: false };

    const seen = await this.rooms.seenRows(await this.rooms.rows(batch), userId);
    const rows = new Map(seen.map((row) => [row.id, row]));
    const changes = await this.repository.changes(
      batch.flatMap((id) => {
        const room = rows.get(id);
        const seenRev = have.get(id);
        if (!room || seenRev === undefined) return [];
        const since = sharedRev(room, userId, seenRev);
        return canCatchUp(room, since) ? [{ room, since }] : [];
      }),
    );

    for (const [id, messages] of changes) {
      const freeze = freezeOf(rows.get(id)!, userId);
      if (!freeze) continue;
      const since = sharedRev(rows.get(id)!, userId, have.get(id)!);
      changes.set(id, await this.repository.frozenChanges(messages, since, freeze.rev));
    }

    const answer: RoomChanges[] = [];
    let size = JSON.stringify(unknown).length;
    for (const id of batch) {
      const row = rows.get(id);
      if (!row) continue;
      const entry = this.#entry(row, userId, changes.get(id));
      size += Buffer.byteLength(JSON.stringify(entry));
      // The first always goes, as a reset if it is too large by itself, so that asking again gets further.
      if (size > ANSWER_BYTES && answer.length > 0) return { rooms: answer, unknown, more: true };
      answer.push(size > ANSWER_BYTES ? { ...entry, reset: true, messages: [] } : entry);
    }
    return { rooms: answer, unknown, more: stale.length > batch.length };
  }

  async #readRevisions(userIds: UserId[]): Promise<Revision[][]> {
    const rows = await this.database.query<Revision & { user_id: UserId }>(REVISIONS, [
      [...new Set(userIds)],
    ]);
    const byUser = groupBy(rows, ({ user_id }) => user_id);
    return userIds.map((userId) => byUser.get(userId) ?? []);
  }

  #entry(row: RoomRow, userId: UserId, changed: MessageRow[] | undefined): RoomChanges {
    const room = this.rooms.view(row, userId);
    const userOf = (id: number) => room.users[id === room.users[0].id ? 0 : 1];
    return {
      room,
      reset: changed === undefined,
      messages: (changed ?? []).map((message) => toMessage(message, row, userId, userOf, this.expiry)),
    };
  }
}
