import { Inject, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import {
  CLOSE_CODES,
  PROTOCOL_VERSION,
  type ClientFrameType,
  type ErrorCode,
  type Ref,
} from '@parley/shared';
import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { CONFIG, type Config } from '../config/config.js';
import { isConnectionTrouble } from '../database/database-errors.js';
import { ChatError } from '../errors/chat-error.js';
import { errorFields } from '../logging/log-line.js';
import { MessageLog } from '../messages/message-log.js';
import { ReceiptLog } from '../messages/receipt-log.js';
import { TokenBucket } from '../limits/token-bucket.js';
import { Metrics } from '../metrics/metrics.js';
import type { Admission } from './admission.js';
import { Commands, type Command } from './commands.js';
import { closeSocket, Connection } from './connection.js';
import { Connections } from './connections.js';
import { parseFrame, readFrame, refOf, type ReadFrame } from './frame-reader.js';
import { Heartbeat } from './heartbeat.js';

/** This many refusals for going too fast, less the frames that were let through meanwhile, and the socket is closed. */
const MAX_REFUSALS = 200;
/** Longest wait for the database at a graceful stop, in milliseconds. */
const DRAIN_TIMEOUT_MS = 2_000;
const RESTART_REASON = 'restart: come back within 5 s, at a random moment';

/** From a socket's frames to the commands, and back: an ack or an error for each `ref`, an error for each mistake. */
@WebSocketGateway()
export class ChatGateway implements OnGatewayConnection, BeforeApplicationShutdown {
  readonly #logger = new Logger('Sockets');
  #isStopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly commands: Commands,
    private readonly connections: Connections,
    private readonly heartbeat: Heartbeat,
    private readonly messageLog: MessageLog,
    private readonly receiptLog: ReceiptLog,
    private readonly metrics: Metrics,
  ) {}

  handleConnection(
    socket: WebSocket,
    admission: Exclude<Admission, { kind: 'refused' }>,
    stream: Writable,
  ): void {
    // Its handshake was under way when the others were told; left open, it would hold up the end of the process.
    if (this.#isStopping) return closeSocket(socket, CLOSE_CODES.restart.code, RESTART_REASON);
    const isUser = admission.kind === 'user';
    const userId = isUser ? admission.user.id : admission.userId;
    const most = this.config.limits.rates?.socketsPerUser ?? Infinity;
    if (userId !== null && this.connections.countOf(userId) >= most) {
      return closeSocket(socket, CLOSE_CODES.policy.code, `more than ${most} sockets of one user`);
    }
    const connection = isUser
      ? Connection.ofUser(socket, stream, admission.user.id)
      : Connection.ofRoom(socket, stream, { id: admission.roomId, pair: admission.pair }, userId);
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#onFrame(connection, data, isBinary));
    socket.on('ping', (data: Buffer) => this.#onPing(connection, data));
    socket.on('pong', () => this.#onPong(connection));
    socket.on('error', ({ message }) => this.#logger.debug({ msg: message, connection: connection.id }));
    socket.on('close', (code) => {
      this.connections.remove(connection);
      this.#logger.debug({ msg: 'Closed', connection: connection.id, code });
    });
    if (isUser) {
      connection.send({
        type: 'hello',
        user: { ...admission.user, online: true, last_seen: null },
        heartbeat_seconds: this.config.limits.heartbeatSeconds,
        protocol: PROTOCOL_VERSION,
      });
    }
    this.connections.add(connection);
    const { id, room } = connection;
    this.#logger.debug({ msg: 'Open', connection: id, user: connection.userId, room: room?.id ?? null });
  }

  /**
   * A graceful stop: nothing new is begun, what was begun is committed and acked, then the sockets are closed. A
   * client sends what it has no ack for to the next server.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    const drained = Promise.all([this.messageLog.drain(), this.receiptLog.drain()]);
    await Promise.race([drained, setTimeout(DRAIN_TIMEOUT_MS, null, { ref: false })]);
    for (const connection of this.connections.all) {
      connection.close(CLOSE_CODES.restart.code, RESTART_REASON);
    }
  }

  #onFrame(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (this.#isStopping) return;
    const arrivedAt = performance.now();
    const tooFast = this.#limit(connection);
    let ref: Ref | undefined;
    try {
      const raw = parseFrame(data, isBinary);
      ref = refOf(raw);
      if (tooFast) throw tooFast;
      const frame = readFrame(raw, ref, connection.room !== null);
      this.#run(connection, frame, arrivedAt).catch((error: unknown) => this.#refuse(connection, error, ref));
    } catch (error) {
      this.#refuse(connection, tooFast ?? error, ref);
    }
  }

  /** A ping too many is not answered, and counts towards the end of the socket like a frame too many. */
  #onPing(connection: Connection, data: Buffer): void {
    if (this.#limit(connection) === null) connection.pong(data);
  }

  #onPong(connection: Connection): void {
    if (connection.missedPings > 0) this.heartbeat.answered(connection);
    else this.#limit(connection);
  }

  async #run(connection: Connection, frame: ReadFrame, arrivedAt: number): Promise<void> {
    const { ref } = frame;
    // A frame and the command of its type agree by construction (readFrame); the union hides that from TypeScript.
    const { permit, run } = this.commands[frame.type] as Command<ClientFrameType, unknown>;
    const access = await permit(connection, frame.fields);
    const answer = await run(access, frame.fields, { connection, ref });
    if (answer && ref !== undefined) connection.sendJson(JSON.stringify({ type: 'ack', ref, ...answer }));
    if (frame.type === 'message') this.metrics.ackSeconds.observe((performance.now() - arrivedAt) / 1_000);
  }

  /** Every frame counts, also one that is none. @returns the refusal when this one is too many. */
  #limit(connection: Connection): ChatError | null {
    const rates = this.config.limits.rates;
    if (!rates) return null;
    connection.bucket ??= new TokenBucket(rates.frames.perSecond, rates.frames.burst);
    const retryAfterMs = connection.bucket.take();
    if (retryAfterMs === 0) {
      connection.refusals = Math.max(0, connection.refusals - 1);
      return null;
    }
    if (++connection.refusals > MAX_REFUSALS) connection.close(CLOSE_CODES.policy.code, 'too many frames');
    return new ChatError('rate_limited', 'Frames come faster than is allowed.', { retryAfterMs });
  }

  #refuse(connection: Connection, error: unknown, ref: Ref | undefined): void {
    const { code, message, retryAfterMs } = this.#errorOf(error, connection);
    this.metrics.socketError(code);
    connection.send({
      type: 'error',
      code,
      message,
      ...(ref === undefined ? {} : { ref }),
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    });
  }

  #errorOf(
    error: unknown,
    connection: Connection,
  ): { code: ErrorCode; message: string; retryAfterMs?: number | undefined } {
    if (error instanceof ChatError) {
      const { code, message, details } = error;
      const isHttpOnly = code === 'gone' || code === 'misdirected';
      return { code: isHttpOnly ? 'bad_frame' : code, message, retryAfterMs: details.retryAfterMs };
    }
    if (isConnectionTrouble(error)) {
      return {
        code: 'unavailable',
        message: 'The database cannot be reached right now.',
        retryAfterMs: 1_000,
      };
    }
    this.#logger.error({ msg: 'Unexpected error', connection: connection.id, ...errorFields(error) });
    return { code: 'internal', message: 'Something went wrong on our side.' };
  }
}
