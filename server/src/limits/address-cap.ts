import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';

/** How many sockets one address may hold open on this server. */
export class AddressCap {
  readonly #open = new Map<string, number>();
  readonly #isTrusted: (address: string, hop: number) => boolean;

  /** @param trusted addresses and ranges of proxies that are believed when they say whom they speak for. */
  constructor(
    private readonly max: number,
    trusted: readonly string[],
  ) {
    this.#isTrusted = proxyAddr.compile([...trusted]);
  }

  /** Counts one more. @returns what gives its place back, or null when the address has all it may have. */
  take(request: IncomingMessage): (() => void) | null {
    const address = proxyAddr(request, this.#isTrusted);
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
