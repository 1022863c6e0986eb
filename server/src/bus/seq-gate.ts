import { LRUCache } from 'lru-cache';
import type { RoomEvent } from './event-bus.js';

/** How long an event waits for those before it, in milliseconds. Then it is told: its readers see the hole and sync. */
const PATIENCE_MS = 150;

interface Line {
  /** `seq` of the last message told. */
  last: number;
  /** Those that came too early, by `seq`. */
  early: Map<number, RoomEvent>;
  timer: NodeJS.Timeout | null;
}

/**
 * Puts the messages of a room back into the order of `seq`: two servers commit one after the other, but their
 * events may overtake each other on the way here.
 */
export class SeqGate {
  readonly #lines = new LRUCache<number, Line>({ max: 50_000 });

  constructor(private readonly tell: (event: RoomEvent) => void) {}

  pass(event: RoomEvent): void {
    const { roomId, seq } = event;
    if (seq === undefined) return this.tell(event);
    let line = this.#lines.get(roomId);
    if (!line) {
      line = { last: seq - 1, early: new Map(), timer: null };
      this.#lines.set(roomId, line);
    }
    if (seq > line.last + 1) {
      line.early.set(seq, event);
      line.timer ??= setTimeout(() => this.#giveUp(line), PATIENCE_MS).unref();
      return;
    }
    // At or below `last`: told again, because its receiver has not confirmed it.
    line.last = Math.max(line.last, seq);
    this.tell(event);
    if (line.early.size > 0) this.#drain(line);
  }

  /** What came before is lost, and known to be: nothing waits for it. */
  reset(): void {
    this.#lines.clear();
  }

  #drain(line: Line): void {
    for (let next = line.early.get(line.last + 1); next; next = line.early.get(line.last + 1)) {
      line.last += 1;
      line.early.delete(line.last);
      this.tell(next);
    }
    if (line.early.size === 0 && line.timer) {
      clearTimeout(line.timer);
      line.timer = null;
    }
  }

  #giveUp(line: Line): void {
    line.timer = null;
    const waiting = [...line.early].toSorted(([a], [b]) => a - b);
    line.early.clear();
    for (const [seq, event] of waiting) {
      line.last = Math.max(line.last, seq);
      this.tell(event);
    }
  }
}
