/** A connection without a frame for this long, in milliseconds, is pinged while a request waits or the user is active. */
export const QUIET_MS = 700;
/** The same, in milliseconds, while the window is visible and its user is not active. */
export const QUIET_VISIBLE_MS = 5_000;
/** A user counts as active for this long after the last key, touch or pointer move, in milliseconds. */
export const ACTIVE_MS = 30_000;
/**
 * A connection without an answer to a ping for this long, in milliseconds, is silent. QUIET_MS + PING_TIMEOUT_MS is
 * below 2 s.
 */
export const PING_TIMEOUT_MS = 900;
/** On a slow network the timeout grows with the measured round trips, up to this, in milliseconds. */
const MAX_PING_TIMEOUT_MS = 4_000;
/**
 * A silent connection is closed after this, in milliseconds, plus a random time up to the same length, so that the
 * clients of a server that stalls do not reconnect at once.
 */
export const GIVE_UP_MS = 4_000;
/** A timer that fires later than this, in milliseconds, means that the process was suspended. It proves nothing. */
const MAX_TIMER_DELAY_MS = 250;

export interface LivenessCallbacks {
  /** Sends a `ping` frame. */
  ping(): void;
  /** The connection has become silent, or a frame has arrived on a silent connection. */
  onSilent(isSilent: boolean): void;
  /** The connection is dead: close it and reconnect. */
  onDead(): void;
  /** From 0 up to 1. */
  random(): number;
}

/** What a client reports to the monitor of its connection. */
export type Monitor = Pick<
  LivenessMonitor,
  'opened' | 'closed' | 'received' | 'pending' | 'userActive' | 'setVisible' | 'networkChanged' | 'stop'
>;

export type CreateMonitor = (callbacks: LivenessCallbacks) => Monitor;

/**
 * Detects a connection on which nothing arrives any more. Scripts in a browser do not see the pings of the WebSocket
 * protocol, and a lost network closes no socket, so only a frame proves that the connection works. A quiet connection
 * is pinged while a request waits for its ack, while the user is active, and (less often) while the window is visible.
 * A window in the background sends no pings: its `sync` with each heartbeat detects a dead connection.
 */
export class LivenessMonitor {
  #isOpen = false;
  #isVisible = true;
  /** Number of requests without an ack. */
  #pending = 0;
  /** Times in milliseconds of `performance.now()`. */
  #lastFrameAt = 0;
  /** A user who has just opened the window is active. */
  #activeAt = performance.now();
  /** When the present limit on quiet time began to apply: the time before does not count. */
  #waitingSince = 0;
  #pingedAt: number | null = null;
  #hasTimerBeenLate = false;
  #isSilent = false;
  /** Since the last frame. A connection that becomes silent then is dead at once. */
  #hasNetworkChanged = false;
  #pingTimeoutMs = PING_TIMEOUT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;

  constructor(private readonly callbacks: LivenessCallbacks) {}

  /** `hello` has arrived. */
  opened(): void {
    this.#isOpen = true;
    this.received();
  }

  closed(): void {
    this.#isOpen = false;
    this.#pending = 0;
    this.#pingedAt = null;
    this.#hasNetworkChanged = false;
    this.#stopTimer();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.callbacks.onSilent(false);
  }

  /** A frame has arrived. */
  received(): void {
    const now = performance.now();
    if (this.#pingedAt !== null) {
      const seenMs = Math.max(now - this.#pingedAt, this.#pingTimeoutMs / 4);
      this.#pingTimeoutMs = Math.min(MAX_PING_TIMEOUT_MS, Math.max(PING_TIMEOUT_MS, 2 * seenMs));
    }
    this.#lastFrameAt = now;
    this.#pingedAt = null;
    this.#hasNetworkChanged = false;
    if (this.#isSilent) {
      this.#isSilent = false;
      this.callbacks.onSilent(false);
    }
    this.#schedule();
  }

  /** A request was sent (+1), or has been answered or has failed (-1). */
  pending(change: 1 | -1): void {
    const before = this.#quietMs();
    this.#pending = Math.max(0, this.#pending + change);
    this.#startWaiting(before);
  }

  /** The user has pressed a key, touched the screen or moved the pointer. */
  userActive(): void {
    const before = this.#quietMs();
    this.#activeAt = performance.now();
    this.#startWaiting(before);
  }

  /** The window has become visible, or hidden. */
  setVisible(isVisible: boolean): void {
    const before = this.#quietMs();
    this.#isVisible = isVisible;
    this.#startWaiting(before);
  }

  /** The browser reports another network: pings at once, and closes the connection when no answer arrives in time. */
  networkChanged(): void {
    if (!this.#isOpen) return;
    this.#hasNetworkChanged = true;
    if (this.#isSilent) this.callbacks.onDead();
    else this.#ping();
  }

  stop(): void {
    this.#isOpen = false;
    this.#stopTimer();
  }

  /** How long the connection may be quiet before it is pinged, in milliseconds; Infinity: it is not pinged. */
  #quietMs(): number {
    if (this.#pending > 0) return QUIET_MS;
    if (!this.#isVisible) return Number.POSITIVE_INFINITY;
    return performance.now() - this.#activeAt < ACTIVE_MS ? QUIET_MS : QUIET_VISIBLE_MS;
  }

  #startWaiting(quietBefore: number): void {
    if (this.#quietMs() >= quietBefore) return;
    this.#waitingSince = performance.now();
    this.#schedule();
  }

  /** Sets the timer for the next check. A timer that is due earlier stays, so that frames and keys set no timers. */
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
    if (this.#pingedAt !== null) return this.#pingedAt + this.#pingTimeoutMs;
    return Math.max(this.#lastFrameAt, this.#waitingSince) + this.#quietMs();
  }

  #check(): void {
    this.#timer = undefined;
    const now = performance.now();
    if (this.#isSilent) return this.callbacks.onDead();
    const isLate = now - this.#dueAt > MAX_TIMER_DELAY_MS;
    if (now < this.#nextCheck()) return this.#schedule();
    if (this.#pingedAt === null) return this.#ping();
    if (isLate && !this.#hasTimerBeenLate) {
      this.#hasTimerBeenLate = true;
      this.#pingedAt = now;
      return this.#schedule();
    }
    this.#fallSilent(now);
  }

  #ping(): void {
    this.#pingedAt = performance.now();
    this.#hasTimerBeenLate = false;
    this.callbacks.ping();
    this.#schedule();
  }

  #fallSilent(now: number): void {
    this.#isSilent = true;
    this.callbacks.onSilent(true);
    if (this.#hasNetworkChanged) return this.callbacks.onDead();
    this.#dueAt = now + GIVE_UP_MS * (1 + this.callbacks.random());
    this.#timer = setTimeout(() => this.#check(), this.#dueAt - now);
  }
}
