import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { problem } from './problem.js';

/** Paths of sockets: a request without an upgrade cannot be answered there. */
const SOCKET_PATHS = ['/ws', '/ws/chat/:room_id'];

/** Answers plain requests to the paths of sockets with 426. */
export function requireUpgrade(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  for (const path of SOCKET_PATHS) {
    fastify.get(path, async (_request, reply) =>
      reply
        .status(426)
        .headers({ Upgrade: 'websocket', Connection: 'Upgrade' })
        .type('application/problem+json')
        .send(JSON.stringify(problem(426, 'This path is a WebSocket: open it with ws:// or wss://.'))),
    );
  }
}

/** Headers that a request has only because of its upgrade (RFC 9110, 7.8; RFC 7540, 3.2). */
const OF_UPGRADE = new Set(['upgrade', 'http2-settings']);

/** Whether the request asks for the only supported upgrade. */
export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Answers a request as if it had not asked for an upgrade. Node 20 emits `upgrade` for every upgrade, with the body unread
 * (later versions ask `shouldUpgradeCallback` first): the request is given to the server again, as a new connection
 * without the headers of the upgrade.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    const kind = name.toLowerCase();
    if (OF_UPGRADE.has(kind)) continue;
    text += `${name}: ${kind === 'connection' ? withoutUpgrade(value) : value}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => !OF_UPGRADE.has(option.toLowerCase())).join(', ');
}
