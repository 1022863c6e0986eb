import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Headers that a request has only because of its upgrade (RFC 9110, 7.8; RFC 7540, 3.2). */
const OF_UPGRADE = new Set(['upgrade', 'http2-settings']);

/** The one upgrade that this server knows. */
export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Answers a request as if its upgrade had not been asked for. Node 20 hands every upgrade to the `upgrade` event, its body
 * unread (later versions ask `shouldUpgradeCallback` first): the request goes back to the server as a new connection would
 * bring it, without the headers of the upgrade.
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
