import type { ClientCore, RequestFrame } from '../client-core.js';
import { RequestError } from '../requests/request-table.js';
import type { ChatEvent } from '../state/chat-event.js';
import type { OutboxEntry, QueuedChange } from '../state/chat-state.js';
import { nextStepAfter } from './outbox-policy.js';
import type { Uploads } from './uploads.js';

/** The first version of the protocol with `edit`, `delete` and `react`. */
const CHANGES_PROTOCOL = 2;

/** Sends the waiting entries of the outbox: one of a room at a time, in order, each until it is acked or refused. */
export interface OutboxSender {
  /** To be called when an entry waits, and when the client has connected. */
  wake(): void;
  /** Forgets deletions that are held back, until the next `wake`. */
  close(): void;
}

interface Ports {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether this client, and no other with the same storage, sends the entry. */
  isOurs(clientId: string): boolean;
  /** Whether an entry that was held back is still to be sent: another client with the same storage may have undone it. */
  isStillWanted(clientId: string): Promise<boolean>;
  /** Uploads the files of messages. Absent: messages with files are refused. */
  readonly uploads?: Uploads | undefined;
  /** Called before an entry is sent, each time. */
  onSend(clientId: string): void;
}

export function createOutboxSender(client: ClientCore, ports: Ports): OutboxSender {
  const busyRooms = new Set<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = () => client.state.outbox.filter(({ status }) => status === 'waiting');

  async function sendAll(roomId: number): Promise<void> {
    if (busyRooms.has(roomId)) return;
    busyRooms.add(roomId);
    const next = () => waiting().find((entry) => entry.room_id === roomId && isReady(entry));
    try {
      for (let entry = next(); entry && client.isConnected; entry = next()) {
        if (!(await send(entry))) return;
      }
    } finally {
      busyRooms.delete(roomId);
    }
  }

  /** What cannot be sent yet holds nothing up: a deletion that may be undone, a change to a message without an id. */
  function isReady(entry: OutboxEntry): boolean {
    if (!ports.isOurs(entry.client_id)) return false;
    if (entry.kind === 'send') return true;
    if (entry.message_id === null || client.state.protocol < CHANGES_PROTOCOL) return false;
    return entry.kind !== 'delete' || entry.send_at <= ports.now();
  }

  /** @returns false when the connection was lost: the rest of the room waits. */
  async function send(entry: OutboxEntry): Promise<boolean> {
    const clientId = entry.client_id;
    if (entry.kind === 'delete' && !(await ports.isStillWanted(clientId))) {
      client.dispatch({ type: 'discarded', clientId });
      return true;
    }
    // A `sync` or another client may have confirmed it meanwhile, or the user has discarded it.
    const isStillWaiting = () => waiting().some(({ client_id }) => client_id === clientId);
    for (let failures = 0; isStillWaiting(); failures++) {
      ports.onSend(clientId);
      const reply = await transmit(entry);
      if (!(reply instanceof RequestError)) {
        client.dispatch(reply);
        return true;
      }
      const next = nextStepAfter(reply, failures);
      if (next.do === 'wait-for-connection') return false;
      if (next.do === 'fail') {
        client.dispatch({ type: 'failed', clientId, reason: next.reason });
        // A message waits for the user. A change is undone, now that everyone who watches has seen why.
        if (entry.kind !== 'send') client.dispatch({ type: 'discarded', clientId });
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, next.afterMs));
    }
    return true;
  }

  /** @returns the event of its ack. */
  async function transmit(entry: OutboxEntry): Promise<ChatEvent | RequestError> {
    try {
      return await request(client, entry, ports.uploads);
    } catch (error) {
      if (error instanceof RequestError) return error;
      throw error;
    }
  }

  function wakeWhenDue(): void {
    clearTimeout(timer);
    const due = waiting().flatMap((entry) => (entry.kind === 'delete' ? entry.send_at - ports.now() : []));
    const next = Math.min(...due.filter((ms) => ms > 0));
    if (next !== Infinity) timer = setTimeout(wake, next);
  }

  function wake(): void {
    for (const roomId of new Set(waiting().map(({ room_id }) => room_id))) void sendAll(roomId);
    wakeWhenDue();
  }

  return { wake, close: () => clearTimeout(timer) };
}

/** Sends the frame that carries out an operation. */
async function request(
  client: ClientCore,
  entry: OutboxEntry,
  uploads: Uploads | undefined,
): Promise<ChatEvent> {
  const clientId = entry.client_id;
  if (entry.kind === 'send') {
    const { room_id, text, reply_to, files = [] } = entry;
    if (files.length > 0 && !uploads) throw new RequestError('bad_frame', 'This client uploads no files.');
    const attachments = files.length > 0 && uploads ? { attachments: await uploads.upload(files) } : {};
    const reply = reply_to ? { reply_to: reply_to.id } : {};
    const ack = await client.request({
      type: 'message',
      room_id,
      text,
      client_id: clientId,
      ...reply,
      ...attachments,
    });
    return { type: 'message-acked', clientId, ack };
  }
  return { type: 'change-acked', clientId, ack: await client.request(changeFrame(entry)) };
}

function changeFrame(change: QueuedChange): RequestFrame<'edit' | 'delete' | 'react'> {
  const message_id = change.message_id ?? 0;
  switch (change.kind) {
    case 'edit':
      return { type: 'edit', message_id, text: change.text };
    case 'delete':
      return { type: 'delete', message_id };
    case 'react':
      return { type: 'react', message_id, emoji: change.emoji, on: change.on };
  }
}
