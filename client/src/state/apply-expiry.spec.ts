import type { Message } from '@parley/shared';
import { expire, nextExpiry } from '../expiry/expire.js';
import { firstUnread, readThrough } from '../receipts/receipts.js';
import { ME, ModelServer, PEER, ROOM } from '../testing/model-server.js';
import { applyEvent } from './apply-event.js';
import { emptyState } from './chat-state.js';
import { allSegments } from './segments.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 1, 0, second)).toISOString();

/** A room with so many messages of the other, each of which expires at the second of its seq. */
function withTimer(count: number) {
  const server = new ModelServer();
  server.expiryOf = at;
  for (let seq = 1; seq <= count; seq++) server.send(PEER, null);
  let state = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [server.room()] });
  const take = (event: Parameters<typeof applyEvent>[1]) => {
    state = applyEvent(state, event);
  };
  const passTo = (second: number) => {
    const event = expire(state, at(second));
    if (event) take(event);
  };
  const load = (before: number, size: number) =>
    take({
      type: 'page-loaded',
      roomId: ROOM,
      requestedAtRev: server.rev,
      page: server.page('before', before, size),
    });
  const texts = () =>
    allSegments(state.rooms[ROOM]!.segments).flatMap(({ messages }) => messages.map(({ text }) => text));
  return { server, take, passTo, load, texts, room: () => state.rooms[ROOM]!, state: () => state };
}

describe('expire', () => {
  it('takes the content of what is due, wherever it is loaded, and nothing else', () => {
    const { passTo, load, texts, state, room } = withTimer(9);
    load(9, 3);
    load(4, 3);
    expect(nextExpiry(state())).toBe(at(1));
    passTo(7);
    expect(texts()).toEqual(['', '', '', '', '', 'text 8', 'text 9']);
    expect(nextExpiry(state())).toBe(at(8));
    const shell = room().segments.live.messages[1] as Message;
    expect([shell.seq, shell.deleted_at]).toEqual([7, at(7)]);
  });

  it('takes what other messages show of what is due', () => {
    const { server, take, passTo, room, state } = withTimer(1);
    server.expiryOf = null;
    take(server.frameOf(server.send(PEER, null, 1)));
    expect(room().room.last_message?.reply_to).toMatchObject({ text: 'text 1', expires_at: at(1) });
    expect(nextExpiry(state())).toBe(at(1));
    passTo(1);
    expect(room().room.last_message).toMatchObject({ text: 'text 2', reply_to: { text: '', deleted: true } });
    expect(nextExpiry(state())).toBeUndefined();
  });

  it('keeps list and log at the same newest message', () => {
    const { passTo, room } = withTimer(2);
    passTo(2);
    expect(room().room.last_message?.text).toBe('');
    expect(room().room.last_message).toBe(room().segments.live.messages.at(-1));
  });

  it('changes nothing before, and nothing twice', () => {
    const { passTo, state } = withTimer(2);
    const before = state();
    passTo(1);
    expect(state()).toBe(before);
    passTo(2);
    const after = state();
    passTo(3);
    expect(state()).toBe(after);
  });
});

describe('what is unread', () => {
  it('is the first that has not expired, and reading goes on past those that have', () => {
    const { passTo, load, room } = withTimer(5);
    load(5, 4);
    passTo(2);
    expect(firstUnread(room(), ME, 0)).toBe(3);
    expect(readThrough(room(), ME, 0, new Set([3]))).toBe(3);
    passTo(5);
    expect(firstUnread(room(), ME, 3)).toBeNull();
  });

  it('begins after expired_seq, where nothing is loaded', () => {
    const { server, take, room } = withTimer(5);
    server.expire(3);
    take({ type: 'synced', answer: server.sync({}, 300), sentRevs: {} });
    expect(firstUnread(room(), ME, 0)).toBe(4);
  });
});
