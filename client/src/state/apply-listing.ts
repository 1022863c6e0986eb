import type { Room, RoomListing, RoomListingChange } from '@parley/shared';
import type { ChatState, ClientRoom } from './chat-state.js';

/** Applies a change of how the user keeps a room: to that room, if it is known here. One that is older changes nothing. */
export function applyListing(state: ChatState, roomId: number, listing: RoomListing): ChatState {
  const { rev } = listing;
  const noted = {
    ...state,
    listingRev: rev === state.listingRev + 1 ? rev : state.listingRev,
    knownListingRev: Math.max(state.knownListingRev, rev),
  };
  const known = state.rooms[roomId];
  if (!known || (known.room.listing?.rev ?? 0) >= rev) return noted;
  return { ...noted, rooms: { ...state.rooms, [roomId]: { ...known, room: { ...known.room, listing } } } };
}

/** Applies all that has changed since the state's `listingRev`, in the order of `rev`. */
export function applyListings(state: ChatState, changes: readonly RoomListingChange[]): ChatState {
  const next = changes.reduce(
    (sofar, { room_id, ...listing }) => applyListing(sofar, room_id, listing),
    state,
  );
  const listingRev = Math.max(next.listingRev, changes.at(-1)?.rev ?? 0);
  return { ...next, listingRev };
}

/**
 * Before all of them come anew: those that are here are of another database. A frame of the new one may be among them: one more
 * `sync` brings it.
 */
export function withoutListings(state: ChatState): ChatState {
  const rooms = Object.entries(state.rooms).map(([id, known]) => [
    id,
    { ...known, room: { ...known.room, listing: undefined } },
  ]);
  return {
    ...state,
    rooms: Object.fromEntries(rooms) as ChatState['rooms'],
    listingRev: 0,
    knownListingRev: 0,
    missesRooms: true,
  };
}

/** The listings of a whole list of rooms, which are as of one moment. */
export function applyLoadedListings(state: ChatState, rooms: readonly Room[]): ChatState {
  const next = rooms.reduce(
    (sofar, { id, listing }) => (listing ? applyListing(sofar, id, listing) : sofar),
    state,
  );
  // Later on a list may be older than what the client has.
  return state.ready ? next : { ...next, listingRev: next.knownListingRev };
}

/** A room as it has arrived, with the newer of its listing there and here: an answer may be older than a frame. */
export function withNewestListing(room: Room, known: ClientRoom): Room {
  const { listing } = known.room;
  return listing && listing.rev > (room.listing?.rev ?? 0) ? { ...room, listing } : room;
}
