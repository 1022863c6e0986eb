import type { ServerFrame, RoomId, UserId } from '@parley/shared';
import { CLOSE_CODES } from '@parley/shared';
import type { Duplex, Writable } from 'node:stream';
import { WebSocket } from 'ws';
import type { Session } from '../auth/sessions.service.js';
import type { Pair } from '../rooms/membership.service.js';
import type { Reader, SocketBudget } from '../limits/socket-budget.js';
import type { TokenBucket } from '../limits/token-bucket.js';

/** Limit of unsent bytes of earlier turns of the event loop: a client with more reads too slowly. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** The same, including the bytes of the present turn: 60 acks of the longest messages in one commit are 1 MB. */
const MAX_TURN_BYTES = 2 * 1024 * 1024;
/** Time for the client to answer a close frame, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

let connections = 0;

/** A user socket (all rooms of a user), or a room socket (one room; its user may be unknown until its first frame). */
export class Connection implements Reader {
  readonly id = `c${++connections}`;
  /** Pings since the last pong. */
  missedPings = 0;
  /** Limit of the frames of this socket, and limits of all sockets of its user together. Null: no limits. */
  frames: TokenBucket | null = null;
  budget: SocketBudget | null = null;

  private constructor(
    readonly socket: WebSocket,
    /** The TCP stream below the socket. */
    readonly stream: Duplex,
    readonly ip: string,
    /** Events arrive by the bus subscription to this user: the socket's user, or on a room socket one of the two members. */
    readonly subscribedUserId: UserId,
    /** The room of a room socket; null on a user socket. */
    readonly room: { readonly id: RoomId; readonly pair: Pair } | null,
    public userId: UserId | null,
    /** Proves the user, who then never changes; null in simulation. */
    readonly session: Session | null,
  ) {}

  static ofUser(
    socket: WebSocket,
    stream: Duplex,
    ip: string,
    userId: UserId,
    session: Session | null,
  ): Connection {
    return new Connection(socket, stream, ip, userId, null, userId, session);
  }

  static ofRoom(
    socket: WebSocket,
    stream: Duplex,
    ip: string,
    room: { id: RoomId; pair: Pair },
    userId: UserId | null,
    session: Session | null,
  ): Connection {
    return new Connection(socket, stream, ip, room.pair.a, room, userId, session);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: ServerFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  /** @param text a serialised frame. */
  sendText(text: string): void {
    if (this.#mayWrite(text.length)) this.socket.send(text);
  }

  /** Answers a ping. `autoPong` of ws does not bound the pongs that a client leaves unread. */
  pong(data: Buffer): void {
    if (this.#mayWrite(data.length)) this.socket.pong(data);
  }

  /** Closes the socket. Later frames of the client are ignored. */
  close(code: number, reason: string): void {
    for (const event of ['message', 'ping', 'pong']) this.socket.removeAllListeners(event);
    closeSocket(this.socket, code, reason);
  }

  /** Closes the socket and reads nothing more from it. For clients that send too much or read too slowly. */
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

  /** Called before every write except the heartbeat's. Disconnects a client that reads too slowly. */
  #mayWrite(bytes: number): boolean {
    if (!this.isOpen) return false;
    const limit = corked.has(this.stream) ? MAX_TURN_BYTES : MAX_BUFFERED_BYTES + bytes;
    if (this.socket.bufferedAmount + bytes > limit) {
      this.disconnect(CLOSE_CODES.tooSlow.code, 'too slow to keep up');
      return false;
    }
    cork(this.stream);
    return true;
  }
}

const corked = new Set<Writable>();

/**
 * Writes the frames that a socket gets in one turn of the event loop with one system call, the most expensive part of a
 * send. A committed batch often has several frames for the same socket.
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

/** Code and reason with which this server closed a socket. The client's close frame may have another code, or not arrive. */
const serverCloses = new WeakMap<WebSocket, { readonly code: number; readonly reason: string }>();

/** Records that this server, or ws by itself, closes the socket. The first call counts. */
export function recordServerClose(socket: WebSocket, code: number, reason: string): void {
  if (!serverCloses.has(socket)) serverCloses.set(socket, { code, reason });
}

/** @returns null when the client closed the socket, or the connection was lost. */
export function serverCloseOf(socket: WebSocket): { readonly code: number; readonly reason: string } | null {
  return serverCloses.get(socket) ?? null;
}

/** Closes a socket, and terminates it if the client does not answer the close frame in time. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  recordServerClose(socket, code, reason);
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
}

/** Closes a socket and reads nothing more from it, not even the client's close frame. */
export function disconnect(socket: WebSocket, stream: Duplex, code: number, reason: string): void {
  closeSocket(socket, code, reason);
  stopReading(socket, stream);
}

/** Ends this side of the stream, so that the client does not wait for an answer to its own close frame. */
function stopReading(socket: WebSocket, stream: Duplex): void {
  socket.pause();
  stream.end();
}
