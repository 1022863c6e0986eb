import {
  ACK_TIMEOUT_MS,
  TYPING_FADE_SECONDS,
  type ClientFrameType,
  type ErrorCode,
  type ReplyOf,
} from '@parley/shared';
import type { ClientCore, RequestFrame } from './client-core.js';
import { createConnection } from './connection/connection.js';
import type { ConnectionState } from './connection/connection-machine.js';
import { LivenessMonitor } from './connection/liveness.js';
import type { Transport } from './connection/transport.js';
import { createOutbox } from './outbox/outbox.js';
import type { OutboxLock, OutboxStorage } from './outbox/outbox-storage.js';
import { createReceipts } from './receipts/receipt-sender.js';
import { RequestTable } from './requests/request-table.js';
import { applyEvent } from './state/apply-event.js';
import type { ChatEvent } from './state/chat-event.js';
import { emptyState, type ChatState } from './state/chat-state.js';
import { createCatchUp } from './sync/catch-up.js';
import { TypingSignal } from './typing/typing-signal.js';

/** Of pings, which need no entry in the table of requests. */
const PING_REF = 'ping';

export interface ClientOptions {
  /** The user whose client this is. */
  readonly userId: number;
  /** URL of the user socket. A function is called before each connection, so that the URL may change. */
  readonly url: string | (() => string);
  /** Default: the platform's WebSocket. Node 20 has none. */
  readonly transport?: Transport;
  /** Where unsent messages are stored. Default: nowhere, they live as long as the process. */
  readonly storage?: OutboxStorage;
  /** Keeps clients with the same storage from sending the same message twice. Default: none. */
  readonly lock?: OutboxLock;
  /** Without an ack for this long, in milliseconds, a request has failed. Default: ACK_TIMEOUT_MS. */
  readonly ackTimeoutMs?: number;
  /** The state is compared with the server's this often, in milliseconds. Default: the server's heartbeat. */
  readonly syncIntervalMs?: number;
  /** The longest wait before a reconnect, in milliseconds. Default: LONGEST_DELAY_MS. */
  readonly longestReconnectMs?: number;
  /** The server refused a frame that asked for no reply, or one that it could not read. */
  readonly onError?: (code: ErrorCode, message: string) => void;
}

/** Called with the state after a change, and the one before it: the same when the connection changed. */
export type StateListener = (after: ChatState, before: ChatState) => void;

/**
 * One user's connection to a server, and all that it knows: the rooms, kept up to date through lost connections and
 * missed frames, and an outbox that sends each message exactly once.
 */
export interface Client extends ClientCore {
  /** All that this client knows: plain data, a new object after each change. */
  readonly state: ChatState;
  readonly connection: ConnectionState;
  /** Nothing comes from the server although the connection is open. */
  readonly isSilent: boolean;
  /** The storage failed: unsent messages are lost with the process. */
  readonly isVolatile: boolean;

  /** Calls `listener` after every change of what this client shows. @returns the function that ends it. */
  subscribe(listener: StateListener): () => void;

  /** Connects, and stays connected until `close`. Unsent messages of an earlier run are sent. */
  connect(): void;
  /** Connects now instead of after the wait, also when the server has closed the connection for good. */
  reconnect(): void;
  /** Disconnects. State and outbox stay, for the next `connect`. */
  close(): void;

  /**
   * Sends a message, however long it takes. Messages of a room arrive in the order of the calls.
   * @returns its client_id, for `whenSent`, `retry` and `discard`.
   */
  send(roomId: number, text: string): string;
  /** Sends a refused message again. */
  retry(clientId: string): void;
  /** Gives up a message that the server does not have. */
  discard(clientId: string): void;
  /** The user has read the room up to `seq`. Delivery is confirmed without a call. */
  markRead(roomId: number, seq: number): void;
  /** The user types. To be called with every key: sent only every few seconds. */
  typing(roomId: number): void;
  /** Takes what came by another way than the socket, such as a page of history over HTTP. */
  dispatch(event: ChatEvent): void;

  /** The user does something: a silent connection is noticed sooner. */
  userActive(): void;
  /** The user sees the client, or not: nobody waits for a connection in the background. */
  setVisible(isVisible: boolean): void;
  /** The network is back, or the user is: connects now, or resolves once nothing is missed. */
  wake(): Promise<void>;
  /** The network is another one now: the connection may be dead. */
  networkChanged(): void;
}

