import type { ClientFrame, ServerFrame } from '@parley/shared';
import { createClient } from '../connection/watch-connection.js';
import type { Socket } from '../connection/transport.js';
import type { StoredEntry } from '../outbox/outbox-storage.js';
import { ME, ModelServer, user, type ModelChange } from './model-server.js';

/** A server of one room behind a transport in memory, and a storage that outlives its clients. */
export function setUpClient(protocol = 1) {
  const server = new ModelServer();
  const stored = new Map<string, StoredEntry>();
  const network = {
    send: (_frame: ServerFrame) => undefined as void,
    sent: [] as ClientFrame[],
    isUp: true,
    losesAcks: false,
  };

  /** Carries out a change, unless the frame is one that the server refuses. */
  function change(frame: Extract<ClientFrame, { message_id: number }>, send: (frame: ServerFrame) => void) {
    const { ref = 0 } = frame;
    const seq = server.messages.find(({ id }) => id === frame.message_id)?.seq ?? 0;
    const { frame: updated, ack } = server.change(seq, changeIn(frame));
    if (updated) send(updated as ServerFrame);
    if (ack) send({ type: 'ack', ref, ...ack });
    else send({ type: 'error', ref, code: seq === 0 ? 'not_found' : 'deleted', message: '' });
  }

  function transport(): Socket {
    const listeners: Record<string, (event: never) => void> = {};
    const emit = (type: string, event: object) => listeners[type]?.(event as never);
    const send = (frame: ServerFrame) => emit('message', { data: JSON.stringify(frame) });
    network.send = send;
    setTimeout(() => {
      if (!network.isUp) return emit('close', { code: 1006 });
      send({ type: 'hello', user: user(ME), heartbeat_seconds: 25, protocol } as ServerFrame);
    });
    return {
      readyState: 1,
      close: () => undefined,
      addEventListener: (type: string, listener: (event: never) => void) => {
        listeners[type] = listener;
      },
      send(data) {
        const frame = JSON.parse(data) as ClientFrame;
        network.sent.push(frame);
        const { ref = 0 } = frame;
        if (frame.type === 'sync') send({ type: 'ack', ref, ...server.sync(frame.rooms, 300) });
        if (frame.type === 'edit' || frame.type === 'delete' || frame.type === 'react') {
          if (!network.losesAcks) change(frame, send);
          else server.change(1, changeIn(frame));
          return;
        }
        if (frame.type === 'message' && frame.text === 'forbidden')
          send({ type: 'error', ref, code: 'forbidden', message: '' });
        else if (frame.type === 'message')
          send({
            type: 'ack',
            ref,
            ...server.send(ME, frame.client_id ?? null, frame.reply_to && frame.reply_to - 100),
          });
      },
    };
  }

  const errors: string[] = [];
  const client = () =>
    createClient({
      ackTimeoutMs: 500,
      userId: ME,
      url: 'ws://model',
      transport,
      onError: (code) => errors.push(code),
      storage: {
        load: async () => [...stored.values()],
        put: async (entry) => void stored.set(entry.client_id, entry),
        has: async (id) => stored.has(id),
        remove: async (id) => void stored.delete(id),
      },
    });
  return { server, stored, network, errors, client };
}

function changeIn(frame: ClientFrame): ModelChange {
  if (frame.type === 'edit') return { kind: 'edit', text: frame.text };
  if (frame.type === 'react') return { kind: 'react', by: ME, emoji: frame.emoji, on: frame.on };
  return { kind: 'delete' };
}
