import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a computation may keep all others waiting, in milliseconds. */
const TURN_MS = 3;

/**
 * Divides a long computation, so that the server answers others meanwhile. By time, not by the number of messages: some texts take a
 * thousand times as long as others to fold and to search.
 */
export class Turns {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since >= TURN_MS;
  }

  /** To be awaited when the turn is over. */
  async next(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
