import { hasAttention } from '../../ui/attention';

/** A message counts as read when half of it has been in sight for this long, in milliseconds, of attentive eyes. */
const READ_MS = 1_000;
const THRESHOLDS = [0, 0.1, 0.25, 0.5, 0.75, 1];

/** Tells which messages have really been seen: in sight, in a window that somebody uses. */
export class SeenObserver {
  readonly #observer: IntersectionObserver;
  readonly #seqs = new Map<Element, number>();
  readonly #inSight = new Map<Element, ReturnType<typeof setTimeout> | null>();

  constructor(
    log: HTMLElement,
    private readonly onSeen: (seq: number) => void,
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
    for (const row of this.#inSight.keys()) this.#leave(row);
  }

  #on({ target, intersectionRect, boundingClientRect, rootBounds }: IntersectionObserverEntry): void {
    // Half of a message that is taller than the log can never be in sight: half of the log will do.
    const enough = Math.min(boundingClientRect.height, rootBounds?.height ?? Number.POSITIVE_INFINITY) / 2;
    if (intersectionRect.height < enough || enough === 0) this.#leave(target);
    else if (!this.#inSight.has(target)) {
      this.#inSight.set(target, null);
      this.review();
    }
  }

  #leave(row: Element): void {
    const timer = this.#inSight.get(row);
    if (timer) clearTimeout(timer);
    this.#inSight.delete(row);
  }

  /** Somebody has come or gone: starts or stops the clocks of what is in sight. */
  review(): void {
    const isWatched = hasAttention();
    for (const [row, timer] of this.#inSight) {
      if (isWatched && timer === null)
        this.#inSight.set(
          row,
          setTimeout(() => this.#seen(row), READ_MS),
        );
      if (!isWatched && timer !== null) {
        clearTimeout(timer);
        this.#inSight.set(row, null);
      }
    }
  }

  #seen(row: Element): void {
    const seq = this.#seqs.get(row);
    this.unwatch(row);
    if (seq !== undefined) this.onSeen(seq);
  }
}
