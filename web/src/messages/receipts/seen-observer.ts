import { createEffect, on, onCleanup } from 'solid-js';
import { hasAttention } from '../../ui/attention';

/**
 * A message is seen when half of it was visible for this long, in milliseconds, while the window had attention; so are the
 * ones before it that were visible more briefly, as the user scrolled on to it.
 */
const SEEN_MS = 1_000;
const THRESHOLDS = [0, 0.1, 0.25, 0.5, 0.75, 1];

/** Finds the messages that the user has seen: visible, in a window that has attention. */
export class SeenObserver {
  readonly #observer: IntersectionObserver;
  readonly #seqs = new Map<Element, number>();
  readonly #visible = new Map<Element, ReturnType<typeof setTimeout> | null>();
  /** The seqs of what was visible with attention, and is not seen yet. */
  readonly #glimpsed = new Set<number>();

  constructor(
    log: HTMLElement,
    private readonly onSeen: (seqs: readonly number[]) => void,
  ) {
    this.#observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.#on(entry)), {
      root: log,
      threshold: THRESHOLDS,
    });
  }

  watch(row: Element, seq: number): void {
    this.#seqs.set(row, seq);
    this.#observer.observe(row);
  }

  unwatch(row: Element): void {
    this.#observer.unobserve(row);
    this.#leave(row);
    this.#seqs.delete(row);
  }

  close(): void {
    this.#observer.disconnect();
    for (const row of this.#visible.keys()) this.#leave(row);
  }

  #on({ target, intersectionRect, boundingClientRect, rootBounds }: IntersectionObserverEntry): void {
    // Half of a message that is taller than the log is never visible: half of the log is enough.
    const enough = Math.min(boundingClientRect.height, rootBounds?.height ?? Number.POSITIVE_INFINITY) / 2;
    if (intersectionRect.height < enough || enough === 0) this.#leave(target);
    else if (!this.#visible.has(target)) {
      this.#visible.set(target, null);
      this.review();
    }
  }

  #leave(row: Element): void {
    const timer = this.#visible.get(row);
    if (timer) clearTimeout(timer);
    this.#visible.delete(row);
  }

  /** Attention has changed: starts or stops the timers of the visible messages. */
  review(): void {
    const isWatched = hasAttention();
    for (const [row, timer] of this.#visible) {
      if (isWatched && timer === null) {
        this.#glimpsed.add(this.#seqs.get(row) ?? 0);
        this.#visible.set(
          row,
          setTimeout(() => this.#seen(row), SEEN_MS),
        );
      }
      if (!isWatched && timer !== null) {
        clearTimeout(timer);
        this.#visible.set(row, null);
      }
    }
  }

  #seen(row: Element): void {
    const seq = this.#seqs.get(row) ?? 0;
    this.unwatch(row);
    const seqs = [...this.#glimpsed].filter((glimpsed) => glimpsed <= seq);
    for (const each of seqs) this.#glimpsed.delete(each);
    this.onSeen(seqs);
  }
}

/** Calls `onSeen` with the seqs of the watched messages of `log` that the user has seen, until the owner is disposed. */
export function createSeenObserver(
  log: HTMLElement,
  onSeen: (seqs: readonly number[]) => void,
): SeenObserver {
  const observer = new SeenObserver(log, onSeen);
  createEffect(on(hasAttention, () => observer.review()));
  onCleanup(() => observer.close());
  return observer;
}
