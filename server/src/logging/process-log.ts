import { errorFields } from './log-line.js';
import type { PinoLogger } from './pino-logger.js';

/**
 * Logs what Node would print as text: its warnings, and the error that ends the process. V8's output when memory runs
 * out stays text on standard error.
 */
export function logProcess(logger: PinoLogger): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message, stack }) => logger.warn({ msg: message, error: name, stack }));
  process.on('uncaughtException', (error) => {
    logger.fatal({ msg: 'Uncaught error: the process ends', ...errorFields(error) });
    process.exit(1);
  });
}

/** The reason for a failed start, as a sentence. Errors of a host with several IPs have a code and no message. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
