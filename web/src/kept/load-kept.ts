import { lastStart } from '../api/start';

const isReturning = lastStart() !== null;

/**
 * The code that shows what this browser keeps, for a browser that has been here: the first visit does without it. Undefined
 * where it cannot be loaded: the server answers soon.
 */
export async function loadKept(): Promise<typeof import('./restore-kept') | undefined> {
  return isReturning ? import('./restore-kept').catch(() => undefined) : undefined;
}
