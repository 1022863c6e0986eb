import type { ClientFrame, ServerFrame } from '@parley/shared';
import { nextConnection, type ConnectionEvent, type ConnectionState } from './connection-machine.js';
import { platformTransport, type Socket, type Transport } from './transport.js';

/** A socket that has not said hello after this long, in milliseconds, is given up. */
const HELLO_TIMEOUT_MS = 10_000;
/** What a socket that vanished without a word counts as. */
const ABNORMAL_CLOSURE = 1006;
/** `readyState` of an open socket. */
const OPEN = 1;

interface Listener {
  onFrame(frame: ServerFrame): void;
  onState(state: ConnectionState): void;
}

/** Keeps one socket: carries out what the state machine decides. */
export class Connection {
  #state: ConnectionState = { name: 'idle' };
  #socket: Socket | null = null;
  #openedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
    private readonly transport: Transport = platformTransport,
  ) {}

  start(): void {
    this.#on({ type: 'start' });
  }

  stop(): void {
    this.#on({ type: 'stop' });
    this.#dropSocket();
  }

  /** Now is a good moment to try again. */
  wake(): void {
    this.#on({ type: 'wake' });
  }

  /** The line is dead, although the socket has not noticed. */
  giveUp(): void {
    this.#closed(ABNORMAL_CLOSURE);
  }

  /** False when there is no open socket: nothing was sent. */
  send(frame: ClientFrame): boolean {
    if (this.#state.name !== 'open' || this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #on(event: ConnectionEvent): void {
    const before = this.#state;
    const after = nextConnection(before, event, Math.random());
    if (after === before) return;
    this.#state = after;
    clearTimeout(this.#timer);
    if (after.name === 'waiting') this.#timer = setTimeout(() => this.#on({ type: 'due' }), after.delayMs);
    if (after.name === 'connecting') this.#connect();
    this.listener.onState(after);
  }

  #connect(): void {
    const socket = this.transport(this.url);
    this.#socket = socket;
    this.#openedAt = 0;
    this.#timer = setTimeout(() => this.giveUp(), HELLO_TIMEOUT_MS);
    // `close` follows, and says all that there is to say.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#receive(data);
    });
  }

  #receive(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'hello') {
      this.#openedAt = Date.now();
      this.#on({ type: 'hello' });
    }
    this.listener.onFrame(frame);
  }

  #closed(code: number): void {
    this.#dropSocket();
    const openMs = this.#openedAt === 0 ? 0 : Date.now() - this.#openedAt;
    this.#on({ type: 'closed', code, openMs });
  }

  #dropSocket(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

/** Null for what is no frame: a proxy between us may say anything. */
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
