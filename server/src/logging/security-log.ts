import { Global, Injectable, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import type { LogLine } from './log-line.js';

/** What may be an attack, and how loud it is. A client that is too fast once is no news for `warn`. */
const EVENTS = {
  origin_refused: { level: 'warn', msg: 'A page of a foreign origin was refused' },
  host_refused: { level: 'warn', msg: 'A request for a foreign host was refused' },
  socket_closed: { level: 'warn', msg: 'A socket was closed for abuse' },
  rate_limited: { level: 'log', msg: 'A request was refused: too many' },
} as const satisfies Record<string, { level: 'warn' | 'log'; msg: string }>;

export type SecurityEvent = keyof typeof EVENTS;

/** Lines of one event within a window; what comes beyond them is counted. */
const LINES_PER_WINDOW = 10;
const WINDOW_MS = 60_000;
/** Addresses counted within a window: a flood from more of them is counted all the same, without its source. */
const MAX_IPS = 1_000;

interface Window {
  lines: number;
  suppressed: number;
  /** Of those suppressed. */
  readonly byIp: Map<string, number>;
}

/**
 * Events by which an attack can be detected. A flood of them does not flood the log: of each event at most ten lines a
 * minute, and at the end of that minute one line that says how many more there were and where most of them came from.
 */
@Injectable()
export class SecurityLog implements OnModuleDestroy {
  readonly #logger = new Logger('Security');
  readonly #windows = new Map<SecurityEvent, Window>();
  #timer: NodeJS.Timeout | null = null;

  /** @param ip the client's, as far as the trusted proxies say. */
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

  /** What was counted is logged before the process ends. */
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
