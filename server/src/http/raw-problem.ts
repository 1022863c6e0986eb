import type { Problem } from '@parley/shared';
import { DATA_HEADERS } from './security-headers.js';

/**
 * A problem as the bytes of a whole HTTP/1.1 answer, for a connection that no HTTP server answers on: a request that
 * cannot be parsed, a handshake that is refused. The connection is closed after it.
 * @param extra further headers, for example `Retry-After`.
 */
export function rawProblem(body: Problem, extra: Readonly<Record<string, string>> = {}): string {
  const json = JSON.stringify(body);
  const headers = {
    Connection: 'close',
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(json)),
    ...DATA_HEADERS,
    ...extra,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${body.status} ${body.title}\r\n${lines.join('')}\r\n${json}`;
}
