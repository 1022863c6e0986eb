import type { ServerFrame } from '@parley/shared';
import { watch } from './events/watch.js';
import { whenSent } from './outbox/when-sent.js';
import { setUpClient as setUp } from './testing/model-client.js';
import { PEER, ROOM } from './testing/model-server.js';

const settle = () => jest.advanceTimersByTimeAsync(1_000);

describe('createClient', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('sends a message once and resolves whenSent when the server has it', async () => {
    const { client, server, stored } = setUp();
    const one = client();
    one.connect();
    await settle();
    const result = whenSent(one, one.send(ROOM, 'hello'));
    await settle();
    expect(await result).toBeNull();
    expect(server.messages).toHaveLength(1);
    expect(stored.size).toBe(0);
    one.close();
  });

  it('stores a message, and the next client sends it, when the server cannot be reached', async () => {
    const { client, server, network, stored } = setUp();
    network.isUp = false;
    const one = client();
    one.connect();
    const clientId = one.send(ROOM, 'hello');
    await settle();
    one.close();
    expect([...stored.keys()]).toEqual([clientId]);
    network.isUp = true;
    const two = client();
    two.connect();
    await settle();
    expect(server.messages.map(({ client_id }) => client_id)).toEqual([clientId]);
    expect(stored.size).toBe(0);
    two.close();
  });

  it('sends its unsent messages when it connects again after close', async () => {
    const { client, server, network } = setUp();
    network.isUp = false;
    const one = client();
    one.connect();
    one.send(ROOM, 'hello');
    await settle();
    one.close();
    network.isUp = true;
    one.connect();
    await settle();
    expect(server.messages).toHaveLength(1);
    one.close();
  });

  it('reports the code and keeps the message when the server refuses it', async () => {
    const { client, stored } = setUp();
    const one = client();
    const refused: string[] = [];
    watch(one, { refused: ({ reason }) => refused.push(reason) });
    one.connect();
    await settle();
    const clientId = one.send(ROOM, 'forbidden');
    const result = whenSent(one, clientId);
    await settle();
    expect(await result).toBe('forbidden');
    expect(refused).toEqual(['forbidden']);
    expect(stored.get(clientId)?.reason).toBe('forbidden');
    one.discard(clientId);
    await settle();
    expect(stored.size).toBe(0);
    one.close();
  });

  it('reports an error frame when it has no ref', async () => {
    const { client, network, errors } = setUp();
    const one = client();
    one.connect();
    await settle();
    network.send({ type: 'error', code: 'bad_frame', message: 'No.' });
    expect(errors).toEqual(['bad_frame']);
    one.close();
  });

  it('reports each message once and in order, and none of the first list, when frames are lost', async () => {
    const { client, server, network } = setUp();
    server.send(PEER, null);
    const one = client();
    const seqs: number[] = [];
    watch(one, { message: ({ seq }) => seqs.push(seq) });
    one.connect();
    await settle();
    expect(seqs).toEqual([]);
    server.send(PEER, null);
    const third = server.frameOf(server.send(PEER, null));
    network.send(third as ServerFrame);
    expect(seqs).toEqual([]);
    await settle();
    network.send(third as ServerFrame);
    expect(seqs).toEqual([2, 3]);
    one.close();
  });

  it('reports the range of skipped messages when the server answers with a reset', async () => {
    const { client, server, network } = setUp();
    server.send(PEER, null);
    const one = client();
    const skipped: object[] = [];
    const seqs: number[] = [];
    watch(one, { message: ({ seq }) => seqs.push(seq), skipped: (range) => skipped.push(range) });
    one.connect();
    await settle();
    for (let n = 0; n < 400; n++) server.send(PEER, null);
    network.send({ type: 'resync' });
    await settle();
    expect(skipped).toEqual([{ room_id: ROOM, first_seq: 2, last_seq: 400 }]);
    expect(seqs).toEqual([401]);
    one.close();
  });

  it('sends one read receipt when messages are marked as read', async () => {
    const { client, server, network } = setUp();
    server.send(PEER, null);
    const one = client();
    one.connect();
    await settle();
    one.markRead(ROOM, 1);
    one.markRead(ROOM, 1);
    await settle();
    expect(network.sent.filter(({ type }) => type === 'read')).toMatchObject([{ room_id: ROOM, seq: 1 }]);
    one.close();
  });
});
