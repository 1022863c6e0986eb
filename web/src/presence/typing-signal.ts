import { TYPING_REPEAT_SECONDS } from '@parley/shared';

/** Says that one types, at most once per TYPING_REPEAT_SECONDS, as long as keys are pressed. */
export class TypingSignal {
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly tell: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The field has changed and is not empty. */
  typed(): void {
    const now = this.now();
    if (now - this.#toldAt < TYPING_REPEAT_SECONDS * 1_000) return;
    this.#toldAt = now;
    this.tell();
  }

  /** The message is sent: the next key is news again. */
  reset(): void {
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }
}
