import type { RoomId, Seq } from '@parley/shared';
import { LRUCache } from 'lru-cache';
import type { BusEvent } from './bus-event.js';

/** Longest wait of an event for earlier ones, in milliseconds. After it, clients see the gap in `seq` and sync. */
const MAX_WAIT_MS = 150;
/** An event that overtakes another between servers is early by at most this much, as a rule, in milliseconds. */
const USUAL_WAIT_MS = 5;

interface Room {
  /** `seq` of the last message delivered; null while it is not known. */
  lastSeq: number | null;
  /** Events that arrived before their turn, by `seq`. */
  readonly held: Map<number, BusEvent>;
  timers: NodeJS.Timeout[];
}

export interface ReorderBufferContext {
  deliver(event: BusEvent): void;
  /**
   * The highest `seq` of the room below the given one that is not worth waiting for: it was stored so long ago that its
   * event has either arrived or been lost. 0: none.
   */
  readSettledSeq(roomId: RoomId, seq: Seq): Promise<Seq>;
  /** No other server can have published an event that has not arrived yet. */
  isAlone(): boolean;
}

/**
 * Delivers the messages of a room in the order of `seq`: two servers commit one after the other, but their events may
 * overtake each other on the way here. An event waits only for earlier ones that may still arrive; for a room that this
 * server has not followed, the database knows which those are.
 */
export class ReorderBuffer {
  readonly #rooms = new LRUCache<RoomId, Room>({ max: 50_000 });

  constructor(private readonly context: ReorderBufferContext) {}

  add(event: BusEvent): void {
    const { roomId, seq } = event;
    if (seq === null) return this.context.deliver(event);
    let room = this.#rooms.get(roomId);
    if (!room) {
      room = { lastSeq: this.context.isAlone() ? seq - 1 : null, held: new Map(), timers: [] };
      this.#rooms.set(roomId, room);
    }
    if (seq > (room.lastSeq ?? 0) + 1) {
      room.held.set(seq, event);
      if (room.timers.length === 0) this.#wait(room, roomId, seq);
      return;
    }
    // At or below `lastSeq`: published again because the receiver has not confirmed it.
    room.lastSeq = Math.max(room.lastSeq ?? 0, seq);
    this.context.deliver(event);
    if (room.held.size > 0) this.#drain(room);
  }

  /** Earlier events may be lost: delivers what is held and forgets every room. */
  reset(): void {
    for (const room of this.#rooms.values()) if (room.held.size > 0) this.#deliverHeld(room);
    this.#rooms.clear();
  }

  #wait(room: Room, roomId: RoomId, seq: Seq): void {
    const skip = () => void this.#skipSettled(room, roomId, seq);
    room.timers.push(setTimeout(() => this.#deliverHeld(room), MAX_WAIT_MS).unref());
    if (room.lastSeq === null) skip();
    else room.timers.push(setTimeout(skip, USUAL_WAIT_MS).unref());
  }

  async #skipSettled(room: Room, roomId: RoomId, seq: Seq): Promise<void> {
    try {
      const settled = await this.context.readSettledSeq(roomId, seq);
      room.lastSeq = Math.max(room.lastSeq ?? 0, settled);
      this.#drain(room);
    } catch {
      // The database cannot be reached, so nothing shows which events are worth waiting for.
      this.#deliverHeld(room);
    }
  }

  /** Delivers the held events whose turn it is. */
  #drain(room: Room): void {
    for (const [seq, event] of [...room.held].toSorted(([a], [b]) => a - b)) {
      if (seq > (room.lastSeq ?? 0) + 1) return;
      room.lastSeq = Math.max(room.lastSeq ?? 0, seq);
      room.held.delete(seq);
      this.context.deliver(event);
    }
    for (const timer of room.timers) clearTimeout(timer);
    room.timers = [];
  }

  #deliverHeld(room: Room): void {
    room.lastSeq = Math.max(room.lastSeq ?? 0, ...room.held.keys());
    this.#drain(room);
  }
}
