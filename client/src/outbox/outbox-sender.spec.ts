import type { MessageAck } from '@parley/shared';
import { applyEvent } from '../state/apply-event.js';
import type { ChatEvent } from '../state/chat-event.js';
import { emptyState } from '../state/chat-state.js';
import type { ClientCore, RequestFrame } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import { ME, ModelServer } from '../testing/model-server.js';
import { createOutboxSender } from './outbox-sender.js';
import type { Uploads } from './uploads.js';

type Answer = 'ack' | 'ack-lost' | RequestError;

/** A sender, and a server that answers as scripted and then normally. */
function setUp(answers: Answer[] = [], uploads?: Uploads) {
  const server = new ModelServer();
  const network = { up: true, sent: [] as string[], attachments: [] as (readonly number[] | undefined)[] };
  let state = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [server.room()] });
  const dispatch = (event: ChatEvent) => {
    state = applyEvent(state, event);
  };
  const request = async ({ client_id = '', attachments }: RequestFrame<'message'>): Promise<MessageAck> => {
    if (!network.up) throw new RequestError('disconnected', '');
    network.sent.push(client_id);
    network.attachments.push(attachments);
    const answer = answers.shift() ?? 'ack';
    if (answer instanceof RequestError) throw answer;
    const ack = server.send(ME, client_id);
    if (answer === 'ack-lost') throw new RequestError('timeout', '');
    return ack;
  };
  const client = {
    get state() {
      return state;
    },
    get isConnected() {
      return network.up;
    },
    dispatch,
    request: request as ClientCore['request'],
  };
  const sender = createOutboxSender(client, {
    now: Date.now,
    isOurs: (clientId) => !clientId.startsWith('other-tab'),
    isStillWanted: async () => true,
    onSend: () => undefined,
    uploads,
  });
  const queueFile = (client_id: string) => {
    const files = [{ key: client_id, name: 'a.txt', type: 'text/plain', size: 1 }];
    const rest = { room_id: 7, text: '', reply_to: null, created_at: '', reason: null, seq: null };
    dispatch({ type: 'queued', entry: { kind: 'send', status: 'waiting', client_id, files, ...rest } });
    sender.wake();
  };
  const queue = (...ids: string[]) => {
    for (const client_id of ids) {
      const rest = {
        kind: 'send',
        room_id: 7,
        text: client_id,
        reply_to: null,
        created_at: '',
        status: 'waiting',
        reason: null,
        seq: null,
      } as const;
      dispatch({ type: 'queued', entry: { client_id, ...rest } });
    }
    sender.wake();
  };
  const stored = () => server.messages.map(({ client_id }) => client_id);
  return { network, sender, queueFile, queue, stored, dispatch, state: () => state };
}

function settle(): Promise<void> {
  return jest.advanceTimersByTimeAsync(60_000);
}

describe('OutboxSender', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('sends all messages in order', async () => {
    const { queue, stored, state } = setUp();
    queue('a', 'b', 'c');
    await settle();
    expect(stored()).toEqual(['a', 'b', 'c']);
    expect(state().outbox).toEqual([]);
  });

  it('sends a message again, and one is stored, when its ack was lost', async () => {
    const { queue, stored, network } = setUp(['ack-lost', 'ack-lost']);
    queue('a', 'b');
    await settle();
    expect(network.sent).toEqual(['a', 'a', 'a', 'b']);
    expect(stored()).toEqual(['a', 'b']);
  });

  it('keeps the order when a message has to wait', async () => {
    const { queue, stored } = setUp([new RequestError('rate_limited', '', 3_000)]);
    queue('a', 'b');
    await jest.advanceTimersByTimeAsync(2_900);
    expect(stored()).toEqual([]);
    await settle();
    expect(stored()).toEqual(['a', 'b']);
  });

  it('keeps its messages until it is connected when the connection is lost', async () => {
    const { queue, stored, network, sender } = setUp();
    network.up = false;
    queue('a', 'b');
    await settle();
    expect(network.sent).toEqual([]);
    network.up = true;
    sender.wake();
    await settle();
    expect(stored()).toEqual(['a', 'b']);
  });

  it('sends the next message when one is refused, and the refused one when it is retried', async () => {
    const { queue, stored, state, dispatch, sender } = setUp([new RequestError('forbidden', '')]);
    queue('a', 'b');
    await settle();
    expect(stored()).toEqual(['b']);
    expect(state().outbox).toMatchObject([{ client_id: 'a', status: 'failed', reason: 'forbidden' }]);
    dispatch({ type: 'waiting', clientId: 'a' });
    sender.wake();
    await settle();
    expect(stored()).toEqual(['b', 'a']);
  });

  it('stops sending a message when it is discarded', async () => {
    const { queue, dispatch, network } = setUp([new RequestError('unavailable', '')]);
    queue('a');
    await jest.advanceTimersByTimeAsync(500);
    dispatch({ type: 'discarded', clientId: 'a' });
    await settle();
    expect(network.sent).toEqual(['a']);
  });

  it('sends a message after its files are uploaded, and the next one after it', async () => {
    const attempts: string[] = [];
    const uploads: Uploads = {
      async upload([file]) {
        attempts.push(file!.key);
        if (attempts.length === 1) throw new RequestError('unavailable', '');
        return [41];
      },
      forget: () => undefined,
    };
    const { queue, queueFile, network } = setUp([], uploads);
    queueFile('file');
    queue('a');
    await settle();
    expect(attempts).toEqual(['file', 'file']);
    expect(network.sent).toEqual(['file', 'a']);
    expect(network.attachments).toEqual([[41], undefined]);
  });

  it('does not send a message when its file is refused, and sends the next one', async () => {
    const uploads: Uploads = {
      upload: () => Promise.reject(new RequestError('bad_frame', '')),
      forget: () => undefined,
    };
    const { queue, queueFile, network, state } = setUp([], uploads);
    queueFile('file');
    queue('a');
    await settle();
    expect(network.sent).toEqual(['a']);
    expect(state().outbox).toMatchObject([{ client_id: 'file', status: 'failed', reason: 'bad_frame' }]);
  });

  it('does not send a message when another window sends it', async () => {
    const { queue, stored, state } = setUp();
    queue('other-tab-1', 'a');
    await settle();
    expect(stored()).toEqual(['a']);
    expect(state().outbox).toHaveLength(1);
  });

  it('does not send twice when it is woken while it sends', async () => {
    const { queue, network, sender } = setUp();
    queue('a');
    sender.wake();
    sender.wake();
    await settle();
    expect(network.sent).toEqual(['a']);
  });
});
