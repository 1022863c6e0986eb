/** Waits until the other servers have acknowledged one message to all of them. */
export class Acknowledgements {
  isSettled = false;
  /** Resolves when all servers have acknowledged, or the wait has ended. */
  readonly settled: Promise<void>;
  readonly #from = new Set<string>();
  #expected = Infinity;
  #resolve: () => void = () => undefined;

  constructor() {
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  add(server: string): void {
    this.#from.add(server);
    if (this.#from.size >= this.#expected) this.#settle();
  }

  /** @param receivers how many servers received the message, this one included; null: unknown, so nothing to wait for. */
  async wait(receivers: Promise<number | null>, timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#settle(), timeoutMs).unref();
    void receivers.then((count) => {
      this.#expected = count === null ? 0 : count - 1;
      if (this.#from.size >= this.#expected) this.#settle();
    });
    await this.settled;
    clearTimeout(timer);
  }

  #settle(): void {
    this.isSettled = true;
    this.#resolve();
  }
}
