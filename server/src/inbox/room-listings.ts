import { Injectable } from '@nestjs/common';
import {
  MAX_PINNED_ROOMS,
  type ListSettings,
  type RoomId,
  type RoomListing,
  type RoomListingChange,
  type UserId,
} from '@parley/shared';
import { Batcher } from '../database/batcher.js';
import { Database } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { ChatError, noSuchRoom } from '../errors/chat-error.js';
import { CHANGE, LISTING, SINCE } from './listings.sql.js';

/** Users whose listings are read in one statement. */
const USERS_PER_READ = 100;

/** The refusal of one more pinned room. */
export function tooManyPinned(): ChatError {
  return new ChatError('too_many', `At most ${MAX_PINNED_ROOMS} rooms are pinned.`);
}

interface Since {
  userId: UserId;
  rev: number;
}

/** How users keep their rooms in the list. Checks no permission: the services do. */
@Injectable()
export class RoomListings {
  readonly #since: Batcher<Since, RoomListingChange[]>;

  constructor(private readonly database: Database) {
    this.#since = new Batcher((wanted) => this.#readSince(wanted), {
      maxBatch: USERS_PER_READ,
      queue: database.syncQueue,
    });
  }

  /** @throws ChatError `too_many` when as many rooms as may be are pinned. */
  async change(userId: UserId, roomId: RoomId, change: Partial<ListSettings>): Promise<RoomListing> {
    const { pinned = null, muted_until, archived = null, marked_unread = null } = change;
    // A time that is over comes to the same as none, and PostgreSQL does not know all of them.
    const mutedUntil = muted_until && Date.parse(muted_until) > Date.now() ? muted_until : null;
    const values = [roomId, userId, pinned, muted_until !== undefined, mutedUntil, archived, marked_unread];
    const [changed] = await this.database.query<{ listing: RoomListing }>(CHANGE, values);
    if (!changed) throw pinned ? tooManyPinned() : noSuchRoom();
    return changed.listing;
  }

  async of(userId: UserId, roomId: RoomId): Promise<RoomListing | null> {
    const [row] = await this.database.query<{ listing: RoomListing }>(LISTING, [roomId, userId]);
    return row?.listing ?? null;
  }

  /** What has changed for the user after `rev`, at most MAX_SYNC_LISTINGS, in the order of the changes. */
  since(userId: UserId, rev: number): Promise<RoomListingChange[]> {
    return this.#since.add({ userId, rev });
  }

  async #readSince(wanted: Since[]): Promise<RoomListingChange[][]> {
    const lowest = new Map<UserId, number>();
    for (const { userId, rev } of wanted) lowest.set(userId, Math.min(rev, lowest.get(userId) ?? rev));
    const rows = await this.database.query<{ user_id: UserId; room_id: RoomId; listing: RoomListing }>(
      SINCE,
      [[...lowest.keys()], [...lowest.values()]],
    );
    const byUser = groupBy(rows, ({ user_id }) => user_id);
    return wanted.map(({ userId, rev }) =>
      (byUser.get(userId) ?? [])
        .filter(({ listing }) => listing.rev > rev)
        .map(({ room_id, listing }) => ({ room_id, ...listing })),
    );
  }
}
