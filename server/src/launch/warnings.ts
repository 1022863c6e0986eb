import { isIP } from 'node:net';
import type { Config } from '../config/config.js';

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** What the person who starts a server should know about its settings; null when there is nothing. */
export function warningOf({ accounts, host, trustedProxies }: Config): string | null {
  if (!accounts || isLoopback(host) || trustedProxies.length > 0) return null;
  return (
    `HOST ${host} is reachable from other machines without TLS, so passwords and sessions can be read on the way. ` +
    'Put a proxy with TLS in front and name it in TRUSTED_PROXIES (docs/operations.md), or set HOST=127.0.0.1.'
  );
}

/** Where browsers find the page, as far as the settings say. */
export function publicUrlOf({ host, port, allowedHosts, trustedProxies }: Config): string {
  const [name] = allowedHosts;
  if (name !== undefined && trustedProxies.length > 0) return `https://${name}`;
  const isEverywhere = isLoopback(host) || host === '0.0.0.0' || host === '::';
  return `http://${isEverywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The page on which the owner of an invite registers. In the fragment, the code is in no log and no `Referer`. */
export function inviteUrl(config: Config, code: string): string {
  return `${publicUrlOf(config)}/register#invite=${code}`;
}
