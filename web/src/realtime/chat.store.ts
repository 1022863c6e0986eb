import {
  ACK_TIMEOUT_MS,
  DEFAULT_LIMITS,
  TYPING_FADE_SECONDS,
  type ClientFrame,
  type ClientFrameType,
  type ReplyOf,
  type ServerFrame,
  type ServerLimits,
} from '@parley/shared';
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { onActivity, onNetworkChange } from '../ui/activity';
import { createRequiredContext } from '../ui/required-context';
import {
  applyEvent,
  CatchUp,
  type ChatEvent,
  type ChatState,
  Connection,
  type ConnectionState,
  emptyState,
  LivenessMonitor,
  RequestTable,
  SYNC_TIMEOUT_MS,
} from '@parley/client';
import { createLost } from './lost';

/** Of pings, which need no entry in the table of requests. */
const PING_REF = 'ping';

/** All that a window knows, and its one line to the server. */
export interface Chat {
  me: number;
  state: Accessor<ChatState>;
  connection: Accessor<ConnectionState>;
  /** The server's limits, as its last `hello` said. */
  limits: Accessor<ServerLimits>;
  /** Whether the user should know that there is no connection: what is shown of others may be out of date. */
  isLost: Accessor<boolean>;
  dispatch(event: ChatEvent): void;
  /** Sends and waits for the answer; rejects with a RequestError. */
  ask<T extends ClientFrameType>(
    frame: Extract<ClientFrame, { type: T }>,
    timeoutMs?: number,
  ): Promise<ReplyOf<T>>;
  /** Sends what needs no answer, or nothing when there is no connection. */
  send(frame: ClientFrame): void;
  /** Tries to connect now, also after the server has stopped us. */
  reconnect(): void;
}

export const [ChatProvider, useChat] = createRequiredContext<Chat>('Chat');

/** Connects as user `me` by `socketUrl`, until the owner is disposed. */
export function createChat(me: number, socketUrl: string): Chat {
  const [state, setState] = createSignal(emptyState(me));
  const [connection, setConnection] = createSignal<ConnectionState>({ name: 'idle' });
  const [limits, setLimits] = createSignal(DEFAULT_LIMITS);
  const [isSilent, setSilent] = createSignal(false);
  const isLost = createLost(connection, isSilent);
  const requests = new RequestTable();
  const typingTimers = new Map<number, ReturnType<typeof setTimeout>>();
  let heartbeat: ReturnType<typeof setInterval> | undefined;

  const dispatch = (event: ChatEvent) => {
    setState((before) => applyEvent(before, event));
    catchUp.review();
  };

  const ask: Chat['ask'] = async <T extends ClientFrameType>(
    frame: Extract<ClientFrame, { type: T }>,
    timeoutMs = ACK_TIMEOUT_MS,
  ) => {
    liveness.pending(1);
    try {
      const ack = await requests.ask((ref) => socket.send({ ...frame, ref }), timeoutMs);
      // The one place that trusts the contract: an ack has the fields of what was asked.
      return ack as ReplyOf<T>;
    } finally {
      liveness.pending(-1);
    }
  };

  const catchUp = new CatchUp({
    state,
    dispatch,
    ask: (rooms, range) => ask<'sync'>({ type: 'sync', rooms, ...range }, SYNC_TIMEOUT_MS),
    onDeadLine: () => socket.giveUp(),
  });

  const liveness = new LivenessMonitor({
    ping: () => void socket.send({ type: 'ping', ref: PING_REF }),
    onSilent: setSilent,
    onDead: () => socket.giveUp(),
    random: Math.random,
  });

  const socket = new Connection(socketUrl, {
    onFrame: (frame) => receive(frame),
    onState(next) {
      setConnection(next);
      if (next.name === 'open') return liveness.opened();
      clearInterval(heartbeat);
      liveness.closed();
      requests.failAll();
    },
  });

  function receive(frame: ServerFrame): void {
    liveness.received();
    if (frame.type === 'ack' || frame.type === 'error') {
      requests.settle(frame);
      return;
    }
    dispatch(frame);
    if (frame.type === 'typing') fadeTyping(frame.room_id);
    if (frame.type === 'resync') catchUp.runAgain();
    if (frame.type === 'hello') {
      // Servers of earlier versions send none.
      setLimits({ ...DEFAULT_LIMITS, ...frame.limits });
      void catchUp.run();
      // The last change of a room can be lost without a trace; comparing with every heartbeat finds it.
      heartbeat = setInterval(() => void catchUp.run(), frame.heartbeat_seconds * 1_000);
    }
  }

  function fadeTyping(roomId: number): void {
    clearTimeout(typingTimers.get(roomId));
    const fade = () => dispatch({ type: 'typing-faded', roomId });
    typingTimers.set(roomId, setTimeout(fade, TYPING_FADE_SECONDS * 1_000));
  }

  function wake(): void {
    const isInSight = document.visibilityState === 'visible';
    liveness.setInSight(isInSight);
    if (!isInSight) return;
    if (connection().name === 'open') void catchUp.run();
    else socket.wake();
  }

  const untilCleanup = new AbortController();
  document.addEventListener('visibilitychange', wake, untilCleanup);
  window.addEventListener('online', wake, untilCleanup);
  onActivity(() => liveness.acted(), untilCleanup.signal);
  onNetworkChange(() => liveness.suspect(), untilCleanup.signal);
  liveness.setInSight(document.visibilityState === 'visible');
  onCleanup(() => {
    untilCleanup.abort();
    catchUp.stop();
    liveness.stop();
    clearInterval(heartbeat);
    for (const timer of typingTimers.values()) clearTimeout(timer);
    socket.stop();
    requests.failAll();
  });

  socket.start();
  return {
    me,
    state,
    connection,
    limits,
    isLost,
    dispatch,
    ask,
    send: (frame) => void socket.send(frame),
    reconnect() {
      if (isSilent()) socket.giveUp();
      socket.start();
      socket.wake();
    },
  };
}
