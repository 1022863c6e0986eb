import type { Client } from '../client.js';
import { watch } from '../events/watch.js';
import { optimistic } from '../state/optimistic.js';
import { unsentMessages } from '../state/unsent-messages.js';
import { loadedSegments } from '../testing/model-run.js';
import { setUpClient } from '../testing/model-client.js';
import { ME, PEER, ROOM } from '../testing/model-server.js';
import { UNDO_MS } from './outbox.js';
import type { StoredEntry } from './outbox-storage.js';

const settle = (ms = 1_000) => jest.advanceTimersByTimeAsync(ms);

/** A connected client of a server that has one message of each user. */
async function setUp() {
  const set = setUpClient(2);
  const [mine, theirs] = [set.server.send(ME, null).message, set.server.send(PEER, null).message];
  const one = set.client();
  one.connect();
  await settle();
  one.dispatch({
    type: 'page-loaded',
    roomId: ROOM,
    requestedAtRev: 2,
    page: set.server.page('after', 0, 20),
  });
  return { ...set, one, mine, theirs };
}

/** The messages as the user sees them. */
function shown({ state }: Client) {
  return loadedSegments(state).flatMap(({ messages }) => messages.map(optimistic(state.outbox, ME)));
}

const framesOf = (sent: readonly { type: string }[], type: string) =>
  sent.filter((frame) => frame.type === type);

