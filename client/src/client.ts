import {
  ACK_TIMEOUT_MS,
  TYPING_FADE_SECONDS,
  type ClientFrameType,
  type MessageReply,
  type ReplyOf,
} from '@parley/shared';
import type { ClientCore, RequestFrame } from './client-core.js';
import type { ClientOptions } from './client-options.js';
import { createReconnectingSocket } from './connection/reconnecting-socket.js';
import type { ConnectionState } from './connection/connection-machine.js';
import type { CreateMonitor, Monitor } from './connection/liveness.js';
import { createOutbox, type MessageKey } from './outbox/outbox.js';
import { createReceipts } from './receipts/receipt-sender.js';
import { RequestTable } from './requests/request-table.js';
import { applyEvent } from './state/apply-event.js';
import type { ChatEvent } from './state/chat-event.js';
import { emptyState, type ChatState, type QueuedFile } from './state/chat-state.js';
import { createCatchUp } from './sync/catch-up.js';
import { TypingSignal } from './typing/typing-signal.js';

/** `ref` of the pings: any frame answers them, so they are not in the RequestTable. */
const PING_REF = 'ping';

/** Called with the state after and before a change. Both are the same when only the connection has changed. */
export type StateListener = (after: ChatState, before: ChatState) => void;

/**
 * The connection of one user to a server, and the state of the user's rooms, which stays complete through lost
 * connections and missed frames. Its outbox sends each message exactly once.
 */
export interface Client extends ClientCore {
  /** Plain data; a new object after each change. */
  readonly state: ChatState;
  readonly connection: ConnectionState;
  /** The socket is open, but a ping has no answer. */
  readonly isSilent: boolean;
  /** The storage has failed: unsent messages are lost when the process ends. */
  readonly isVolatile: boolean;
  /** How far this device's clock is ahead of the server's, in milliseconds: 0 until the server has said its time. */
  readonly clockAheadMs: number;

  /**
   * Calls `listener` after each change of `state`, `connection`, `isSilent` or `isVolatile`.
   * @returns a function that ends the subscription.
   */
  subscribe(listener: StateListener): () => void;

  /** Connects, and reconnects until `close`. Sends the unsent messages of an earlier run. */
  connect(): void;
  /** Connects at once, also when the connection is `stopped`. */
  reconnect(): void;
  /** Disconnects. State and outbox stay, for the next `connect`. */
  close(): void;

  /**
   * Queues a message, and sends it until the server acks or refuses it. The messages of a room keep the order of the calls.
   * @returns its client_id, for `whenSent`, `retry` and `discard`.
   */
  send(
    roomId: number,
    text: string,
    options?: { readonly replyTo?: MessageReply | null; readonly files?: readonly QueuedFile[] },
  ): string;
  /**
   * Gives a message another text. One that was never sent, or was refused, is changed in the outbox and sent with it. Like
   * `remove` and `react`, it is queued, shown at once (`optimistic`), and undone if the server refuses it (`watch`, `refused`).
   * @param message its id, or the client_id of one that is not acked.
   * @returns the client_id of the operation, for `whenSent` and `discard`.
   */
  edit(roomId: number, message: MessageKey, text: string): string;
  /**
   * Deletes a message for both. Nothing leaves the device for UNDO_MS: until then `discard` undoes it, also after a reload. One
   * that was never sent is discarded at once.
   */
  remove(roomId: number, message: MessageKey): string;
  /** Reacts to a message with an emoji, or takes that back. */
  react(roomId: number, messageId: number, emoji: string, on: boolean): string;
  /** Sends a refused message again. */
  retry(clientId: string): void;
  /** Loads what other clients with this storage have queued since: each entry is sent once its `lock` is free. */
  restoreUnsent(): Promise<void>;
  /** Removes an entry from the outbox: a refused or unsent message, or an operation that was not sent yet. */
  discard(clientId: string): void;
  /** The user has read the room up to `seq`. Delivery is confirmed without a call. */
  markRead(roomId: number, seq: number): void;
  /** The user types. May be called with every key: a frame is sent every TYPING_REPEAT_SECONDS at most. */
  typing(roomId: number): void;
  /** Applies an event to the state, for data that does not arrive over the socket, such as a page of history. */
  dispatch(event: ChatEvent): void;

