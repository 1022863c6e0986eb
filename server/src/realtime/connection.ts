import type { ServerFrame, RoomId, UserId } from '@parley/shared';
import { CLOSE_CODES } from '@parley/shared';
import type { Duplex, Writable } from 'node:stream';
import { WebSocket } from 'ws';
import type { Pair } from '../rooms/membership.service.js';
import type { Reader, SocketBudget } from '../limits/socket-budget.js';
import type { TokenBucket } from '../limits/token-bucket.js';

/** Most bytes that wait to be written from earlier event-loop ticks; a client with more does not keep up. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** The same, including what the current tick writes: 60 acks of the longest messages, committed together, are 1 MB. */
const MAX_TICK_BYTES = 2 * 1024 * 1024;
/** Time for the client to answer a close frame, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

let connections = 0;

/** One socket: a user socket (all rooms of a user), or a room socket (whose user may be unknown until its first frame). */
export class Connection implements Reader {
  readonly id = `c${++connections}`;
  /** Pings since the last pong. */
  missedPings = 0;
  /** Limits of this socket, and of all sockets of its user together. Null: no limits. */
  frames: TokenBucket | null = null;
  budget: SocketBudget | null = null;

  private constructor(
    readonly socket: WebSocket,
    /** The TCP stream below the socket. */
    readonly stream: Duplex,
    readonly ip: string,
    /** The user whose subscription brings its events: its own user, or one of the two of its room. */
    readonly subscribedUserId: UserId,
    /** The room of a room socket; null on a user socket. */
    readonly room: { readonly id: RoomId; readonly pair: Pair } | null,
    public userId: UserId | null,
  ) {}

  static ofUser(socket: WebSocket, stream: Duplex, ip: string, userId: UserId): Connection {
    return new Connection(socket, stream, ip, userId, null, userId);
  }

  static ofRoom(
    socket: WebSocket,
    stream: Duplex,
    ip: string,
    room: { id: RoomId; pair: Pair },
    userId: UserId | null,
  ): Connection {
    return new Connection(socket, stream, ip, room.pair.a, room, userId);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: ServerFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  /** @param text a frame, serialised. */
  sendText(text: string): void {
    if (this.#mayWrite(text.length)) this.socket.send(text);
  }

  /** Answers a ping. `autoPong` of ws would do so without a bound on what the client leaves unread. */
  pong(data: Buffer): void {
    if (this.#mayWrite(data.length)) this.socket.pong(data);
  }

  /** Closes the socket; later frames of the client are ignored. */
  close(code: number, reason: string): void {
    for (const event of ['message', 'ping', 'pong']) this.socket.removeAllListeners(event);
    closeSocket(this.socket, code, reason);
  }

  /** Closes the socket and stops reading from it: for clients that send too much, or do not read. */
  disconnect(code: number, reason: string): void {
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

  /** Checked before every write but the heartbeat's. Disconnects a client that does not keep up. */
  #mayWrite(bytes: number): boolean {
    if (!this.isOpen) return false;
    const most = corked.has(this.stream) ? MAX_TICK_BYTES : MAX_BUFFERED_BYTES + bytes;
    if (this.socket.bufferedAmount + bytes > most) {
      this.disconnect(CLOSE_CODES.tooSlow.code, 'too slow to keep up');
      return false;
    }
    cork(this.stream);
    return true;
  }
}

const corked = new Set<Writable>();

/**
 * Frames written to a socket in one event-loop tick are flushed in a single system call: a committed batch sends several
 * frames to the same socket, and the system call is the most expensive part of a send.
 */
function cork(stream: Writable): void {
  if (corked.has(stream)) return;
  if (corked.size === 0) process.nextTick(uncorkAll);
  corked.add(stream);
  stream.cork();
}

function uncorkAll(): void {
  for (const stream of corked) stream.uncork();
  corked.clear();
}

/** How this server closed a socket. The client's close frame may repeat another code, or never arrive. */
const closedWith = new WeakMap<WebSocket, { readonly code: number; readonly reason: string }>();

/** Records the code of a close by ws itself. */
export function noteClose(socket: WebSocket, code: number, reason: string): void {
  if (!closedWith.has(socket)) closedWith.set(socket, { code, reason });
}

/** @returns null when the client closed the socket, or the connection was lost. */
export function ownClose(socket: WebSocket): { readonly code: number; readonly reason: string } | null {
  return closedWith.get(socket) ?? null;
}

/** Closes a socket; terminates it when the client does not answer in time. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  noteClose(socket, code, reason);
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
}

/** Closes a socket and stops reading from it, the client's close frame included. */
export function disconnect(socket: WebSocket, stream: Duplex, code: number, reason: string): void {
  closeSocket(socket, code, reason);
  stopReading(socket, stream);
}

/** Ending our side of the stream spares the client the wait for an answer to its own close frame. */
function stopReading(socket: WebSocket, stream: Duplex): void {
  socket.pause();
  stream.end();
}
