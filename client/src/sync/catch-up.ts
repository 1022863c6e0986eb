import { MAX_SYNC_ROOMS, type SyncAck } from '@parley/shared';
import type { ChatEvent } from '../state/chat-event.js';
import { isBehind, rangeFrom, revisionsOf, type ChatState, type RoomRange } from '../state/chat-state.js';
import { RequestError } from '../requests/request-table.js';

/** A missing frame may only be late: this long, in milliseconds, before asking for it. */
const GAP_TIMEOUT_MS = 250;
/** An answer that takes longer than this, in milliseconds, will not come: the line is dead. */
export const SYNC_TIMEOUT_MS = 10_000;

interface Wiring {
  state(): ChatState;
  dispatch(event: ChatEvent): void;
  ask(rooms: Record<string, number>, range: RoomRange): Promise<SyncAck>;
  onDeadLine(): void;
}

/** Brings the state up to the server's, by `sync`: after each (re)connect, when something is missing, at heartbeats. */
export class CatchUp {
  #running: Promise<void> | null = null;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gapTimeoutMs = GAP_TIMEOUT_MS;

  constructor(private readonly wiring: Wiring) {}

  /** Asks until nothing is missing. One at a time: a request meanwhile waits for the same. */
  run(): Promise<void> {
    this.#running ??= this.#syncAll().finally(() => {
      this.#running = null;
      if (!this.#again) return;
      this.#again = false;
      void this.run();
    });
    return this.#running;
  }

  /** Something may be missing from now on: what is being asked already may not bring it. */
  runAgain(): void {
    if (this.#running) this.#again = true;
    else void this.run();
  }

  /** To be called after every event: sees to it that a gap does not stay. */
  review(): void {
    if (!isBehind(this.wiring.state())) {
      this.#gapTimeoutMs = GAP_TIMEOUT_MS;
      return this.stop();
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // Should a sync not help, the next waits longer: a mistake on either side must not become a storm.
      this.#gapTimeoutMs *= 2;
      if (isBehind(this.wiring.state())) void this.run();
    }, this.#gapTimeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #syncAll(): Promise<void> {
    try {
      await this.#syncRanges();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === 'timeout') this.wiring.onDeadLine();
    }
  }

  /** One after the other, each until nothing is missing in it. What becomes known meanwhile may shorten them. */
  async #syncRanges(): Promise<void> {
    let first = 0;
    for (;;) {
      const range = rangeFrom(this.wiring.state(), first, MAX_SYNC_ROOMS);
      if (await this.#syncOnce(range)) continue;
      if (range.last_room_id === undefined) return;
      first = range.last_room_id + 1;
    }
  }

  /** @returns whether there is more. */
  async #syncOnce(range: RoomRange): Promise<boolean> {
    const asked = revisionsOf(this.wiring.state(), range);
    const answer = await this.wiring.ask(asked, range);
    this.wiring.dispatch({ type: 'synced', answer, asked });
    return answer.more;
  }
}