  /** The user is active: a silent connection is detected sooner (within 2 s). */
  userActive(): void;
  /** Whether the user can see the client. In the background it sends no pings. */
  setVisible(isVisible: boolean): void;
  /** The network or the user is back: ends the wait before a reconnect, or, when connected, syncs and resolves after it. */
  wake(): Promise<void>;
  /** The device has moved to another network: the connection may be dead, so it is pinged at once. */
  networkChanged(): void;
}

/** A client before its connection is watched. */
export interface BareClient extends Client {
  /** From now on the connection is watched: a silent one is found, and a dead one replaced. */
  watchConnection(create: CreateMonitor): void;
}

/** A client that does not find out by itself that its connection is dead, until `watchConnection`. */
export function createBareClient(options: ClientOptions): BareClient {
  const { url, ackTimeoutMs = ACK_TIMEOUT_MS } = options;
  const listeners = new Set<StateListener>();
  const requests = new RequestTable();
  const typingTimers = new Map<number, ReturnType<typeof setTimeout>>();
  let state = emptyState(options.userId);
  let connection: ConnectionState = { name: 'idle' };
  let isSilent = false;
  let isVolatile = false;
  let clockAheadMs = 0;
  let heartbeat: ReturnType<typeof setInterval> | undefined;

  const changed = (before = state) => {
    for (const listener of listeners) listener(state, before);
  };

  let monitor: Monitor | undefined;
  let isVisible = true;

  const client: BareClient = {
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
    get clockAheadMs() {
      return clockAheadMs;
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
      monitor?.stop();
      socket.stop();
      outbox.close();
    },

    send(roomId, text, { replyTo = null, files = [] } = {}) {
      typing.reset(roomId);
      return outbox.send(roomId, text, replyTo, files);
    },

    edit: (roomId, message, text) => outbox.edit(roomId, message, text),
    remove: (roomId, message) => outbox.remove(roomId, message),
    react: (roomId, messageId, emoji, on) => outbox.react(roomId, messageId, emoji, on),

    retry(clientId) {
      client.dispatch({ type: 'waiting', clientId });
      outbox.wake();
    },

    discard: (clientId) => client.dispatch({ type: 'discarded', clientId }),
    restoreUnsent: () => outbox.loadStored(),
    markRead: (roomId, seq) => receipts.read(roomId, seq),
    typing: (roomId) => typing.typed(roomId),

    async request<T extends ClientFrameType>(frame: RequestFrame<T>, timeoutMs = ackTimeoutMs) {
      monitor?.pending(1);
      try {
        const ack = await requests.request((ref) => socket.send({ ...frame, ref }), timeoutMs);
        // Not checked at run time: by the contract an ack has the fields of the frame type that it answers.
        return ack as ReplyOf<T>;
      } finally {
        monitor?.pending(-1);
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

    userActive: () => monitor?.userActive(),
    setVisible(next) {
      isVisible = next;
      monitor?.setVisible(next);
    },
    networkChanged: () => monitor?.networkChanged(),

    watchConnection(create) {
      monitor = create({
        ping: () => void socket.send({ type: 'ping', ref: PING_REF }),
        onSilent(next) {
          isSilent = next;
          changed();
        },
        onDead: giveUp,
        random: Math.random,
      });
      monitor.setVisible(isVisible);
      if (client.isConnected) monitor.opened();
    },

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

  const socket = createReconnectingSocket({
    ...options,
    url: typeof url === 'string' ? () => url : url,
    onState(next) {
      connection = next;
      if (next.name === 'open') {
        monitor?.opened();
        receipts.schedule();
      } else {
        clearInterval(heartbeat);
        catchUp.stop();
        monitor?.closed();
        requests.failAll();
      }
      changed();
      outbox.wake();
    },

    onFrame(frame) {
      monitor?.received();
      if (frame.type === 'ack' || frame.type === 'error') {
        if (!requests.settle(frame) && frame.type === 'error') options.onError?.(frame.code, frame.message);
        return;
      }
      client.dispatch(frame);
      if (frame.type === 'typing') fadeTyping(frame.room_id);
      if (frame.type === 'resync') catchUp.runAgain();
      if (frame.type === 'hello') {
        // What only this version of the protocol has may be sent now.
        outbox.wake();
        clockAheadMs = Date.now() - Date.parse(frame.time) || 0;
        void catchUp.run();
        // No later frame reveals that the last change of a room was lost, so the client syncs with every heartbeat.
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
