/** A connection that is quiet for this long, in milliseconds, while somebody waits for it, is asked for an answer. */
export const QUIET_MS = 700;
/** The same while the window is only in sight, in milliseconds: nobody does anything in it. */
export const QUIET_IN_SIGHT_MS = 5_000;
/** How long after the last key, touch or move of the pointer a user counts as active, in milliseconds. */
export const ACTIVE_MS = 30_000;
/** An answer that takes longer, in milliseconds, makes the connection silent. QUIET_MS + ANSWER_MS is below 2 s. */
export const ANSWER_MS = 900;
/** On a slow network the wait grows with the round trips that were seen, up to this, in milliseconds. */
const LONGEST_ANSWER_MS = 4_000;
/**
 * A silent connection is given up after this, in milliseconds, plus a random part of the same length: the clients of a
 * server that only stalls must not all come back at once.
 */
export const GIVE_UP_MS = 4_000;
/** A timer that fires this late, in milliseconds, says that this page stood still, and nothing about the network. */
const LATE_MS = 250;

interface Wiring {
  /** Sends something that is answered at once. */
  ping(): void;
  /** Nothing comes any more, or something comes again. */
  onSilent(isSilent: boolean): void;
  /** The connection is not worth waiting for. */
  onDead(): void;
  /** From 0 up to 1. */
  random(): number;
}

/**
 * Finds a connection that fell silent. A browser does not see the pings of the WebSocket protocol, and a network that
 * vanished closes nothing: the only proof of life is a frame. So a quiet connection is pinged, but only while somebody
 * would notice: a request is unanswered, the user is active, or the window is in sight (rarer). Nobody pays for the
 * windows in the background; the `sync` of each heartbeat finds their dead connections.
 */
export class LivenessMonitor {
  #isOpen = false;
  #isInSight = true;
  /** Requests without an answer. */
  #pending = 0;
  /** Times in milliseconds of `performance.now()`. */
  #lastFrameAt = 0;
  /** Who opens a window is active. */
  #activeAt = performance.now();
  /** Since when an answer would be noticed: a wait does not begin before there is somebody who waits. */
  #waitingSince = 0;
  #pingedAt: number | null = null;
  #hasBeenLate = false;
  #isSilent = false;
  /** Whether the network has changed since the last frame: then a silent connection is given up at once. */
  #isSuspect = false;
  #answerMs = ANSWER_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;

  constructor(private readonly wiring: Wiring) {}

  /** The server has said hello. */
  opened(): void {
    this.#isOpen = true;
    this.received();
  }

  closed(): void {
    this.#isOpen = false;
    this.#pending = 0;
    this.#pingedAt = null;
    this.#isSuspect = false;
    this.#stopTimer();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.wiring.onSilent(false);
  }

  /** A frame has come. */
  received(): void {
    const now = performance.now();
    if (this.#pingedAt !== null) {
      const seenMs = Math.max(now - this.#pingedAt, this.#answerMs / 4);
      this.#answerMs = Math.min(LONGEST_ANSWER_MS, Math.max(ANSWER_MS, 2 * seenMs));
    }
    this.#lastFrameAt = now;
    this.#pingedAt = null;
    this.#isSuspect = false;
    if (this.#isSilent) {
      this.#isSilent = false;
      this.wiring.onSilent(false);
    }
    this.#schedule();
  }

  /** A request went out (+1), or is answered or given up (-1). */
  pending(change: 1 | -1): void {
    const before = this.#quietMs();
    this.#pending = Math.max(0, this.#pending + change);
    this.#startWaiting(before);
  }

  /** The user does something in this window. */
  acted(): void {
    const before = this.#quietMs();
    this.#activeAt = performance.now();
    this.#startWaiting(before);
  }

  /** The window is in sight, or not. */
  setInSight(isInSight: boolean): void {
    const before = this.#quietMs();
    this.#isInSight = isInSight;
    this.#startWaiting(before);
  }

  /** The network has changed, says the browser: asks at once, and does not wait long for a connection of before. */
  suspect(): void {
    if (!this.#isOpen) return;
    this.#isSuspect = true;
    if (this.#isSilent) this.wiring.onDead();
    else this.#ping();
  }

  stop(): void {
    this.#isOpen = false;
    this.#stopTimer();
  }

  /** How long the connection may be quiet, in milliseconds; infinite while nobody would notice. */
  #quietMs(): number {
    if (this.#pending > 0) return QUIET_MS;
    if (!this.#isInSight) return Number.POSITIVE_INFINITY;
    return performance.now() - this.#activeAt < ACTIVE_MS ? QUIET_MS : QUIET_IN_SIGHT_MS;
  }

  #startWaiting(quietBefore: number): void {
    if (this.#quietMs() >= quietBefore) return;
    this.#waitingSince = performance.now();
    this.#schedule();
  }

  /** When to look again: one timer, moved forward only, so that frames and keys cost no timers. */
  #schedule(): void {
    if (!this.#isOpen) return;
    const dueAt = this.#nextCheck();
    if (dueAt >= this.#dueAt && this.#timer !== undefined) return;
    this.#stopTimer();
    if (dueAt === Number.POSITIVE_INFINITY) return;
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#check(), Math.max(0, dueAt - performance.now()));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #nextCheck(): number {
    if (this.#isSilent) return this.#dueAt;
    if (this.#pingedAt !== null) return this.#pingedAt + this.#answerMs;
    return Math.max(this.#lastFrameAt, this.#waitingSince) + this.#quietMs();
  }

  #check(): void {
    this.#timer = undefined;
    const now = performance.now();
    if (this.#isSilent) return this.wiring.onDead();
    const isLate = now - this.#dueAt > LATE_MS;
    if (now < this.#nextCheck()) return this.#schedule();
    if (this.#pingedAt === null) return this.#ping();
    if (isLate && !this.#hasBeenLate) {
      this.#hasBeenLate = true;
      this.#pingedAt = now;
      return this.#schedule();
    }
    this.#fallSilent(now);
  }

  #ping(): void {
    this.#pingedAt = performance.now();
    this.#hasBeenLate = false;
    this.wiring.ping();
    this.#schedule();
  }

  #fallSilent(now: number): void {
    this.#isSilent = true;
    this.wiring.onSilent(true);
    if (this.#isSuspect) return this.wiring.onDead();
    this.#dueAt = now + GIVE_UP_MS * (1 + this.wiring.random());
    this.#timer = setTimeout(() => this.#check(), this.#dueAt - now);
  }
}
