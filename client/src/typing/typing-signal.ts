import { TYPING_REPEAT_SECONDS } from '@parley/shared';

/** Sends `typing` for a room while the user types, at most once per TYPING_REPEAT_SECONDS. */
export class TypingSignal {
  readonly #sentAt = new Map<number, number>();

  constructor(
    private readonly send: (roomId: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** To be called when the text has changed and is not empty. */
  typed(roomId: number): void {
    const now = this.now();
    if (now < (this.#sentAt.get(roomId) ?? -Infinity) + TYPING_REPEAT_SECONDS * 1_000) return;
    this.#sentAt.set(roomId, now);
    this.send(roomId);
  }

  /** To be called when a message is sent: the next key sends `typing` at once. */
  reset(roomId: number): void {
    this.#sentAt.delete(roomId);
  }
}
