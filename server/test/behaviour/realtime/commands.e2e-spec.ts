import { ACK_DOCS, type ClientFrame, type ClientFrameType } from '@parley/shared';
import { Parley } from '../../support/parley.js';

describe('client frames', () => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await Parley.start();
  });

  afterAll(() => parley.stop());

  it('are each acked with the documented reply when they carry a ref', async () => {
    const { room, a, b } = await parley.newRoom();
    const [ofA, ofB] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const before = await parley.send(room.id, a.id, 'to be changed');
    const sent: { [T in ClientFrameType]: Extract<ClientFrame, { type: T }> } = {
      message: { type: 'message', room_id: room.id, text: 'to be read' },
      typing: { type: 'typing', room_id: room.id },
      delivered: { type: 'delivered', room_id: room.id, seq: 1 },
      read: { type: 'read', room_id: room.id, seq: 1 },
      edit: { type: 'edit', message_id: before.id, text: 'edited' },
      react: { type: 'react', message_id: before.id, emoji: '👍', on: true },
      delete: { type: 'delete', message_id: before.id },
      sync: { type: 'sync', rooms: {}, listing_rev: 0 },
      ping: { type: 'ping' },
    };
    for (const frame of Object.values(sent)) {
      const socket = frame.type === 'read' || frame.type === 'delivered' ? ofB : ofA;
      const reply = await socket.ask({ ...frame });
      expect([frame.type, Object.keys(reply).toSorted()]).toEqual([
        frame.type,
        Object.keys(ACK_DOCS[frame.type].example).toSorted(),
      ]);
    }
  });

  it('are not acked when they carry no ref', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    for (const frame of [{ type: 'typing', room_id: room.id }, { type: 'sync', rooms: {} }, { type: 'ping' }])
      socket.send(frame);
    // Answered after the `sync` before it, because both wait for the same queue.
    await socket.ask({ type: 'sync', rooms: {} });
    expect(socket.frames.filter(({ type }) => type === 'ack')).toHaveLength(1);
  });
});
