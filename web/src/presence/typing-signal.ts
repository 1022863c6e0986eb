import { TYPING_REPEAT_SECONDS } from '@parley/shared';

/** Sends `typing` while keys are pressed, at most once per TYPING_REPEAT_SECONDS. */
export class TypingSignal {
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly send: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The field has changed and is not empty. */
  typed(): void {
    const now = this.now();
    if (now - this.#sentAt < TYPING_REPEAT_SECONDS * 1_000) return;
    this.#sentAt = now;
    this.send();
  }

  /** The message is sent: the next key sends `typing` at once. */
  reset(): void {
    this.#sentAt = Number.NEGATIVE_INFINITY;
  }
}
