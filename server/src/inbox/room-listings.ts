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

/** What a client lacks of the listings of its user. */
export interface ListingsSince {
  listings: RoomListingChange[];
  /** They take the place of all that the client has: those are of another database. */
  isReset: boolean;
}

/** Without a listing when there is nothing new. */
interface SinceRow {
  n: number;
  is_reset: boolean;
  room_id: RoomId;
  listing: RoomListing | null;
}

/** How users keep their rooms in the list. Checks no permission: the services do. */
@Injectable()
export class RoomListings {
  readonly #since: Batcher<Since, ListingsSince>;

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
  since(userId: UserId, rev: number): Promise<ListingsSince> {
    return this.#since.add({ userId, rev });
  }

  async #readSince(wanted: Since[]): Promise<ListingsSince[]> {
    const rows = await this.database.query<SinceRow>(SINCE, [
      wanted.map(({ userId }) => userId),
      wanted.map(({ rev }) => rev),
    ]);
    const byWant = groupBy(rows, ({ n }) => n);
    return wanted.map((_, index) => {
      const found = byWant.get(index + 1) ?? [];
      return {
        isReset: found[0]?.is_reset ?? false,
        listings: found.flatMap(({ room_id, listing }) => (listing ? [{ room_id, ...listing }] : [])),
      };
    });
  }
}
