import { MAX_ENDPOINT_LENGTH } from '@parley/shared';
import { isIP } from 'node:net';
import { isPublicIp } from './public-address.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Why the URL cannot be that of a push service; null: it can. Whether its name leads to a public address is checked with each
 * connection (`lookupPublic`).
 * @param allowLoopback plain http to this machine is allowed too: for tests.
 */
export function faultOfEndpoint(endpoint: string, allowLoopback: boolean): string | null {
  if (endpoint.length > MAX_ENDPOINT_LENGTH) return `must have at most ${MAX_ENDPOINT_LENGTH} characters`;
  if (!URL.canParse(endpoint)) return 'must be a URL';
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (allowLoopback && isLoopback(endpoint)) return null;
  if (protocol !== 'https:') return 'must be an https URL';
  if (username !== '' || password !== '') return 'must have no username and no password';
  const ip = hostname.replace(/^\[(.*)\]$/, '$1');
  const isPublic = isIP(ip) === 0 ? isPublicName(hostname) : isPublicIp(ip);
  return isPublic ? null : 'must be on the internet';
}

/** Whether it is plain http to this machine. */
export function isLoopback(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'http:' && LOOPBACK.includes(hostname);
}

/** Names without a dot, and those of local networks, are never of a push service. */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return name.includes('.') && !/\.(localhost|local|internal|home\.arpa|lan)$/.test(name);
}
