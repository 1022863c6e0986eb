import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Config } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import type { LogLine } from '../logging/log-line.js';
import type { SecurityLog } from '../logging/security-log.js';

/** Browsers do not change anything with these methods. */
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Host and port as RFC 9110 allows them in `Host`: no user, no path, no query. */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i;
/** A request target in absolute form names a host too. */
const ABSOLUTE_TARGET = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Which hosts an endpoint answers to: the list, the list and every IP address, or all. */
export type HostRule = 'listed' | 'ip' | 'any';

/**
 * Which hosts this server answers to, and which pages may call it. Both are checked before anything else of a request,
 * for HTTP and socket upgrades alike.
 *
 * The hosts are a list because of DNS rebinding: the owner of attacker.example can let that name resolve to 127.0.0.1,
 * and to the browser its page and this server are then one origin. Only the `Host` header distinguishes them. Names are
 * compared, ports are not: a proxy or a container may map them, and a page cannot choose the name by choosing a port.
 */
export class Site {
  readonly #names: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #isTrusted: (ip: string, hop: number) => boolean;

  constructor(
    config: Pick<Config, 'host' | 'allowedHosts' | 'allowedOrigins' | 'trustedProxies'>,
    private readonly security: SecurityLog,
  ) {
    const names = [
      'localhost',
      isIP(config.host) === 6 ? `[${config.host}]` : config.host,
      ...config.allowedHosts,
      ...config.allowedOrigins.map((origin) => new URL(origin).host),
    ];
    this.#names = new Set(names.flatMap((name) => hostName(name) ?? []));
    this.#origins = new Set(config.allowedOrigins);
    this.#isTrusted = proxyAddr.compile([...config.trustedProxies]);
  }

  /**
   * Why a request is refused before it is read, which is logged; null when it is not.
   * A request without `Origin` does not come from the script of a web page (but from curl, a bot, a link), unless it
   * says itself that another site makes it.
   * @param fields further fields of the log line.
   */
  refusalOf(
    request: IncomingMessage,
    rule: HostRule = 'listed',
    fields: Omit<LogLine, 'msg'> = {},
  ): ChatError | null {
    const { host = '', origin = '' } = request.headers;
    if (rule !== 'any' && !this.#answersTo(request, rule)) {
      this.security.report('host_refused', this.ipOf(request), { host: loggedHost(host), ...fields });
      return new ChatError(
        'misdirected',
        'This server does not answer to this Host. If it is one of its names, add it to the setting ALLOWED_HOSTS.',
      );
    }
    if (this.#mayCall(request)) return null;
    this.security.report('origin_refused', this.ipOf(request), { origin: loggedOrigin(origin), ...fields });
    return new ChatError('forbidden', 'Pages of this origin may not call this server.');
  }

  /** Whether the IP is that of a trusted proxy. */
  isProxy(ip: string): boolean {
    return this.#isTrusted(ip, 0);
  }

  /** The IP of the client, as far as trusted proxies name it. */
  ipOf(request: IncomingMessage): string {
    return proxyAddr(request, this.#isTrusted);
  }

  /** Whether the client's connection has TLS, as far as trusted proxies say. */
  isSecure(request: IncomingMessage): boolean {
    return this.#schemeOf(request) === 'https';
  }

  #answersTo(request: IncomingMessage, rule: HostRule): boolean {
    const hosts = request.headersDistinct.host ?? [];
    const target = ABSOLUTE_TARGET.exec(request.url ?? '')?.[1];
    return (
      hosts.length === 1 &&
      [...hosts, target ?? hosts[0] ?? ''].every((authority) => {
        const name = hostName(authority);
        return (
          name !== null && (this.#names.has(name) || isLoopback(name) || (rule === 'ip' && isAddress(name)))
        );
      })
    );
  }

  #mayCall(request: IncomingMessage): boolean {
    const { origin, host, upgrade } = request.headers;
    if (origin === undefined) {
      // Browsers name the origin whenever a page changes something. One that does not, but says that another site asks:
      // an extension or a privacy setting took the name away.
      const from = request.headers['sec-fetch-site'];
      const isForeign = from === 'cross-site' || from === 'same-site';
      return !isForeign || (SAFE_METHODS.has(request.method) && upgrade === undefined);
    }
    return this.#origins.has(origin) || origin === `${this.#schemeOf(request)}://${host}`;
  }

  /** The last proxy speaks: what stands before it in the header may come from the client. */
  #schemeOf({ socket, headers }: IncomingMessage): string {
    const forwarded = headers['x-forwarded-proto'];
    if (forwarded === undefined || !this.#isTrusted(socket.remoteAddress ?? '', 0)) return 'http';
    return String(forwarded).split(',').at(-1)?.trim() === 'https' ? 'https' : 'http';
  }
}

/**
 * The name in `Host`, as a browser would write it: lower case, IP addresses in their short form, no port, and no dot at
 * the end. Null when it is not a host.
 */
export function hostName(authority: string): string | null {
  const url = `http://${authority}`;
  if (!AUTHORITY.test(authority) || !URL.canParse(url)) return null;
  return new URL(url).hostname.replace(/\.$/, '') || null;
}

function isAddress(name: string): boolean {
  return isIP(name) === 4 || name.startsWith('[');
}

function isLoopback(name: string): boolean {
  if (name.startsWith('[')) return LOOPBACK.check(name.slice(1, -1), 'ipv6');
  return isIP(name) === 4 && LOOPBACK.check(name);
}

/** Of a longer host or origin, only this many characters are logged: no host name is longer. */
const MAX_LOGGED_LENGTH = 262;

/** For a line of the log; null when the header is no host, and may hold anything. */
function loggedHost(host: string): string | null {
  return hostName(host)?.slice(0, MAX_LOGGED_LENGTH) ?? null;
}

/** For a line of the log; null when the header is no origin, and may hold anything. */
function loggedOrigin(origin: string): string | null {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return null;
  return origin.slice(0, MAX_LOGGED_LENGTH);
}