export function createClient(options: ClientOptions): Client {
  const { url, ackTimeoutMs = ACK_TIMEOUT_MS } = options;
  const listeners = new Set<StateListener>();
  const requests = new RequestTable();
  const typingTimers = new Map<number, ReturnType<typeof setTimeout>>();
  let state = emptyState(options.userId);
  let connection: ConnectionState = { name: 'idle' };
  let isSilent = false;
  let isVolatile = false;
  let heartbeat: ReturnType<typeof setInterval> | undefined;

  const changed = (before = state) => {
    for (const listener of listeners) listener(state, before);
  };

  const client: Client = {
    get state() {
      return state;
    },
    get connection() {
      return connection;
    },
    get isConnected() {
      return connection.name === 'open';
    },
    get isSilent() {
      return isSilent;
    },
    get isVolatile() {
      return isVolatile;
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    connect() {
      if (connection.name === 'idle') void outbox.restore();
      socket.start();
    },

    reconnect() {
      if (isSilent) socket.giveUp();
      socket.start();
      socket.wake();
    },

    close() {
      for (const timer of typingTimers.values()) clearTimeout(timer);
      receipts.close();
      liveness.stop();
      socket.stop();
      outbox.close();
    },

    send(roomId, text) {
      typing.reset(roomId);
      return outbox.send(roomId, text);
    },

    retry(clientId) {
      client.dispatch({ type: 'waiting', clientId });
      outbox.wake();
    },

    discard: (clientId) => client.dispatch({ type: 'discarded', clientId }),
    markRead: (roomId, seq) => receipts.read(roomId, seq),
    typing: (roomId) => typing.typed(roomId),

    async request<T extends ClientFrameType>(frame: RequestFrame<T>, timeoutMs = ackTimeoutMs) {
      liveness.pending(1);
      try {
        const ack = await requests.ask((ref) => socket.send({ ...frame, ref }), timeoutMs);
        // The one place that trusts the contract: an ack has the fields of the frame that it answers.
        return ack as ReplyOf<T>;
      } finally {
        liveness.pending(-1);
      }
    },

    dispatch(event) {
      const before = state;
      state = applyEvent(before, event);
      if (state !== before) changed(before);
      outbox.onChange(before.outbox, state.outbox);
      if (state.rooms !== before.rooms) receipts.schedule();
      catchUp.review();
    },

    userActive: () => liveness.acted(),
    setVisible: (isVisible) => liveness.setInSight(isVisible),
    networkChanged: () => liveness.suspect(),

    wake: async () => (client.isConnected ? catchUp.run() : socket.wake()),
  };

  const giveUp = () => socket.giveUp();
  const catchUp = createCatchUp(client, giveUp);
  const receipts = createReceipts(client);
  const typing = new TypingSignal((room_id) => void socket.send({ type: 'typing', room_id }));
  const outbox = createOutbox(client, options, () => {
    isVolatile = true;
    changed();
  });
  const liveness = new LivenessMonitor({
    ping: () => void socket.send({ type: 'ping', ref: PING_REF }),
    onSilent(next) {
      isSilent = next;
      changed();
    },
    onDead: giveUp,
    random: Math.random,
  });

  const socket = createConnection({
    ...options,
    url: typeof url === 'string' ? () => url : url,
    onState(next) {
      connection = next;
      if (next.name === 'open') {
        liveness.opened();
        receipts.schedule();
      } else {
        clearInterval(heartbeat);
        catchUp.stop();
        liveness.closed();
        requests.failAll();
      }
      changed();
      outbox.wake();
    },

    onFrame(frame) {
      liveness.received();
      if (frame.type === 'ack' || frame.type === 'error') {
        if (!requests.settle(frame) && frame.type === 'error') options.onError?.(frame.code, frame.message);
        return;
      }
      client.dispatch(frame);
      if (frame.type === 'typing') fadeTyping(frame.room_id);
      if (frame.type === 'resync') catchUp.runAgain();
      if (frame.type === 'hello') {
        void catchUp.run();
        // The last change of a room can be lost without a trace: a comparison with every heartbeat finds it.
        const everyMs = options.syncIntervalMs ?? frame.heartbeat_seconds * 1_000;
        heartbeat = setInterval(() => void catchUp.run(), everyMs);
      }
    },
  });

  function fadeTyping(roomId: number): void {
    clearTimeout(typingTimers.get(roomId));
    const fade = () => client.dispatch({ type: 'typing-faded', roomId });
    typingTimers.set(roomId, setTimeout(fade, TYPING_FADE_SECONDS * 1_000));
  }

  return client;
}
