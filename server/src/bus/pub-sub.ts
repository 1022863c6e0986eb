/** What hears a PubSub. */
export interface PubSubListener {
  message(channel: string, message: string): void;
  /** Messages may have been lost on their way here. */
  gap(): void;
  /** Messages can go both ways. May be said more than once. */
  up(): void;
  /** They cannot. May be said more than once. */
  down(): void;
  /** Messages of ours may not have left, and the way is open again. */
  lost(): void;
}

/** Named channels between servers: at most once, best effort. */
export interface PubSub {
  /** Never waits for the way to be open, never throws. @returns how many servers heard it; null when nobody knows. */
  publish(channel: string, message: string): Promise<number | null>;
  /** Resolves when messages arrive here; also, late, when they cannot for now (a gap will be told). */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /** False while messages cannot go both ways. */
  readonly isUp: boolean;
  /** How long a message takes there and back, as of the last probe, in milliseconds. */
  readonly lagMs: number;
  close(): void;
}
