import { newRoomState, type RoomState } from '../state/chat-state.js';
import { ME, ModelServer, PEER } from '../testing/model-server.js';
import { deliveryToConfirm } from './receipts.js';

function roomAfter(...senders: (typeof ME | typeof PEER)[]): { server: ModelServer; room: () => RoomState } {
  const server = new ModelServer();
  for (const sender of senders) server.send(sender, null);
  return { server, room: () => ({ ...newRoomState(server.room()), messages: [...server.messages] }) };
}

describe('deliveryToConfirm', () => {
  it('confirms up to the newest message of the other', () => {
    expect(deliveryToConfirm(roomAfter(PEER, PEER, ME).room(), ME)).toBe(2);
  });

  it('has nothing to say about own messages', () => {
    expect(deliveryToConfirm(roomAfter(ME, ME).room(), ME)).toBeNull();
  });

  it('does not say again what the server knows', () => {
    const { server, room } = roomAfter(PEER, PEER);
    server.mark('delivered', ME, 2);
    expect(deliveryToConfirm(room(), ME)).toBeNull();
  });

  it('confirms what came before the part that is loaded', () => {
    const { server } = roomAfter(PEER, PEER, ME);
    expect(deliveryToConfirm(newRoomState(server.room()), ME)).toBe(3);
  });
});
