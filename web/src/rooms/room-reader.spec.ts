/**
 * Solid's build for browsers: the one for servers is not reactive.
 * @jest-environment-options { "customExportConditions": ["browser"] }
 */
import { applyEvent, emptyState, type ChatEvent } from '@parley/client';
import { ME, ModelServer, PEER, ROOM } from '@parley/client/testing';
import type { User } from '@parley/shared';
import { createComputed, createRoot, createSignal } from 'solid-js';
import { createRoomReader, type RoomReader } from './room-reader';

const ROOMS = 50;

/** A list of rooms, each with a computation that reads what an entry of the list shows. */
function setUp() {
  const server = new ModelServer();
  const [state, setState] = createSignal(emptyState(ME));
  const dispatch = (event: ChatEvent) => void setState((before) => applyEvent(before, event));
  const runs = new Map<number, number>();

  const peerOf = (roomId: number): User => ({ ...server.room().users[1], id: PEER + roomId });
  const others = Array.from({ length: ROOMS - 1 }, (_, n) => {
    const id = ROOM + 1 + n;
    return { ...server.room(), id, users: [server.room().users[0], peerOf(id)] as [User, User] };
  });
  dispatch({ type: 'rooms-loaded', rooms: [server.room(), ...others] });

  const read = createRoot((): RoomReader => {
    const reader = createRoomReader(state);
    for (const id of Object.keys(state().rooms).map(Number)) {
      createComputed(() => {
        reader.room(id);
        reader.user(PEER + (id === ROOM ? 0 : id));
        reader.isTyping(id);
        reader.lastQueued(id);
        runs.set(id, (runs.get(id) ?? 0) + 1);
      });
    }
    return reader;
  });

  /** Which rooms `event` runs anything for. */
  function ranBy(event: ChatEvent): number[] {
    runs.clear();
    dispatch(event);
    return [...runs.keys()];
  }

  return { server, read, ranBy, peerOf };
}

describe('createRoomReader', () => {
  it('runs nothing for the other rooms when a room gets a message', () => {
    const { server, read, ranBy } = setUp();
    const ack = server.send(PEER, null);
    expect(ranBy(server.frameOf(ack))).toEqual([ROOM]);
    expect(read.room(ROOM)?.room.last_message).toEqual(ack.message);
  });

  it('runs only the room of a typing, of a presence and of a message on its way', () => {
    const { read, ranBy, peerOf } = setUp();
    const id = ROOM + 3;
    expect(ranBy({ type: 'typing', room_id: id, user_id: peerOf(id).id })).toEqual([id]);
    expect(read.isTyping(id)).toBe(true);
    expect(ranBy({ type: 'presence', user_id: peerOf(id).id, online: true, last_seen: null })).toEqual([id]);
    expect(read.user(peerOf(id).id)?.online).toBe(true);
    const entry = {
      kind: 'send',
      client_id: 'c1',
      room_id: id,
      text: 'Hello',
      reply_to: null,
      created_at: '',
      status: 'waiting',
      reason: null,
      seq: null,
    } as const;
    expect(ranBy({ type: 'queued', entry })).toEqual([id]);
    expect(read.lastQueued(id)).toEqual(entry);
    expect(ranBy({ type: 'discarded', clientId: 'c1' })).toEqual([id]);
    expect(read.lastQueued(id)).toBeUndefined();
  });

  it('reads a room that came later', () => {
    const { server, read, ranBy, peerOf } = setUp();
    const id = ROOM + ROOMS;
    const room = { ...server.room(), id, users: [server.room().users[0], peerOf(id)] as [User, User] };
    expect(read.room(id)).toBeUndefined();
    expect(ranBy({ type: 'room', room })).toEqual([]);
    expect(read.room(id)?.room).toEqual(room);
  });
});
