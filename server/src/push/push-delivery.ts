import type { Pushed } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './push-sender.js';

/** Pushes that are on their way at a time. */
const CONCURRENCY = 20;
/** Pushes that wait, at most: those beyond are lost, as the messages themselves are not. */
export const MAX_WAITING = 5_000;
const ATTEMPTS = 4;
/** Wait before the second attempt, in milliseconds; it doubles. */
const FIRST_WAIT_MS = 2_000;
/** A push service that wants more time than this, in milliseconds, does not get this push. */
const MAX_WAIT_MS = 60_000;

export interface Delivery<Target> {
  readonly target: Target;
  readonly pushed: Pushed;
}

export type DeliveryResult = 'sent' | 'gone' | 'refused' | 'failed' | 'dropped';

/** Sends pushes beside each other, in a bounded number, and repeats what a push service could not take. */
export class PushDelivery<Target> {
  readonly #waiting: Delivery<Target>[] = [];
  readonly #stop = new AbortController();
  #active = 0;
  #onIdle: (() => void)[] = [];

  /** @param report called once for each push, with what came of it. */
  constructor(
    private readonly send: (delivery: Delivery<Target>) => Promise<Outcome>,
    private readonly report: (result: DeliveryResult, delivery: Delivery<Target>) => void,
    private readonly firstWaitMs = FIRST_WAIT_MS,
  ) {}

  add(delivery: Delivery<Target>): void {
    if (this.#waiting.length >= MAX_WAITING) return this.report('dropped', delivery);
    this.#waiting.push(delivery);
    this.#run();
  }

  /** Lets what is on its way come to an end, and repeats nothing from now on. */
  async close(timeoutMs: number): Promise<void> {
    this.#stop.abort();
    if (this.#active + this.#waiting.length === 0) return;
    const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve));
    await Promise.race([idle, sleep(timeoutMs, undefined, { ref: false })]);
  }

  #run(): void {
    while (this.#active < CONCURRENCY) {
      const delivery = this.#waiting.shift();
      if (!delivery) break;
      this.#active++;
      void this.#deliver(delivery);
    }
  }

  /** A push that waits for its next attempt makes room for others. */
  async #deliver(delivery: Delivery<Target>): Promise<void> {
    let result: DeliveryResult = 'failed';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const outcome = await this.send(delivery);
      if (typeof outcome === 'string') {
        result = outcome;
        break;
      }
      const waitMs = outcome.retryAfterMs ?? this.firstWaitMs * 2 ** (attempt - 1);
      if (attempt === ATTEMPTS || waitMs > MAX_WAIT_MS || this.#stop.signal.aborted) break;
      await this.#pause(waitMs);
    }
    this.report(result, delivery);
    this.#leave();
  }

  async #pause(waitMs: number): Promise<void> {
    this.#leave();
    // Aborted: the last attempt is made at once.
    await sleep(waitMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    this.#active++;
  }

  #leave(): void {
    this.#active--;
    this.#run();
    if (this.#active + this.#waiting.length > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
