import { Global, Injectable, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import type { LogLine } from './log-line.js';

/** Events that may be part of an attack, with their log level. A single refused request is not worth a `warn`. */
const EVENTS = {
  origin_refused: { level: 'warn', msg: 'A page of a foreign origin was refused' },
  host_refused: { level: 'warn', msg: 'A request for a foreign host was refused' },
  login_failed: { level: 'log', msg: 'A login was refused' },
  socket_closed: { level: 'warn', msg: 'A socket was closed for abuse' },
  rate_limited: { level: 'log', msg: 'A request was refused: too many' },
} as const satisfies Record<string, { level: 'warn' | 'log'; msg: string }>;

export type SecurityEvent = keyof typeof EVENTS;

/** Most lines of one event within a window. Further events are counted. */
const LINES_PER_WINDOW = 10;
const WINDOW_MS = 60_000;
/** Most IPs that are counted separately within a window. Events of further IPs are counted without their IP. */
const MAX_IPS = 1_000;

interface Window {
  lines: number;
  suppressed: number;
  /** Number of suppressed events by IP. */
  readonly byIp: Map<string, number>;
}

/**
 * Logs events by which an attack can be detected, at most ten lines a minute for each event. At the end of that minute
 * one line has the number of the others, and the IP with most of them.
 */
@Injectable()
export class SecurityLog implements OnModuleDestroy {
  readonly #logger = new Logger('Security');
  readonly #windows = new Map<SecurityEvent, Window>();
  #timer: NodeJS.Timeout | null = null;

  /** @param ip of the client, according to the trusted proxies. */
  report(event: SecurityEvent, ip: string, fields: Omit<LogLine, 'msg'> = {}): void {
    this.#timer ??= setTimeout(() => this.#close(), WINDOW_MS).unref();
    let window = this.#windows.get(event);
    if (!window) this.#windows.set(event, (window = { lines: 0, suppressed: 0, byIp: new Map() }));
    if (window.lines < LINES_PER_WINDOW) {
      window.lines += 1;
      const { level, msg } = EVENTS[event];
      this.#logger[level]({ msg, event, ip, ...fields });
      return;
    }
    window.suppressed += 1;
    const count = window.byIp.get(ip);
    if (count !== undefined || window.byIp.size < MAX_IPS) window.byIp.set(ip, (count ?? 0) + 1);
  }

  /** Logs the counted events before the process ends. */
  onModuleDestroy(): void {
    this.#close();
  }

  #close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [event, { suppressed, byIp }] of this.#windows) {
      if (suppressed === 0) continue;
      const [ip, count] = [...byIp].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0]);
      const { level, msg } = EVENTS[event];
      this.#logger[level]({
        msg: `${msg}, and more`,
        event,
        count: suppressed,
        top_ip: ip,
        top_ip_count: count,
      });
    }
    this.#windows.clear();
  }
}

@Global()
@Module({ providers: [SecurityLog], exports: [SecurityLog] })
export class SecurityLogModule {}
