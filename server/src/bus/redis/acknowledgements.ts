/** The acks of one message that was sent to all servers: waits for them, up to a timeout. */
export class Acknowledgements {
  /** True when all servers have acked, and after the timeout. */
  isSettled = false;
  /** Resolves then. */
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

  /** @param receivers number of servers that received the message, this one included; null: unknown, it does not wait. */
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
