/** Limits how many connections of one kind an IP (or IPv6 network) holds open on this server. */
export class IpCap {
  readonly #open = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** Counts one more connection. @returns the function that gives its place back, or null when the limit is reached. */
  take(ip: string): (() => void) | null {
    const open = this.#open.get(ip) ?? 0;
    if (open >= this.max) return null;
    this.#open.set(ip, open + 1);
    return () => this.#release(ip);
  }

  #release(ip: string): void {
    const left = (this.#open.get(ip) ?? 0) - 1;
    if (left > 0) this.#open.set(ip, left);
    else this.#open.delete(ip);
  }
}
