import { applyEvent } from './apply-event.js';
import { emptyState, revisionsOf, type ChatState } from './chat-state.js';
import { ME, ModelServer, PEER, ROOM } from '../testing/model-server.js';

/** A client of an earlier run has kept the room with these messages. */
function setUp(count: number) {
  const server = new ModelServer();
  for (let n = 0; n < count; n++) server.send(PEER, null);
  const kept = { head: server.room(), messages: server.messages, rev: server.rev };
  const restored = [
    { type: 'restored', rooms: [kept.head] },
    {
      type: 'page-loaded',
      roomId: ROOM,
      requestedAtRev: kept.rev,
      page: { results: kept.messages.toReversed() },
    },
  ] as const;
  const state = restored.reduce<ChatState>((sofar, event) => applyEvent(sofar, event), emptyState(ME));
  return { server, state, restored };
}

const texts = (state: ChatState) => state.rooms[ROOM]?.segments.live.messages.map(({ text }) => text);

describe('a restored room', () => {
  it('is shown with its messages, as kept, until a sync has answered', () => {
    const { server, state } = setUp(3);
    expect([state.ready, state.isRestored, texts(state)]).toEqual([
      true,
      true,
      ['text 1', 'text 2', 'text 3'],
    ]);
    server.send(PEER, null);
    server.change(2, { kind: 'edit', text: 'edited' });
    const sentRevs = revisionsOf(state);
    const next = applyEvent(state, { type: 'synced', answer: server.sync(sentRevs, 300), sentRevs });
    expect([next.isRestored, texts(next)]).toEqual([false, ['text 1', 'edited', 'text 3', 'text 4']]);
  });

  it('changes nothing when the server has answered first', () => {
    const { server, restored } = setUp(2);
    server.send(PEER, null);
    const loaded = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [server.room()] });
    const next = restored.reduce<ChatState>((sofar, event) => applyEvent(sofar, event), loaded);
    expect(next.isRestored).toBe(false);
    expect(next.rooms).toEqual(loaded.rooms);
  });

  it('comes in parts: what is there already stays, and nothing comes after a sync', () => {
    const { server, state } = setUp(1);
    const other = { ...server.room(), id: 2 };
    const stale = { ...server.room(), rev: 0, last_seq: 0, last_message: null };
    const whole = applyEvent(state, { type: 'restored', rooms: [stale, other] });
    expect([Object.keys(whole.rooms), whole.rooms[ROOM], whole.isRestored]).toEqual([
      ['2', String(ROOM)],
      state.rooms[ROOM],
      true,
    ]);
    const sentRevs = revisionsOf(state);
    const synced = applyEvent(state, { type: 'synced', answer: server.sync(sentRevs, 300), sentRevs });
    expect(applyEvent(synced, { type: 'restored', rooms: [other] })).toBe(synced);
  });

  it('gives way to a room of the same id of another database', () => {
    const { state } = setUp(3);
    const other = { ...new ModelServer().room(), created_at: '2026-02-01T00:00:00.000Z' };
    const next = applyEvent(state, { type: 'rooms-loaded', rooms: [other] });
    expect(next.rooms[ROOM]?.room).toEqual(other);
    expect(texts(next)).toEqual([]);
  });
});