describe('the outbox', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('shows an edit and a reaction at once, and the same once they are acked', async () => {
    const { one, server, stored, mine, theirs } = await setUp();
    one.edit(ROOM, mine.id, 'edited');
    one.react(ROOM, theirs.id, '👍', true);
    const expected = [{ text: 'edited' }, { reactions: [{ emoji: '👍', user_ids: [ME] }] }];
    expect(shown(one)).toMatchObject(expected);
    await settle();
    expect(server.messages).toMatchObject(expected);
    expect([shown(one), one.state.outbox, stored.size]).toEqual([server.messages, [], 0]);
    one.close();
  });

  it('sends what was done without a connection in order, after a restart too, and only the last of each', async () => {
    const { one, client, server, network, mine } = await setUp();
    one.close();
    network.isUp = false;
    one.connect();
    one.edit(ROOM, mine.id, 'one');
    one.edit(ROOM, mine.id, 'two');
    one.react(ROOM, mine.id, '👍', true);
    one.react(ROOM, mine.id, '👍', false);
    one.react(ROOM, mine.id, '❤️', true);
    expect(shown(one)[0]).toMatchObject({ text: 'two', reactions: [{ emoji: '❤️', user_ids: [ME] }] });
    await settle();
    one.close();
    network.isUp = true;
    network.sent.length = 0;
    const two = client();
    two.connect();
    await settle(5_000);
    expect(network.sent.map(({ type }) => type).filter((type) => /edit|react|delete/.test(type))).toEqual([
      'edit',
      'react',
      'react',
    ]);
    expect(server.messages[0]).toMatchObject({ text: 'two', reactions: [{ emoji: '❤️', user_ids: [ME] }] });
    expect(two.state.outbox).toEqual([]);
    two.close();
  });

  it('repeats an edit whose ack was lost until it is acked', async () => {
    const { one, server, network, mine } = await setUp();
    network.losesAcks = true;
    one.edit(ROOM, mine.id, 'edited');
    await settle();
    network.losesAcks = false;
    await settle();
    expect(framesOf(network.sent, 'edit').length).toBeGreaterThan(1);
    expect([server.messages[0]?.text, shown(one)[0]?.text, one.state.outbox]).toEqual([
      'edited',
      'edited',
      [],
    ]);
    one.close();
  });

  it('undoes a change that the server refuses, and reports it once', async () => {
    const { one, client, server, stored, mine } = await setUp();
    const refused: object[] = [];
    watch(one, {
      refused: ({ kind, reason, entry }) =>
        refused.push({ kind, reason, text: entry.kind === 'edit' && entry.text }),
    });
    server.change(1, { kind: 'delete' });
    one.edit(ROOM, mine.id, 'too late');
    expect(shown(one)[0]?.text).toBe('too late');
    await settle();
    expect(shown(one)[0]?.text).toBe('text 1');
    await one.wake();
    expect(shown(one)[0]).toMatchObject({ text: '', deleted_at: expect.any(String) as string });
    expect(refused).toEqual([{ kind: 'edit', reason: 'deleted', text: 'too late' }]);
    expect([one.state.outbox, stored.size]).toEqual([[], 0]);
    one.close();
    const two = client();
    watch(two, { refused: () => refused.push({}) });
    two.connect();
    await settle();
    expect(refused).toHaveLength(1);
    two.close();
  });

  it('changes a message that was never sent instead of sending it and an edit', async () => {
    const { one, server, network, stored } = await setUp();
    one.close();
    network.isUp = false;
    one.connect();
    await settle();
    const clientId = one.send(ROOM, 'first');
    expect(one.edit(ROOM, clientId, 'second')).toBe(clientId);
    const discarded = one.send(ROOM, 'never');
    one.remove(ROOM, discarded);
    await settle();
    expect([...stored.values()]).toMatchObject([{ client_id: clientId, text: 'second' }]);
    network.isUp = true;
    one.reconnect();
    await settle(20_000);
    expect(server.messages.slice(2).map(({ text, client_id }) => [client_id, text])).toEqual([
      [clientId, 'text 3'],
    ]);
    expect(framesOf(network.sent, 'message')).toMatchObject([{ text: 'second' }]);
    expect(framesOf(network.sent, 'edit')).toEqual([]);
    one.close();
  });

  it('edits and deletes a message that may have been sent once its id is known', async () => {
    const { client, network, server, stored } = setUpClient(2);
    server.send(ME, null);
    network.isUp = false;
    const zero = client();
    zero.connect();
    const clientId = zero.send(ROOM, 'perhaps sent');
    await settle();
    zero.close();
    // After a restart nobody knows whether it was sent.
    const one = client();
    one.connect();
    await settle();
    one.edit(ROOM, clientId, 'edited');
    expect(unsentMessages(one.state.outbox)).toMatchObject([{ client_id: clientId, text: 'edited' }]);
    await settle();
    network.isUp = true;
    one.reconnect();
    await settle(20_000);
    expect(framesOf(network.sent, 'message')).toMatchObject([{ text: 'perhaps sent', client_id: clientId }]);
    expect(server.messages[1]).toMatchObject({ client_id: clientId, text: 'edited' });
    expect([one.state.outbox, stored.size]).toEqual([[], 0]);
    one.close();
  });

  it('keeps a deletion on the device until its undo ends, shows it at once, and takes it back', async () => {
    const { one, server, network, stored, mine } = await setUp();
    const undone = one.remove(ROOM, mine.id);
    expect(one.remove(ROOM, mine.id)).toBe(undone);
    expect(shown(one)[0]).toMatchObject({ text: '', deleted_at: expect.any(String) as string });
    await settle(UNDO_MS - 1_500);
    one.send(ROOM, 'not held up');
    one.discard(undone);
    expect(shown(one)[0]?.text).toBe('text 1');
    await settle(UNDO_MS);
    expect([framesOf(network.sent, 'delete'), stored.size]).toEqual([[], 0]);
    expect(framesOf(network.sent, 'message')).toHaveLength(1);

    one.remove(ROOM, mine.id);
    await settle(UNDO_MS - 10);
    expect(framesOf(network.sent, 'delete')).toEqual([]);
    await settle(20);
    expect(server.messages[0]?.deleted_at).not.toBeNull();
    expect([framesOf(network.sent, 'delete').length, one.state.outbox, stored.size]).toEqual([1, [], 0]);
    one.close();
  });

  it('shows no file of a message whose deletion can still be undone', async () => {
    const { one, mine } = await setUp();
    one.remove(ROOM, mine.id);
    const file = {
      id: 1,
      name: 'plan.pdf',
      type: 'application/pdf',
      size: 3,
      url: '/api/attachments/1/plan.pdf',
    };
    const show = optimistic(one.state.outbox, ME);
    expect(show({ ...mine, attachments: [file] })).toMatchObject({ text: '', attachments: [] });
    one.close();
  });

  it('keeps a deletion that can be undone through a restart, and sends it when its time is over', async () => {
    const { one, client, server, network, mine } = await setUp();
    const clientId = one.remove(ROOM, mine.id);
    await settle(1_000);
    one.close();
    const two = client();
    two.connect();
    await settle(1_000);
    expect(two.state.outbox).toMatchObject([{ kind: 'delete', client_id: clientId, status: 'waiting' }]);
    expect(framesOf(network.sent, 'delete')).toEqual([]);
    await settle(UNDO_MS);
    expect(server.messages[0]?.deleted_at).not.toBeNull();
    two.close();
  });

  it('does not send a deletion that another window has undone', async () => {
    const { one, network, stored, mine } = await setUp();
    const clientId = one.remove(ROOM, mine.id);
    await settle(1_000);
    stored.delete(clientId);
    await settle(UNDO_MS);
    expect([framesOf(network.sent, 'delete'), one.state.outbox]).toEqual([[], []]);
    expect(shown(one)[0]?.text).toBe('text 1');
    one.close();
  });

  it('sends the id of what a message answers, and shows what that says now', async () => {
    const { one, network, mine, theirs } = await setUp();
    const quote = { id: theirs.id, seq: theirs.seq, sender_id: PEER, text: theirs.text, deleted: false };
    one.send(ROOM, 'an answer', { replyTo: quote });
    expect(unsentMessages(one.state.outbox)).toMatchObject([{ text: 'an answer', reply_to: quote }]);
    await settle();
    expect(framesOf(network.sent, 'message')).toMatchObject([{ reply_to: theirs.id }]);
    expect(shown(one)[2]?.reply_to).toEqual(quote);
    one.send(ROOM, 'another', { replyTo: { ...quote, id: mine.id, seq: 1, sender_id: ME } });
    await settle();
    one.edit(ROOM, mine.id, 'edited');
    expect(shown(one)[3]?.reply_to?.text).toBe('edited');
    await settle();
    expect(shown(one)[3]?.reply_to?.text).toBe('edited');
    expect(one.state.rooms[ROOM]?.room.last_message?.reply_to?.text).toBe('edited');
    one.close();
  });

  it('waits with changes until the server speaks protocol 2, and sends messages meanwhile', async () => {
    const { client, network, server } = setUpClient(1);
    const { message } = server.send(ME, null);
    const one = client();
    one.connect();
    await settle();
    one.react(ROOM, message.id, '👍', true);
    one.send(ROOM, 'hello');
    await settle();
    const sent = network.sent.map(({ type }) => type).filter((type) => type !== 'ping');
    expect(sent).toEqual(['sync', 'message']);
    expect(one.state.outbox).toMatchObject([{ kind: 'react', status: 'waiting' }]);
    one.close();
  });

  it('sends what a client of an earlier version has stored', async () => {
    const { client, network, stored } = setUpClient(2);
    const earlier = {
      client_id: '0190d5b2-7c1e-7f3a-9b64-2f1c8a5e4d10',
      user_id: ME,
      room_id: ROOM,
      text: 'stored long ago',
      created_at: '2026-01-01T00:00:00.000Z',
      reason: null,
    } satisfies StoredEntry;
    stored.set(earlier.client_id, earlier);
    const one = client();
    one.connect();
    await settle();
    expect(framesOf(network.sent, 'message')).toMatchObject([
      { text: 'stored long ago', client_id: earlier.client_id },
    ]);
    expect(stored.size).toBe(0);
    one.close();
  });
});
