import { listSettingsOf, type Room, type RoomListing, type RoomListingChange } from '@parley/shared';
import { ME, ModelServer, ROOM } from '../testing/model-server.js';
import { applyEvent } from './apply-event.js';
import type { ChatEvent } from './chat-event.js';
import { emptyState, isBehind } from './chat-state.js';

const NONE = { share_read: null, share_delivered: null, share_typing: null, share_presence: null } as const;
const UNLISTED = { pinned: false, muted_until: null, archived: false, marked_unread: false } as const;
const NOW = Date.parse('2026-11-26T12:00:00.000Z');

const listingOf = (rev: number, fields: Partial<RoomListing> = {}): RoomListing => ({
  rev,
  pinned_at: null,
  muted_until: null,
  archived_seq: null,
  unread_seq: null,
  ...fields,
});
const frameOf = (listing: RoomListing): ChatEvent => ({
  type: 'settings',
  room_id: ROOM,
  ...NONE,
  ...UNLISTED,
  listing,
});

function setUp(listing?: RoomListing) {
  const room: Room = { ...new ModelServer(true).room(), ...(listing ? { listing } : {}) };
  let state = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [room] });
  return {
    room,
    state: () => state,
    listing: () => state.rooms[ROOM]?.room.listing,
    take: (event: ChatEvent) => (state = applyEvent(state, event)),
  };
}

describe('the listing of a room', () => {
  it('is the newest that has arrived, in whatever order the frames came', () => {
    const { take, listing, state } = setUp();
    take(frameOf(listingOf(2, { archived_seq: 0 })));
    expect(isBehind(state())).toBe(true);
    take(frameOf(listingOf(1, { pinned_at: '2026-11-26T10:00:00.000Z' })));
    expect(listing()).toEqual(listingOf(2, { archived_seq: 0 }));
  });

  it('is not missed when no frame of it arrived: the sync that follows brings it', () => {
    const { take, listing, state, room } = setUp(listingOf(3));
    expect([state().listingRev, isBehind(state())]).toEqual([3, false]);
    take(frameOf(listingOf(4, { unread_seq: 0 })));
    expect(isBehind(state())).toBe(false);
    take(frameOf(listingOf(6)));
    expect([state().listingRev, isBehind(state())]).toEqual([4, true]);
    take({
      type: 'synced',
      answer: {
        rooms: [{ room, reset: false, messages: [] }],
        unknown: [],
        more: false,
        listings: [
          { room_id: 77, ...listingOf(5) },
          { room_id: ROOM, ...listingOf(6) },
        ],
      },
      sentRevs: { [ROOM]: room.rev },
    });
    expect([state().listingRev, isBehind(state()), listing()]).toEqual([6, false, listingOf(6)]);
  });

  it('is replaced when the server was restored, also by none, and another sync follows', () => {
    const { take, listing, state, room } = setUp(listingOf(7));
    const synced = (listings: RoomListingChange[], isReset = true) =>
      take({
        type: 'synced',
        answer: {
          rooms: [],
          unknown: [],
          more: false,
          listings,
          ...(isReset ? { listings_reset: true } : {}),
        },
        sentRevs: { [ROOM]: room.rev },
      });
    synced([{ room_id: 77, ...listingOf(2) }]);
    expect(listing()).toBeUndefined();
    expect([state().listingRev, isBehind(state())]).toEqual([2, true]);
    synced([{ room_id: ROOM, ...listingOf(3, { unread_seq: 0 }) }], false);
    expect([state().listingRev, isBehind(state()), listing()?.rev]).toEqual([3, false, 3]);
    synced([]);
    expect([state().listingRev, listing()]).toEqual([0, undefined]);
    take(frameOf(listingOf(1)));
    expect(listing()?.rev).toBe(1);
  });

  it('is not replaced by that of an answer which is older', () => {
    const { take, listing, room } = setUp(listingOf(1));
    take(frameOf(listingOf(2, { unread_seq: 0 })));
    take({
      type: 'synced',
      answer: {
        rooms: [{ room: { ...room, rev: room.rev + 1 }, reset: true, messages: [] }],
        unknown: [],
        more: false,
      },
      sentRevs: { [ROOM]: room.rev },
    });
    expect(listing()?.rev).toBe(2);
  });
});

const settingsOf = (listing: RoomListing, last_seq: number, read_seq: number) =>
  listSettingsOf(
    {
      ...setUp().room,
      last_seq,
      listing,
      members: [
        { user_id: ME, read_seq, delivered_seq: read_seq },
        { user_id: ME + 1, read_seq: null, delivered_seq: null },
      ],
    },
    ME,
    NOW,
  );

describe('what a listing comes to', () => {
  it('is archived until a newer message, or the end of a mute', () => {
    const archived = listingOf(1, { archived_seq: 5 });
    expect([settingsOf(archived, 5, 0).archived, settingsOf(archived, 6, 0).archived]).toEqual([true, false]);
    const until = (ms: number) => ({ ...archived, muted_until: new Date(NOW + ms).toISOString() });
    expect([settingsOf(until(1), 6, 0).archived, settingsOf(until(0), 6, 0).archived]).toEqual([true, false]);
  });

  it('is marked as unread until the user reads further', () => {
    const marked = listingOf(1, { unread_seq: 4 });
    expect([settingsOf(marked, 9, 4).marked_unread, settingsOf(marked, 9, 5).marked_unread]).toEqual([
      true,
      false,
    ]);
  });
});
