import { TYPING_REPEAT_SECONDS } from '@parley/shared';

/** Sends that the user types in a room, at most once per TYPING_REPEAT_SECONDS, as long as keys are pressed. */
export class TypingSignal {
  readonly #sentAt = new Map<number, number>();

  constructor(
    private readonly send: (roomId: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The text has changed and is not empty. */
  typed(roomId: number): void {
    const now = this.now();
    if (now < (this.#sentAt.get(roomId) ?? -Infinity) + TYPING_REPEAT_SECONDS * 1_000) return;
    this.#sentAt.set(roomId, now);
    this.send(roomId);
  }

  /** The message is sent: the next key is sent at once. */
  reset(roomId: number): void {
    this.#sentAt.delete(roomId);
  }
}
