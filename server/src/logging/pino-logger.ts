import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/config.js';
import { VERSION } from '../version/version.js';
import { isLogLine } from './log-line.js';

/**
 * The logger for Nest: one JSON object per line on standard output, with the server's id and version. Calls of `log`
 * with a LogLine have the level `info`; Nest's own, which are plain text, have `debug`.
 */
export class PinoLogger implements LoggerService {
  readonly #pino: Logger;

  /** @param server the id of this server, to distinguish its lines from those of other servers. */
  constructor(level: LogLevel, server: string) {
    this.#pino = pino({
      level,
      base: { server, version: VERSION },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    });
  }

  log(message: unknown, context?: unknown): void {
    this.#write(isLogLine(message) ? 'info' : 'debug', message, context);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest.at(-1));
  }

  warn(message: unknown, context?: unknown): void {
    this.#write('warn', message, context);
  }

  debug(message: unknown, context?: unknown): void {
    this.#write('debug', message, context);
  }

  verbose(message: unknown, context?: unknown): void {
    this.#write('trace', message, context);
  }

  fatal(message: unknown, context?: unknown): void {
    this.#write('fatal', message, context);
  }

  #write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    context: unknown,
  ): void {
    if (isLogLine(message)) this.#pino[level]({ context, ...message });
    else this.#pino[level]({ context }, textOf(message));
  }
}

function textOf(message: unknown): string {
  return message instanceof Error ? (message.stack ?? message.message) : String(message);
}
