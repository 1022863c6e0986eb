import type { RoomId, Seq } from '@parley/shared';
import { LRUCache } from 'lru-cache';
import type { BusEvent } from './bus-event.js';

/**
 * Longest time that an event waits for earlier ones, in milliseconds; twice this if the process is suspended meanwhile.
 * Then clients see the gap in `seq`, and sync.
 */
const MAX_WAIT_MS = 150;
/** After this wait, in milliseconds, the database is asked which earlier events can still arrive. Most waits end sooner. */
const SETTLED_CHECK_MS = 5;
/** A timer that fires later than this, in milliseconds, means that this process was suspended, or had a long task. */
const MAX_TIMER_DELAY_MS = 50;

interface Room {
  /** `seq` of the last message delivered; null while it is not known. */
  lastSeq: number | null;
  /** Events that wait for an earlier one, by `seq`. */
  readonly waiting: Map<number, BusEvent>;
  timers: NodeJS.Timeout[];
}

export interface ReorderBufferContext {
  deliver(event: BusEvent): void;
  /**
   * The highest `seq` of the room below the given one whose event can no longer arrive, because the message was stored
   * too long ago: the event has arrived, or is lost. 0: none.
   */
  readSettledSeq(roomId: RoomId, seq: Seq): Promise<Seq>;
  /** True while no other server can have published an event that is still on its way. */
  isAlone(): boolean;
}

/**
 * Delivers the messages of a room in the order of `seq`. Two servers commit one after the other, but their events may
 * arrive here in the other order. An event waits only for earlier events that can still arrive: those after the last
 * delivered `seq`, or, in a room without one, those that the database names.
 */
export class ReorderBuffer {
  readonly #rooms = new LRUCache<RoomId, Room>({ max: 50_000 });

  constructor(private readonly context: ReorderBufferContext) {}

  add(event: BusEvent): void {
    const { roomId, seq } = event;
    if (seq === null) return this.context.deliver(event);
    let room = this.#rooms.get(roomId);
    if (!room) {
      room = { lastSeq: this.context.isAlone() ? seq - 1 : null, waiting: new Map(), timers: [] };
      this.#rooms.set(roomId, room);
    }
    if (seq > (room.lastSeq ?? 0) + 1) {
      room.waiting.set(seq, event);
      if (room.timers.length === 0) this.#wait(room, roomId, seq);
      return;
    }
    // A `seq` at or below `lastSeq` is a repetition: the sender had no ack and sent the message again.
    room.lastSeq = Math.max(room.lastSeq ?? 0, seq);
    this.context.deliver(event);
    if (room.waiting.size > 0) this.#drain(room);
  }

  /** Delivers all waiting events and forgets the rooms, because earlier events may be lost. */
  reset(): void {
    for (const room of this.#rooms.values()) if (room.waiting.size > 0) this.#deliverWaiting(room);
    this.#rooms.clear();
  }

  #wait(room: Room, roomId: RoomId, seq: Seq): void {
    const skip = () => void this.#skipSettled(room, roomId, seq);
    this.#deliverLater(room);
    if (room.lastSeq === null) skip();
    else room.timers.push(setTimeout(skip, SETTLED_CHECK_MS).unref());
  }

  #deliverLater(room: Room): void {
    const deliver = () => this.#deliverWaiting(room);
    const dueAt = performance.now() + MAX_WAIT_MS;
    const onTimer = () => {
      // Timers run before sockets are read: the earlier events may have arrived while this process was suspended.
      if (performance.now() - dueAt <= MAX_TIMER_DELAY_MS) return deliver();
      room.timers.push(setTimeout(deliver, MAX_WAIT_MS).unref());
    };
    room.timers.push(setTimeout(onTimer, MAX_WAIT_MS).unref());
  }

  async #skipSettled(room: Room, roomId: RoomId, seq: Seq): Promise<void> {
    try {
      const settled = await this.context.readSettledSeq(roomId, seq);
      room.lastSeq = Math.max(room.lastSeq ?? 0, settled);
      this.#drain(room);
    } catch {
      // Without the database it is unknown which events can still arrive.
      this.#deliverWaiting(room);
    }
  }

  /** Delivers the waiting events that have become next. */
  #drain(room: Room): void {
    for (const [seq, event] of [...room.waiting].toSorted(([a], [b]) => a - b)) {
      if (seq > (room.lastSeq ?? 0) + 1) return;
      room.lastSeq = Math.max(room.lastSeq ?? 0, seq);
      room.waiting.delete(seq);
      this.context.deliver(event);
    }
    for (const timer of room.timers) clearTimeout(timer);
    room.timers = [];
  }

  #deliverWaiting(room: Room): void {
    room.lastSeq = Math.max(room.lastSeq ?? 0, ...room.waiting.keys());
    this.#drain(room);
  }
}
