import { newClientRoom, type ClientRoom } from '../state/chat-state.js';
import { ME, ModelServer, PEER } from '../testing/model-server.js';
import { deliveryToConfirm, firstUnread, readThrough } from './receipts.js';

function roomAfter(...senders: (typeof ME | typeof PEER)[]): { server: ModelServer; room: () => ClientRoom } {
  const server = new ModelServer();
  for (const sender of senders) server.send(sender, null);
  return {
    server,
    room: () => ({
      ...newClientRoom(server.room()),
      segments: { live: { first: 1, messages: [...server.messages] }, detached: [] },
    }),
  };
}

describe('deliveryToConfirm', () => {
  it('is the newest message of the other user', () => {
    expect(deliveryToConfirm(roomAfter(PEER, PEER, ME).room(), ME)).toBe(2);
  });

  it('is null when all new messages are of the own user', () => {
    expect(deliveryToConfirm(roomAfter(ME, ME).room(), ME)).toBeNull();
  });

  it('is null when the server has the receipt already', () => {
    const { server, room } = roomAfter(PEER, PEER);
    server.mark('delivered', ME, 2);
    expect(deliveryToConfirm(room(), ME)).toBeNull();
  });

  it('includes messages that are older than the loaded ones', () => {
    const { server } = roomAfter(PEER, PEER, ME);
    expect(deliveryToConfirm(newClientRoom(server.room()), ME)).toBe(3);
  });
});

describe('readThrough', () => {
  const room = roomAfter(PEER, PEER, ME, PEER, PEER).room();

  it('reads as far as every message of the other was seen', () => {
    expect(readThrough(room, ME, 0, new Set([1, 2]))).toBe(2);
    expect(readThrough(room, ME, 1, new Set([2, 4]))).toBe(4);
  });

  it('stops before a message that was not seen', () => {
    expect(readThrough(room, ME, 0, new Set([1, 4, 5]))).toBe(1);
    expect(readThrough(room, ME, 0, new Set([5]))).toBe(0);
  });

  it('stops where the messages are not loaded', () => {
    const { server } = roomAfter(PEER, PEER, PEER);
    expect(readThrough(newClientRoom(server.room()), ME, 0, new Set([1, 2, 3]))).toBe(0);
  });
});

describe('firstUnread', () => {
  it('is the next message of the other', () => {
    const room = roomAfter(PEER, ME, PEER, ME).room();
    expect([0, 1, 3].map((read) => firstUnread(room, ME, read))).toEqual([1, 3, null]);
  });

  it('is the next message where it is not known who sent it', () => {
    const { server } = roomAfter(PEER, ME, PEER);
    expect(firstUnread(newClientRoom(server.room()), ME, 0)).toBe(1);
  });
});
