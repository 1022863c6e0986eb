/** Answers of other servers to one message to all. */
export class Answers {
  isSettled = false;
  /** Resolves when everyone has answered, or nobody is waited for any more. */
  readonly settled: Promise<void>;
  readonly #from = new Set<string>();
  #wanted = Infinity;
  #resolve: () => void = () => undefined;

  constructor() {
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  add(server: string): void {
    this.#from.add(server);
    if (this.#from.size >= this.#wanted) this.settle();
  }

  /** @param heardBy how many servers heard the message, this one included; null when nobody knows. */
  async wait(heardBy: number | null, patienceMs: number): Promise<void> {
    if (heardBy !== null) {
      this.#wanted = heardBy - 1;
      if (this.#from.size >= this.#wanted) this.settle();
      const timer = setTimeout(() => this.settle(), patienceMs).unref();
      await this.settled;
      clearTimeout(timer);
    }
    this.settle();
  }

  settle(): void {
    this.isSettled = true;
    this.#resolve();
  }
}
