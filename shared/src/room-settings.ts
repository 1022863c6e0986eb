import type { Room } from './rooms.js';
import type { Sharing } from './privacy.js';

/** How a user keeps a room in the list, as it is now. */
export interface ListSettings {
  /** Stands above the others in the list. At most {@link MAX_PINNED_ROOMS} rooms are. */
  pinned: boolean;
  /** Until when the user is not notified of messages, ISO-8601 UTC; null: the room is not muted. */
  muted_until: string | null;
  /** Is not in the list, until it has a new message; while it is muted, in spite of one. */
  archived: boolean;
  /** Is marked as unread: until the user reads further, or takes the mark away. */
  marked_unread: boolean;
}

/** The settings of one chat, private to the user. Of what is shared null means: as in general, for every chat. */
export type RoomSettings = { [Name in keyof Sharing]: boolean | null } & ListSettings;

/** Body of `PATCH /api/rooms/<id>/settings/`: what is left out stays as it is. */
export interface ChangeRoomSettings extends Partial<RoomSettings> {
  /** The current user (simulation); `?active_user=` does as well. */
  active_user_id?: number;
}

/** Rooms that a user has pinned, at most. */
export const MAX_PINNED_ROOMS = 20;
/** The end of a mute that has none. */
export const MUTED_FOREVER = '9999-12-31T23:59:59.999Z';
/** Listings in one answer of `sync`, at most. */
export const MAX_SYNC_LISTINGS = 500;

const UNLISTED: ListSettings = { pinned: false, muted_until: null, archived: false, marked_unread: false };

/** What a room's listing comes to now: the same on the server and in clients. @param nowMs by the clock of the server. */
export function listSettingsOf(
  { listing, last_seq, members }: Pick<Room, 'listing' | 'last_seq' | 'members'>,
  userId: number,
  nowMs: number,
): ListSettings {
  if (!listing) return UNLISTED;
  const { pinned_at, muted_until, archived_seq, unread_seq } = listing;
  const muted = muted_until !== null && Date.parse(muted_until) > nowMs;
  const readSeq = members.find(({ user_id }) => user_id === userId)?.read_seq ?? 0;
  return {
    pinned: pinned_at !== null,
    muted_until: muted ? muted_until : null,
    archived: archived_seq !== null && (muted || last_seq <= archived_seq),
    marked_unread: unread_seq !== null && readSeq <= unread_seq,
  };
}
