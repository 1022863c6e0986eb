import type { ChatState, ClientRoom } from '@parley/client';
import type { Message } from '@parley/shared';
import { createNewsReader } from './news';

const [ME, BOB] = [1, 2];

function messageOf(seq: number, sender: number, deleted = false): Message {
  return {
    id: seq,
    seq,
    sender: { id: sender },
    text: `#${seq}`,
    deleted_at: deleted ? 'now' : null,
  } as Message;
}

/** A room whose loaded messages are these, the last of which is its newest. */
function roomOf(id: number, messages: Message[], unread = 0): ClientRoom {
  const last_seq = messages.at(-1)?.seq ?? 0;
  return {
    room: { id, last_seq, unread_count: unread },
    segments: { live: { messages } },
  } as unknown as ClientRoom;
}

function stateOf(...rooms: ClientRoom[]): ChatState {
  return {
    ready: true,
    rooms: Object.fromEntries(rooms.map((room) => [room.room.id, room])),
  } as unknown as ChatState;
}

describe('what is new', () => {
  const before = messageOf(1, BOB);

  it('is nothing of what was there first, and nothing that is loaded from before', () => {
    const reader = createNewsReader(ME);
    expect(reader.read(stateOf(roomOf(7, [messageOf(5, BOB)], 5)))).toBe(false);
    expect(reader.read(stateOf(roomOf(7, [before, messageOf(5, BOB)], 5)))).toBe(false);
  });

  it('is what the other has written since, and not deleted again', () => {
    const reader = createNewsReader(ME);
    reader.read(stateOf(roomOf(7, [before])));
    expect(reader.read(stateOf(roomOf(7, [before, messageOf(2, BOB)], 1)))).toBe(true);
    const state = stateOf(
      roomOf(7, [before, messageOf(2, BOB, true), messageOf(3, ME), messageOf(4, BOB)], 2),
    );
    reader.read(state);
    const [news, ...others] = reader.take(state);
    expect(others).toEqual([]);
    expect([news?.count, news?.messages.map(({ seq }) => seq)]).toEqual([1, [4]]);
    expect(reader.take(state)).toEqual([]);
  });

  it('has a count of what is not loaded, and of a chat that is new', () => {
    const reader = createNewsReader(ME);
    reader.read(stateOf(roomOf(7, [before])));
    const state = stateOf(roomOf(7, [messageOf(41, BOB)], 40), roomOf(8, [messageOf(3, BOB)], 3));
    reader.read(state);
    expect(reader.take(state).map(({ room, count }) => [room.room.id, count])).toEqual([
      [7, 40],
      [8, 3],
    ]);
  });

  it('is nothing of a chat that the user has opened for the first time, and has read', () => {
    const reader = createNewsReader(ME);
    reader.read(stateOf());
    expect(reader.read(stateOf(roomOf(9, [messageOf(12, BOB)])))).toBe(false);
  });
});
