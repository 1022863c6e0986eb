import type { Message, Room, RoomChanges, SyncAck } from '@parley/shared';
import { applyWaiting, changeMessage } from './apply-change.js';
import { withoutExpired } from './apply-expiry.js';
import { applyListings, withNewestListing, withoutListings } from './apply-listing.js';
import { newClientRoom, type ChatState, type ClientRoom } from './chat-state.js';
import { addRun, endOf, withLoadedQuote } from './segments.js';

/** Applies the answer to a `sync`. `sentRevs`: the revisions that were sent. */
export function applySync(
  state: ChatState,
  answer: SyncAck,
  sentRevs: Readonly<Record<string, number>>,
): ChatState {
  const users = { ...state.users };
  const rooms = { ...state.rooms };
  // An older server, met during a rolling upgrade, does not send it.
  for (const id of answer.unknown ?? []) delete rooms[id];
  for (const changes of answer.rooms) {
    for (const user of changes.room.users) users[user.id] = user;
    const known = rooms[changes.room.id];
    rooms[changes.room.id] = known
      ? applyRoomChanges(known, changes, sentRevs[changes.room.id])
      : newClientRoom(changes.room);
  }
  const next = {
    ...state,
    users,
    rooms,
    ready: true,
    isRestored: answer.more && state.isRestored,
    missesRooms: answer.more && state.missesRooms,
  };
  return applyListings(answer.listings_reset ? withoutListings(next) : next, answer.listings ?? []);
}

/** Adds a page of history, from anywhere in the room, unless it has a gap or may be stale. */
export function applyPage(
  state: ClientRoom,
  requestedAtRev: number,
  results: readonly Message[],
): ClientRoom {
  if (requestedAtRev < state.changedRev) return state;
  // What is newer than the state comes as a frame, with its revision.
  const { expired_seq = 0, last_seq } = state.room;
  const messages = results
    .filter(({ seq }) => seq > expired_seq && seq <= last_seq)
    .toSorted((a, b) => a.seq - b.seq);
  const first = messages[0]?.seq;
  if (first === undefined || messages.some(({ seq }, index) => seq !== first + index)) return state;
  const quoted = messages.map((message) => withLoadedQuote(state.segments, message));
  return { ...state, segments: addRun(state.segments, { first, messages: quoted }) };
}

function applyRoomChanges(state: ClientRoom, changes: RoomChanges, sentRevs: number | undefined): ClientRoom {
  const { reset, messages } = changes;
  // Older than what was sent: the server has another database than before. Its state replaces ours.
  const isRestored = reset && sentRevs !== undefined && changes.room.rev < sentRevs;
  if (isRestored) return newClientRoom(changes.room);
  const room = withNewestListing(changes.room, state);
  // Overtaken by live frames while the answer was in flight.
  if (room.rev < state.room.rev) return state;
  if (reset && room.rev > state.room.rev) return applyWaiting(afterReset(state, room));
  return applyWaiting(afterChanges(state, room, messages));
}

function afterReset(state: ClientRoom, room: Room): ClientRoom {
  return { ...newClientRoom(room), waiting: state.waiting, knownRev: Math.max(state.knownRev, room.rev) };
}

function afterChanges(state: ClientRoom, room: Room, changed: readonly Message[]): ClientRoom {
  const upserted = changed.reduce((sofar, message) => changeMessage(sofar, message, room.rev), state);
  const next = withoutExpired({ ...upserted, room }, state.room.expired_seq ?? 0);
  const { live } = next.segments;
  if (endOf(live) !== room.last_seq + 1) return afterReset(state, room);
  // The log may be ahead of this answer: the ack of a repetition brings a message with its edits.
  const last_message = live.messages.at(-1) ?? room.last_message;
  return { ...next, room: { ...room, last_message }, knownRev: Math.max(state.knownRev, room.rev) };
}
