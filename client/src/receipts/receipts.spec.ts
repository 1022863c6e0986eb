import { newRoomState, type RoomState } from '../state/chat-state.js';
import { ME, ModelServer, PEER } from '../testing/model-server.js';
import { deliveryToConfirm } from './receipts.js';

function roomAfter(...senders: (typeof ME | typeof PEER)[]): { server: ModelServer; room: () => RoomState } {
  const server = new ModelServer();
  for (const sender of senders) server.send(sender, null);
  return { server, room: () => ({ ...newRoomState(server.room()), messages: [...server.messages] }) };
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
    expect(deliveryToConfirm(newRoomState(server.room()), ME)).toBe(3);
  });
});
