import { Parley } from '../../support/parley.js';

/** Limits that are configured hold on the wire. What may be configured: config.e2e-spec.ts. */
let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({
    TEXT_MAX_LENGTH: '10',
    FRAME_MAX_BYTES: '1024',
    HEARTBEAT_SECONDS: '7',
    PRESENCE_TTL_SECONDS: '20',
    MESSAGES_PER_SECOND: '1',
    MESSAGES_BURST: '3',
    FRAMES_PER_SECOND: '1',
    FRAMES_BURST: '5',
  });
});
afterAll(() => parley.stop());

describe('a limit that is set', () => {
  it('holds for texts', async () => {
    const { room, a } = await parley.newRoom();
    const post = async (text: string) =>
      (await parley.post(`/api/rooms/${room.id}/messages/?active_user=${a.id}`, { text })).status;
    expect([await post('0123456789'), await post('😀'.repeat(10)), await post('0123456789X')]).toEqual([
      201, 201, 400,
    ]);
  });

  it('holds for frames', async () => {
    const { a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    socket.sendRaw(`"${'x'.repeat(1_022)}"`);
    expect(await socket.next('error')).toMatchObject({ code: 'bad_frame' });
    socket.sendRaw(`"${'x'.repeat(1_023)}"`);
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it('is in hello when the client needs it', async () => {
    const socket = await parley.socket('/ws/?active_user=1');
    expect(await socket.next('hello')).toMatchObject({
      heartbeat_seconds: 7,
      limits: { text_max_length: 10 },
    });
  });

  it('holds for messages of a user and for frames of a socket', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const codes: string[] = [];
    for (let i = 0; i < 7; i++) {
      const answer = await socket.ask({ type: 'message', room_id: room.id, text: `${i}` });
      codes.push(answer.type === 'error' ? answer.message : answer.type);
    }
    const [user, frames] = ['You are sending faster than is allowed.', 'Frames come faster than is allowed.'];
    expect(codes).toEqual(['ack', 'ack', 'ack', user, user, frames, frames]);
  });
});
