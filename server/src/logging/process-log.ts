import { errorFields } from './log-line.js';
import type { PinoLogger } from './pino-logger.js';

/**
 * Writes what Node would print as text into the log instead: its warnings, and the error that ends the process. What V8
 * prints when it has no memory left stays text on standard error.
 */
export function logProcess(logger: PinoLogger): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message, stack }) => logger.warn({ msg: message, error: name, stack }));
  process.on('uncaughtException', (error) => {
    logger.fatal({ msg: 'Uncaught error: the process ends', ...errorFields(error) });
    process.exit(1);
  });
}

/** Why a process does not start, as a sentence. Connection errors of several addresses have a code only. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
