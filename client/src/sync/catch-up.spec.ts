import { MAX_SYNC_ROOMS, type SyncAck } from '@parley/shared';
import { applyEvent } from '../state/apply-event.js';
import { createCatchUp } from './catch-up.js';
import type { ChatEvent } from '../state/chat-event.js';
import { emptyState, isBehind, type RoomRange } from '../state/chat-state.js';
import type { ClientCore, RequestFrame } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import { ME, ModelServer, PEER } from '../testing/model-server.js';

type Answer = SyncAck | RequestError;

/** A window that knows the model's room, and a server that answers as scripted, then like the model. */
function setUp(answers: Answer[] = []) {
  const server = new ModelServer();
  let state = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [server.room()] });
  const sentRevs: Record<string, number>[] = [];
  const ranges: RoomRange[] = [];
  const line = { isDead: false };
  const take = (event: ChatEvent) => {
    state = applyEvent(state, event);
    catchUp.review();
  };
  const request = async ({ type: _type, rooms, ...range }: RequestFrame<'sync'>): Promise<SyncAck> => {
    sentRevs.push(rooms);
    ranges.push(range);
    const answer = answers.shift() ?? server.sync(rooms, 300);
    if (answer instanceof RequestError) throw answer;
    return answer;
  };
  const client = {
    get state() {
      return state;
    },
    isConnected: true,
    dispatch: take,
    request: request as ClientCore['request'],
  };
  const catchUp = createCatchUp(client, () => (line.isDead = true));
  return { server, take, catchUp, sentRevs, ranges, line, state: () => state };
}

describe('CatchUp', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('asks again as long as the server has more', async () => {
    const { catchUp, sentRevs } = setUp([
      { rooms: [], unknown: [], more: true },
      { rooms: [], unknown: [], more: true },
    ]);
    await catchUp.run();
    expect(sentRevs).toHaveLength(3);
  });

  it('compares more rooms than a frame holds in ranges, which leave out no id', async () => {
    const none = { rooms: [], unknown: [], more: false };
    const { catchUp, take, sentRevs, ranges, server } = setUp([none, { ...none, more: true }, none, none]);
    const many = Array.from({ length: 2 * MAX_SYNC_ROOMS + 1 }, (_, i) => ({
      ...server.room(),
      id: 10 * (i + 1),
    }));
    take({ type: 'rooms-loaded', rooms: many });
    await catchUp.run();
    // The room of the model, 7, is the first; the second range is requested again, since there was more.
    const second = { first_room_id: MAX_SYNC_ROOMS * 10, last_room_id: 2 * MAX_SYNC_ROOMS * 10 - 1 };
    const third = { first_room_id: second.last_room_id + 1 };
    expect(ranges).toEqual([{ last_room_id: second.first_room_id - 1 }, second, second, third]);
    expect(sentRevs.map((rooms) => Object.keys(rooms).length)).toEqual([
      MAX_SYNC_ROOMS,
      MAX_SYNC_ROOMS,
      MAX_SYNC_ROOMS,
      2,
    ]);
    const frames = sentRevs.map((rooms, i) => JSON.stringify({ type: 'sync', rooms, ...ranges[i], ref: 1 }));
    for (const frame of frames) expect(frame.length).toBeLessThan(64 * 1024);
  });

  it('asks again when something may be missing while it asks', async () => {
    const { catchUp, sentRevs } = setUp();
    const first = catchUp.run();
    catchUp.runAgain();
    catchUp.runAgain();
    await first;
    await catchUp.run();
    expect(sentRevs).toHaveLength(2);
  });

  it('asks once for all who want it at the same time', async () => {
    const { catchUp, sentRevs } = setUp();
    await Promise.all([catchUp.run(), catchUp.run(), catchUp.run()]);
    expect(sentRevs).toHaveLength(1);
  });

  it('waits 250 ms for a missing frame, and requests nothing when it comes', async () => {
    const { server, take, sentRevs, state } = setUp();
    const [first, second] = [
      server.frameOf(server.send(PEER, null)),
      server.frameOf(server.send(PEER, null)),
    ];
    take(second);
    await jest.advanceTimersByTimeAsync(200);
    take(first);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sentRevs).toHaveLength(0);
    expect(state().rooms[7]?.segments.live.messages).toHaveLength(2);
  });

  it('fetches what does not come', async () => {
    const { server, take, sentRevs, state } = setUp();
    server.send(PEER, null);
    take(server.frameOf(server.send(PEER, null)));
    await jest.advanceTimersByTimeAsync(260);
    expect(sentRevs).toEqual([{ 7: 0 }]);
    expect(isBehind(state())).toBe(false);
    expect(state().rooms[7]?.segments.live.messages).toHaveLength(2);
  });

  it('asks more and more rarely when asking does not help', async () => {
    const useless = Array.from({ length: 50 }, (): SyncAck => ({ rooms: [], unknown: [], more: false }));
    const { server, take, sentRevs } = setUp(useless);
    server.send(PEER, null);
    take(server.frameOf(server.send(PEER, null)));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sentRevs.length).toBeGreaterThan(3);
    expect(sentRevs.length).toBeLessThan(10);
  });

  it('forgets the rooms that the server does not know, and catches up on the others in the same answer', async () => {
    const { server, take, catchUp, sentRevs, state } = setUp();
    take({ type: 'room', room: { ...server.room(), id: 8 } });
    server.send(PEER, null);
    await catchUp.run();
    expect(sentRevs).toEqual([{ 7: 0, 8: 0 }]);
    expect(Object.keys(state().rooms)).toEqual(['7']);
    expect(state().rooms[7]?.room).toEqual(server.room());
    await catchUp.run();
    expect(sentRevs.at(-1)).toEqual({ 7: 1 });
  });

  it('takes the answer of an older server, which names no unknown rooms', async () => {
    const { unknown: _, ...older } = { rooms: [], unknown: [], more: false };
    const { catchUp, state } = setUp([older as unknown as SyncAck]);
    await catchUp.run();
    expect(Object.keys(state().rooms)).toEqual(['7']);
  });

  it('reports a dead connection when no reply comes, and nothing when it is closed already', async () => {
    const dead = setUp([new RequestError('timeout', '')]);
    await dead.catchUp.run();
    expect(dead.line.isDead).toBe(true);
    const gone = setUp([new RequestError('disconnected', '')]);
    await gone.catchUp.run();
    expect(gone.line.isDead).toBe(false);
  });

  it('syncs again after the wait that the server names when it is over the limit, or after one that doubles', async () => {
    const { catchUp, sentRevs } = setUp([
      new RequestError('rate_limited', '', 300),
      new RequestError('unavailable', ''),
      new RequestError('unavailable', ''),
    ]);
    await catchUp.run();
    expect(sentRevs).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(300);
    expect(sentRevs).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1_990);
    expect(sentRevs).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(10);
    expect(sentRevs).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sentRevs).toHaveLength(4);
  });
});
