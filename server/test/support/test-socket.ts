import type { Ref, ServerFrame, ServerFrameOf, ServerFrameType } from '@parley/shared';
import { WebSocket, type ClientOptions } from 'ws';
import type { Contract, SocketKind } from './contract.js';

/** How long a test waits for a frame before it fails: a guard against hanging, not a measurement. */
const TIMEOUT_MS = 15_000;

type Waiter = { matches: (frame: ServerFrame) => boolean; resolve: (frame: ServerFrame) => void };

/** A client's socket. Keeps every frame in order of arrival, each held against the contract. */
export class TestSocket {
  readonly #socket: WebSocket;
  /** Frames that no `next` has taken yet. */
  #waiting: ServerFrame[] = [];
  #waiters: Waiter[] = [];
  #refs = 0;
  /** Types of the frames that were asked with a `ref`. */
  readonly #asked = new Map<Ref | undefined, string>();
  /** Every frame that ever came. */
  readonly frames: ServerFrame[] = [];
  /** What broke the contract. Read by `next`, so that no test passes over it. */
  readonly #violations: Error[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, options: ClientOptions, contract: Contract) {
    this.#socket = new WebSocket(url, options);
    const kind: SocketKind = url.includes('/ws/chat/') ? 'room' : 'user';
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      try {
        contract.checkServerFrame(frame, kind, 'ref' in frame ? this.#asked.get(frame.ref) : undefined);
      } catch (error) {
        this.#violations.push(error as Error);
      }
      this.#take(frame);
    });
  }

  /** The underlying socket, for what a well-behaved client would not do. */
  get raw(): WebSocket {
    return this.#socket;
  }

  send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  sendRaw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** Sends a frame with a `ref` and waits for its ack or error. */
  ask(frame: object): Promise<ServerFrameOf<'ack'> | ServerFrameOf<'error'>> {
    const ref = ++this.#refs;
    if ('type' in frame && typeof frame.type === 'string') this.#asked.set(ref, frame.type);
    const answer = this.answerTo(ref);
    this.send({ ...frame, ref });
    return answer;
  }

  /** The ack or error with this `ref`. */
  answerTo(ref: Ref): Promise<ServerFrameOf<'ack'> | ServerFrameOf<'error'>> {
    return this.#find((frame) => 'ref' in frame && frame.ref === ref) as Promise<
      ServerFrameOf<'ack'> | ServerFrameOf<'error'>
    >;
  }

  /** The next frame of a type that no `next` has returned yet; earlier ones of other types are left. */
  next<T extends ServerFrameType>(
    type: T,
    matches: (frame: ServerFrameOf<T>) => boolean = () => true,
  ): Promise<ServerFrameOf<T>> {
    return this.#find((frame) => frame.type === type && matches(frame as ServerFrameOf<T>)) as Promise<
      ServerFrameOf<T>
    >;
  }

  /** All frames of a type so far. */
  all<T extends ServerFrameType>(type: T): ServerFrameOf<T>[] {
    return this.frames.filter((frame) => frame.type === type) as ServerFrame[] as ServerFrameOf<T>[];
  }

  /**
   * Resolves once the server has dealt with everything that this socket sent before, and everything sent to it
   * before has arrived: a frame with a ref is answered in turn.
   */
  async settled(): Promise<void> {
    await this.ask({ type: 'no such type' });
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #take(frame: ServerFrame): void {
    this.frames.push(frame);
    const waiter = this.#waiters.find(({ matches }) => matches(frame));
    if (!waiter) {
      this.#waiting.push(frame);
      return;
    }
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.resolve(frame);
  }

  #find(matches: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    return new Promise((resolve, reject) => {
      const settle = (frame: ServerFrame) => {
        clearTimeout(timer);
        if (this.#violations[0]) reject(this.#violations[0]);
        else resolve(frame);
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(
          this.#violations[0] ??
            new Error(`No such frame came. What came: ${JSON.stringify(this.frames.slice(-5))}`),
        );
      }, TIMEOUT_MS);
      const waiter: Waiter = { matches, resolve: settle };
      const position = this.#waiting.findIndex(matches);
      const [found] = position < 0 ? [] : this.#waiting.splice(position, 1);
      if (found) settle(found);
      else this.#waiters.push(waiter);
    });
  }
}
