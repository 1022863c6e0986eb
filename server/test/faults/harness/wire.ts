import type { Ack, ClientFrame, ServerFrame } from '@parley/shared';
import { WebSocket } from 'ws';

/** Why a request has no ack: the server's code, or what happened to it on the way. */
export class RequestFailure extends Error {
  constructor(
    readonly code: string,
    readonly retryAfterMs?: number,
  ) {
    super(`The request failed: ${code}`);
  }
}

interface Waiting {
  resolve(ack: Ack): void;
  reject(failure: RequestFailure): void;
  timer: NodeJS.Timeout;
}

export interface WireEvents {
  /** The server's first frame has come: the socket is of use. */
  open(): void;
  frame(frame: ServerFrame): void;
  closed(code: number): void;
}

type Outgoing = ClientFrame extends infer F ? (F extends ClientFrame ? Omit<F, 'ref'> : never) : never;

/** One user socket: frames in, requests with a `ref` out, each answered or timed out. */
export class Wire {
  readonly socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #refs = 0;
  #isOpen = false;

  constructor(
    origin: string,
    userId: number,
    private readonly ackTimeoutMs: number,
    private readonly events: WireEvents,
  ) {
    this.socket = new WebSocket(`${origin.replace('http', 'ws')}/ws/?active_user=${userId}`, {
      handshakeTimeout: 2_000,
      perMessageDeflate: false,
    });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as ServerFrame));
    this.socket.once('close', (code) => {
      this.#isOpen = false;
      for (const ref of this.#waiting.keys()) this.#fail(ref, new RequestFailure('disconnected'));
      events.closed(code);
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws RequestFailure. */
  request(frame: Outgoing): Promise<Ack> {
    if (!this.#isOpen) return Promise.reject(new RequestFailure('disconnected'));
    const ref = ++this.#refs;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(ref, new RequestFailure('timeout')), this.ackTimeoutMs);
      this.#waiting.set(ref, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ ...frame, ref }));
    });
  }

  /** Without a `ref`: nothing is answered. */
  send(frame: Outgoing): void {
    if (this.#isOpen) this.socket.send(JSON.stringify(frame));
  }

  /** At once, without a word. */
  cut(): void {
    this.socket.terminate();
  }

  #take(frame: ServerFrame): void {
    if (frame.type === 'hello') {
      this.#isOpen = true;
      this.events.open();
    }
    const ref = 'ref' in frame ? Number(frame.ref) : undefined;
    const waiting = ref === undefined ? undefined : this.#waiting.get(ref);
    if (ref === undefined || !waiting) return this.events.frame(frame);
    if (frame.type === 'error') return this.#fail(ref, new RequestFailure(frame.code, frame.retry_after_ms));
    this.#waiting.delete(ref);
    clearTimeout(waiting.timer);
    // The state first: what the ack says belongs before whatever comes behind it.
    this.events.frame(frame);
    if (frame.type === 'ack') waiting.resolve(frame);
  }

  #fail(ref: number, failure: RequestFailure): void {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return;
    this.#waiting.delete(ref);
    clearTimeout(waiting.timer);
    waiting.reject(failure);
  }
}
