import { Logger, type INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage, Server } from 'node:http';
import { CLOSE_CODES } from '@parley/shared';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Site } from '../auth/site.js';
import { CONFIG, type Config } from '../config/config.js';
import { isOutage } from '../database/database-errors.js';
import { STATUS } from '../errors/chat-error.js';
import { problem } from '../http/problem.js';
import { rawProblem } from '../http/raw-problem.js';
import { ignoreUpgrade, isWebSocketUpgrade } from '../http/upgrade.js';
import { IpCap } from '../limits/ip-cap.js';
import { networkOf } from '../limits/network.js';
import { errorFields } from '../logging/log-line.js';
import { SecurityLog } from '../logging/security-log.js';
import { Metrics, type HandshakeRefusal } from '../metrics/metrics.js';
import { AdmissionService, isSocketPath, subscribedUserId, type Admission } from './admission.js';
import { disconnect, recordServerClose, serverCloseOf } from './connection.js';
import { Connections } from './connections.js';

/** Label in the metrics for refused handshakes, by HTTP status or close code. */
const REASONS: Readonly<Record<number, HandshakeRefusal>> = {
  401: 'unauthorized',
  403: 'origin',
  404: 'path',
  421: 'host',
  429: 'address_limit',
  503: 'unavailable',
  [CLOSE_CODES.unauthorized.code]: 'unauthorized',
  [CLOSE_CODES.notAMember.code]: 'not_a_member',
  [CLOSE_CODES.noSuchRoom.code]: 'no_such_room',
};

/** Close codes that ws sends by itself, by its error code. Other errors are protocol errors. */
const WS_CLOSES: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CLOSE_CODES.tooBig.code,
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CLOSE_CODES.policy.code,
};
const PROTOCOL_ERROR = 1002;

/**
 * Opens sockets on the port of the HTTP server. Path, host, origin and user are checked before the handshake. The gateway
 * reads the frames itself, because Nest's pipeline answers out of order and drops unknown frames silently.
 */
export class SocketAdapter extends WsAdapter {
  readonly #logger = new Logger('Sockets');
  readonly #config: Config;
  /** Null: no limits. */
  readonly #ips: IpCap | null;
  readonly #security: SecurityLog;

  constructor(
    private readonly app: INestApplication,
    private readonly site: Site,
  ) {
    super(app);
    this.#config = app.get<Config>(CONFIG);
    const { limits } = this.#config;
    this.#security = app.get(SecurityLog);
    this.#ips = limits.rates && new IpCap(limits.rates.socketsPerIp);
  }

  override create(): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: this.#config.limits.frameBytes,
      // Without compression a connection takes 10 KB instead of 225 KB, and there are no decompression bombs.
      perMessageDeflate: false,
      // The gateway answers pings, so that pings count like frames and unread pongs are bounded.
      autoPong: false,
      clientTracking: false,
    });
    const http = this.httpServer as Server;
    http.on('upgrade', (request, socket, head) => {
      if (isWebSocketUpgrade(request)) void this.#upgrade(server, request, socket, head);
      else ignoreUpgrade(http, request, socket, head);
    });
    return server;
  }

  /** Does nothing: the gateway reads the frames itself. */
  override bindMessageHandlers(): void {}

  /** Does nothing: the gateway closes the sockets, with a reason, and Nest closes the HTTP server. */
  override async close(): Promise<void> {}

  async #upgrade(
    server: WebSocketServer,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    socket.on('error', () => socket.destroy());
    const url = urlOf(request);
    const refusal = this.site.refusalOf(request);
    if (refusal) return this.#refuse(socket, STATUS[refusal.code], refusal.message);
    if (!url || !isSocketPath(url.pathname))
      return this.#refuse(socket, 404, 'There is no socket at this path.');
    const ip = this.site.ipOf(request);
    if (this.#ips) {
      const release = this.#ips.take(networkOf(ip));
      if (!release) {
        this.#security.report('rate_limited', ip, { reason: 'too many sockets of one IP' });
        return this.#refuse(socket, 429, 'This IP has too many open sockets.');
      }
      socket.once('close', release);
    }
    let admission: Admission;
    try {
      admission = await this.app
        .get(AdmissionService)
        .admit(url, request.headers, this.site.isSecure(request), ip);
      if (admission.kind === 'user' || admission.kind === 'room')
        await this.app.get(Connections).subscribe(subscribedUserId(admission));
    } catch (error) {
      const level = isOutage(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'A socket could not be opened', ...errorFields(error) });
      return this.#refuse(socket, 503, 'The socket cannot be opened right now. Try again.');
    }
    if (admission.kind === 'rejected') return this.#refuse(socket, admission.status, admission.detail);
    const metrics = this.app.get(Metrics);
    // Sends the answer to the handshake and the first frame in one write.
    socket.cork();
    server.handleUpgrade(request, socket, head, (client: WebSocket) => {
      // After an oversized or malformed frame ws has closed the socket with the right code.
      client.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        if (code?.startsWith('WS_ERR_'))
          recordServerClose(client, WS_CLOSES[code] ?? PROTOCOL_ERROR, message);
      });
      client.once('close', (code: number) => {
        const closed = serverCloseOf(client);
        metrics.socketClosed(closed?.code ?? code);
        if (closed?.code !== CLOSE_CODES.policy.code || admission.kind === 'refused') return;
        const user = admission.kind === 'user' ? admission.user.id : admission.userId;
        this.#security.report('socket_closed', ip, { user, code: closed.code, reason: closed.reason });
      });
      if (admission.kind === 'refused') {
        metrics.handshakeRefused(REASONS[admission.code] ?? 'other');
        disconnect(client, socket, admission.code, admission.reason);
      } else server.emit('connection', client, admission, socket, ip);
    });
    socket.uncork();
  }

  /** Answers the handshake with a problem instead of 101. */
  #refuse(socket: Duplex, status: number, detail: string): void {
    const metrics = this.app.get(Metrics);
    metrics.problem(status);
    metrics.handshakeRefused(REASONS[status] ?? 'other');
    // Nothing reads the stream any more, so the end of the other side would not be detected.
    socket.once('finish', () => socket.destroy());
    socket.end(rawProblem(problem(status, detail), status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}));
  }
}

function urlOf(request: IncomingMessage): URL | null {
  const target = request.url ?? '/';
  return URL.canParse(target, 'ws://host') && target.startsWith('/') ? new URL(target, 'ws://host') : null;
}
