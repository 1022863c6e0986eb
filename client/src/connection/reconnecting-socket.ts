import type { ClientFrame, ServerFrame } from '@parley/shared';
import { nextConnection, type ConnectionEvent, type ConnectionState } from './connection-machine.js';
import { platformTransport, type Socket, type Transport } from './transport.js';

/** A socket without a `hello` for this long, in milliseconds, is closed. */
const HELLO_TIMEOUT_MS = 10_000;
/** The close code of a socket that closed without one. */
const ABNORMAL_CLOSURE = 1006;
/** `readyState` of an open socket. */
const OPEN = 1;

interface Options {
  /** Called before each attempt. */
  readonly url: () => string;
  readonly transport?: Transport;
  /** In milliseconds. */
  readonly maxReconnectDelayMs?: number;
  onFrame(frame: ServerFrame): void;
  onState(state: ConnectionState): void;
}

/** A WebSocket that is replaced by a new one when it closes. nextConnection decides when. */
export interface ReconnectingSocket {
  start(): void;
  stop(): void;
  /** Ends the wait before the next attempt. */
  wake(): void;
  /** Closes a socket whose connection is dead, as if it had closed by itself. */
  giveUp(): void;
  /** @returns false when no socket is open: the frame was not sent. */
  send(frame: ClientFrame): boolean;
}

export function createReconnectingSocket({
  url,
  transport = platformTransport,
  maxReconnectDelayMs,
  onFrame,
  onState,
}: Options): ReconnectingSocket {
  let state: ConnectionState = { name: 'idle' };
  let socket: Socket | null = null;
  let openedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function on(event: ConnectionEvent): void {
    const before = state;
    state = nextConnection(before, event, Math.random(), maxReconnectDelayMs);
    if (state === before) return;
    clearTimeout(timer);
    if (state.name === 'waiting') timer = setTimeout(() => on({ type: 'due' }), state.delayMs);
    if (state.name === 'connecting') connect();
    onState(state);
  }

  function connect(): void {
    const opened = transport(url());
    socket = opened;
    openedAt = 0;
    timer = setTimeout(giveUp, HELLO_TIMEOUT_MS);
    // A `close` event with the code follows.
    opened.addEventListener('error', () => undefined);
    opened.addEventListener('close', ({ code }) => {
      if (opened === socket) closed(code);
    });
    opened.addEventListener('message', ({ data }) => {
      if (opened === socket) receive(data);
    });
  }

  function receive(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'hello') {
      openedAt = Date.now();
      on({ type: 'hello' });
    }
    onFrame(frame);
  }

  function closed(code: number): void {
    dropSocket();
    on({ type: 'closed', code, openMs: openedAt && Date.now() - openedAt });
  }

  function dropSocket(): void {
    const dropped = socket;
    socket = null;
    dropped?.close();
  }

  function giveUp(): void {
    closed(ABNORMAL_CLOSURE);
  }

  return {
    giveUp,
    start: () => on({ type: 'start' }),
    wake: () => on({ type: 'wake' }),
    stop() {
      on({ type: 'stop' });
      dropSocket();
    },
    send(frame) {
      if (state.name !== 'open' || socket?.readyState !== OPEN) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
  };
}

/** @returns null when the data is not a frame: a proxy may send anything. */
function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    const isFrame = typeof frame === 'object' && frame !== null && 'type' in frame;
    return isFrame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
