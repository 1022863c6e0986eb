import { LRUCache } from 'lru-cache';
import type { RoomEvent } from './event-bus.js';

/** Longest wait of an event for those before it, in milliseconds. Then its readers see the hole, and sync. */
const MAX_WAIT_MS = 150;
/** An event that overtakes another on its way here is this much early at most, as a rule, in milliseconds. */
const USUAL_WAIT_MS = 5;

interface Line {
  /** `seq` of the last message delivered; null while nothing is known of the room. */
  last: number | null;
  /** Those that came too early, by `seq`. */
  readonly early: Map<number, RoomEvent>;
  timers: NodeJS.Timeout[];
}

/** What the gate does not know by itself. */
export interface SeqGateContext {
  deliver(event: RoomEvent): void;
  /**
   * The highest `seq` of the room below this one that nobody waits for any more, because it was stored so long ago that
   * its event has arrived or never will. 0: there is none.
   */
  settledBefore(roomId: number, seq: number): Promise<number>;
  /** No other server can have sent an event that is still under way. */
  isAlone(): boolean;
}

/**
 * Puts the messages of a room into the order of `seq`: two servers commit one after the other, but their events may
 * overtake each other on the way here. An event waits for those before it only if they may still come: of a room that is
 * new here, and of one that this server did not follow for a while, the database knows.
 */
export class SeqGate {
  readonly #lines = new LRUCache<number, Line>({ max: 50_000 });

  constructor(private readonly context: SeqGateContext) {}

  pass(event: RoomEvent): void {
    const { roomId, seq } = event;
    if (seq === undefined) return this.context.deliver(event);
    let line = this.#lines.get(roomId);
    if (!line) {
      line = { last: this.context.isAlone() ? seq - 1 : null, early: new Map(), timers: [] };
      this.#lines.set(roomId, line);
    }
    if (seq > (line.last ?? 0) + 1) {
      line.early.set(seq, event);
      if (line.timers.length === 0) this.#wait(line, roomId, seq);
      return;
    }
    // At or below `last`: a repetition, because its receiver has not confirmed it.
    line.last = Math.max(line.last ?? 0, seq);
    this.context.deliver(event);
    if (line.early.size > 0) this.#drain(line);
  }

  /** What came before may be lost: nothing waits for it, and nothing is known of any room. */
  reset(): void {
    for (const line of this.#lines.values()) if (line.early.size > 0) this.#giveUp(line);
    this.#lines.clear();
  }

  #wait(line: Line, roomId: number, seq: number): void {
    const ask = () => void this.#skipSettled(line, roomId, seq);
    line.timers.push(setTimeout(() => this.#giveUp(line), MAX_WAIT_MS).unref());
    if (line.last === null) ask();
    else line.timers.push(setTimeout(ask, USUAL_WAIT_MS).unref());
  }

  async #skipSettled(line: Line, roomId: number, seq: number): Promise<void> {
    try {
      const settled = await this.context.settledBefore(roomId, seq);
      line.last = Math.max(line.last ?? 0, settled);
      this.#drain(line);
    } catch {
      // The database is away: nobody can say what is worth waiting for.
      this.#giveUp(line);
    }
  }

  /** Delivers what has its turn. */
  #drain(line: Line): void {
    for (const [seq, event] of [...line.early].toSorted(([a], [b]) => a - b)) {
      if (seq > (line.last ?? 0) + 1) return;
      line.last = Math.max(line.last ?? 0, seq);
      line.early.delete(seq);
      this.context.deliver(event);
    }
    for (const timer of line.timers) clearTimeout(timer);
    line.timers = [];
  }

  #giveUp(line: Line): void {
    line.last = Math.max(line.last ?? 0, ...line.early.keys());
    this.#drain(line);
  }
}
