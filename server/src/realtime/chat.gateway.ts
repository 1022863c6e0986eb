import { Inject, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { CLOSE_CODES, PROTOCOL_VERSION, type ClientFrameType, type Ref } from '@parley/shared';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { maySend, scopeMissing } from '../auth/scopes.js';
import { CONFIG, type Config } from '../config/config.js';
import { toServerLimits } from '../config/server-limits.js';
import { isConnectionTrouble } from '../database/database-errors.js';
import { ChatError, Refusal } from '../errors/chat-error.js';
import { errorFields } from '../logging/log-line.js';
import { MessageChangeLog } from '../messages/message-change-log.js';
import { MessageLog } from '../messages/message-log.js';
import { ReceiptLog } from '../messages/receipt-log.js';
import { Metrics } from '../metrics/metrics.js';
import type { Admitted } from './admission.js';
import { Commands } from './commands.js';
import { closeSocket, Connection, disconnect } from './connection.js';
import { Connections } from './connections.js';
import { parseFrame, readFrame, refOf, type ReadFrame } from './frame-reader.js';
import { FrameLimits } from './frame-limits.js';
import { Heartbeat } from './heartbeat.js';
import { SessionSockets } from './session-sockets.js';

/** Longest wait for the database at a graceful stop, in milliseconds. */
const DRAIN_TIMEOUT_MS = 2_000;
const RESTART_REASON = 'restart: come back within 5 s, at a random moment';

/** Reads frames, runs their commands, and answers: one ack or error per `ref`, and an error for each refused frame. */
@WebSocketGateway()
export class ChatGateway implements OnGatewayConnection, BeforeApplicationShutdown {
  readonly #logger = new Logger('Sockets');
  #isStopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly commands: Commands,
    private readonly connections: Connections,
    private readonly limits: FrameLimits,
    private readonly heartbeat: Heartbeat,
    private readonly sessions: SessionSockets,
    private readonly messageLog: MessageLog,
    private readonly changeLog: MessageChangeLog,
    private readonly receiptLog: ReceiptLog,
    private readonly metrics: Metrics,
  ) {}

  handleConnection(socket: WebSocket, admission: Admitted, stream: Duplex, ip: string): void {
    // The handshake began before the other sockets were closed. An open socket would delay the end of the process.
    if (this.#isStopping) return closeSocket(socket, CLOSE_CODES.restart.code, RESTART_REASON);
    const isUser = admission.kind === 'user';
    const { userId, session } = admission;
    if (userId !== null && !this.connections.mayOpen(userId)) {
      this.metrics.handshakeRefused('user_limit');
      return disconnect(socket, stream, CLOSE_CODES.policy.code, this.connections.limitReason);
    }
    const connection = isUser
      ? Connection.ofUser(socket, stream, ip, admission.userId, session)
      : Connection.ofRoom(
          socket,
          stream,
          ip,
          { id: admission.roomId, pair: admission.pair },
          userId,
          session,
        );
    if (!this.sessions.add(connection)) {
      this.metrics.handshakeRefused('unauthorized');
      return disconnect(socket, stream, CLOSE_CODES.unauthorized.code, 'the session has ended');
    }
    this.limits.watch(connection);
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#onFrame(connection, data, isBinary));
    socket.on('ping', (data: Buffer) => this.#onPing(connection, data));
    socket.on('pong', () => this.#onPong(connection));
    socket.on('error', ({ message }) => this.#logger.debug({ msg: message, connection: connection.id }));
    socket.on('close', (code) => {
      connection.budget?.leave(connection);
      this.connections.remove(connection);
      this.sessions.remove(connection);
      this.#logger.debug({ msg: 'Closed', connection: connection.id, code });
    });
    if (isUser) {
      connection.send({
        type: 'hello',
        user: { ...admission.user, online: true, last_seen: null },
        heartbeat_seconds: this.config.limits.heartbeatMs / 1_000,
        protocol: PROTOCOL_VERSION,
        limits: toServerLimits(this.config),
        time: new Date().toISOString(),
      });
    }
    this.connections.add(connection);
    const { id, room } = connection;
    this.#logger.debug({ msg: 'Open', connection: id, user: connection.userId, room: room?.id ?? null });
  }

  /**
   * Graceful stop: ignores new frames, commits and acks pending messages and receipts, then closes the sockets. Clients
   * send messages without an ack again after they have reconnected.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    const logs = [this.messageLog, this.changeLog, this.receiptLog];
    const drained = Promise.all(logs.map((log) => log.drain()));
    await Promise.race([drained, setTimeout(DRAIN_TIMEOUT_MS, null, { ref: false })]);
    for (const connection of this.connections.all) {
      connection.close(CLOSE_CODES.restart.code, RESTART_REASON);
    }
  }

  #onFrame(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (this.#isStopping) return;
    const arrivedAt = performance.now();
    const waitMs = this.limits.take(connection);
    if (waitMs > 0 && !connection.isOpen) return;
    const raw = parseFrame(data, isBinary);
    if (raw instanceof Refusal) return this.#refuse(connection, waitMs > 0 ? tooFast(waitMs) : raw, null);
    const ref = refOf(raw);
    if (waitMs > 0) return this.#refuse(connection, tooFast(waitMs), ref);
    try {
      const frame = readFrame(raw, ref, connection.room !== null);
      this.#run(connection, frame, arrivedAt).catch((error: unknown) => this.#refuse(connection, error, ref));
    } catch (error) {
      this.#refuse(connection, error, ref);
    }
  }

  /** Pings count like frames. A ping over the limit gets no pong. */
  #onPing(connection: Connection, data: Buffer): void {
    if (this.limits.take(connection) === 0) connection.pong(data);
  }

  #onPong(connection: Connection): void {
    if (connection.missedPings > 0) this.heartbeat.onPong(connection);
    else this.limits.take(connection);
  }

  async #run<T extends ClientFrameType>(
    connection: Connection,
    frame: ReadFrame<T>,
    arrivedAt: number,
  ): Promise<void> {
    const { type, ref } = frame;
    if (!maySend(connection.session, type)) throw scopeMissing('write');
    const reply = await this.commands.handlers[type]({ connection, ref }, frame.request);
    if (reply && ref !== undefined) connection.send({ type: 'ack', ref, ...reply });
    if (type === 'message') this.metrics.ackSeconds.observe((performance.now() - arrivedAt) / 1_000);
  }

  #refuse(connection: Connection, error: unknown, ref: Ref | undefined | null): void {
    const { code, message, retryAfterMs } =
      error instanceof Refusal ? error : this.#refusalOf(error, connection);
    this.metrics.socketError(code);
    connection.send({
      type: 'error',
      code,
      message,
      ...(ref === undefined || ref === null ? {} : { ref }),
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    });
  }

  #refusalOf(error: unknown, connection: Connection): Refusal {
    if (error instanceof ChatError) {
      const { code, message, details } = error;
      const isHttpOnly = code === 'gone' || code === 'misdirected' || code === 'proof_required';
      return new Refusal(isHttpOnly ? 'bad_frame' : code, message, details.retryAfterMs);
    }
    if (isConnectionTrouble(error)) {
      return new Refusal('unavailable', 'The database cannot be reached right now.', 1_000);
    }
    this.#logger.error({ msg: 'Unexpected error', connection: connection.id, ...errorFields(error) });
    return new Refusal('internal', 'Something went wrong on our side.');
  }
}

function tooFast(retryAfterMs: number): Refusal {
  return new Refusal('rate_limited', 'Frames come faster than is allowed.', retryAfterMs);
}
