/** How many sockets one address may hold open on this server. */
export class AddressCap {
  readonly #open = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** Counts one more. @returns what gives its place back, or null when the address has all it may have. */
  take(address: string): (() => void) | null {
    const open = this.#open.get(address) ?? 0;
    if (open >= this.max) return null;
    this.#open.set(address, open + 1);
    return () => this.#release(address);
  }

  #release(address: string): void {
    const left = (this.#open.get(address) ?? 0) - 1;
    if (left > 0) this.#open.set(address, left);
    else this.#open.delete(address);
  }
}
