import type { ServerFrame } from '@parley/shared';
import { CLOSE_CODES } from '@parley/shared';
import type { Duplex, Writable } from 'node:stream';
import { WebSocket } from 'ws';
import type { Pair } from '../auth/membership.service.js';
import type { Reader, SocketBudget } from '../limits/socket-budget.js';
import type { TokenBucket } from '../limits/token-bucket.js';

/** More than this waiting to be written from earlier turns of the event loop, in bytes: the client does not keep up. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** The same, with what this turn writes: 60 acks of the longest messages, committed together, are 1 MB. */
const MAX_TURN_BYTES = 2 * 1024 * 1024;
/** How long a socket that was told to close may take, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

let connections = 0;

/** One socket: of a user (all rooms), or of a room (whose user may be unknown until its first frame). */
export class Connection implements Reader {
  readonly id = `c${++connections}`;
  /** Pings since the last sign of life. */
  missedPings = 0;
  /** What this socket may send, and what it may with the others of its user. Null: no limits. */
  frames: TokenBucket | null = null;
  budget: SocketBudget | null = null;

  private constructor(
    readonly socket: WebSocket,
    /** What the socket reads from and writes to. */
    readonly stream: Duplex,
    /** The client's IP. */
    readonly address: string,
    /** The user whose events it gets: its own, or one of its room's two. */
    readonly listensBy: number,
    /** The room of a room socket; null on a user socket. */
    readonly room: { readonly id: number; readonly pair: Pair } | null,
    public userId: number | null,
  ) {}

  static ofUser(socket: WebSocket, stream: Duplex, address: string, userId: number): Connection {
    return new Connection(socket, stream, address, userId, null, userId);
  }

  static ofRoom(
    socket: WebSocket,
    stream: Duplex,
    address: string,
    room: { id: number; pair: Pair },
    userId: number | null,
  ): Connection {
    return new Connection(socket, stream, address, room.pair.a, room, userId);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: ServerFrame): void {
    this.sendJson(JSON.stringify(frame));
  }

  sendJson(json: string): void {
    if (this.#mayWrite(json.length)) this.socket.send(json);
  }

  /** Answers a ping. ws would do so by itself (`autoPong`), without a bound on what the client leaves unread. */
  pong(data: Buffer): void {
    if (this.#mayWrite(data.length)) this.socket.pong(data);
  }

  /** What the client sends from now on is not handled any more. */
  close(code: number, reason: string): void {
    for (const event of ['message', 'ping', 'pong']) this.socket.removeAllListeners(event);
    closeSocket(this.socket, code, reason);
  }

  /** Closes the socket of a client that is not to be listened to: what it sends from now on is not even read. */
  cutOff(code: number, reason: string): void {
    this.budget?.leave(this);
    this.close(code, reason);
    stopReading(this.socket, this.stream);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Everything but the heartbeat is written through here. Closes the socket of a client that does not keep up. */
  #mayWrite(bytes: number): boolean {
    if (!this.isOpen) return false;
    const most = gathering.has(this.stream) ? MAX_TURN_BYTES : MAX_BUFFERED_BYTES + bytes;
    if (this.socket.bufferedAmount + bytes > most) {
      this.cutOff(CLOSE_CODES.tooSlow.code, 'too slow to keep up');
      return false;
    }
    gather(this.stream);
    return true;
  }
}

const gathering = new Set<Writable>();

/**
 * What is written to the stream until the end of this turn leaves in one system call: a batch that is committed tells
 * the same socket several things at once, and writing is the dearest part of telling.
 */
function gather(stream: Writable): void {
  if (gathering.has(stream)) return;
  if (gathering.size === 0) process.nextTick(writeGathered);
  gathering.add(stream);
  stream.cork();
}

function writeGathered(): void {
  for (const stream of gathering) stream.uncork();
  gathering.clear();
}

/** What this server closed a socket with. The other side's close frame may repeat another code, or never come. */
const closedWith = new WeakMap<WebSocket, { readonly code: number; readonly reason: string }>();

/** For what ws closes by itself: the code that it has sent. */
export function noteClose(socket: WebSocket, code: number, reason: string): void {
  if (!closedWith.has(socket)) closedWith.set(socket, { code, reason });
}

/** @returns null when the client closed it, or the line broke. */
export function ownClose(socket: WebSocket): { readonly code: number; readonly reason: string } | null {
  return closedWith.get(socket) ?? null;
}

/** Closes a socket; one whose client does not answer (it reads nothing, or is gone without a word) is cut off. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  noteClose(socket, code, reason);
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
}

/** The same, and what the client sends meanwhile is not read: neither its frames nor its answer. */
export function cutOff(socket: WebSocket, stream: Duplex, code: number, reason: string): void {
  closeSocket(socket, code, reason);
  stopReading(socket, stream);
}

/** The end of our side tells the client that no more comes: it does not wait for an answer to its own close frame. */
function stopReading(socket: WebSocket, stream: Duplex): void {
  socket.pause();
  stream.end();
}
