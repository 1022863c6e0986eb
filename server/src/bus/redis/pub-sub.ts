export interface PubSubHandlers {
  onMessage(channel: string, message: string): void;
  /** Messages may not have arrived here. Called when both directions are open again. */
  onMissedMessages(): void;
  /** Messages can be sent and received. May be called repeatedly. */
  onUp(): void;
  /** They cannot. May be called repeatedly. */
  onDown(): void;
  /** Messages of this server may not have left. Called when sending is possible again. */
  onPublishFailed(): void;
}

/** Named channels between servers: at most once, best effort. */
export interface PubSub {
  /** Does not wait for a connection, never throws. @returns the number of receivers; null: unknown, it may be lost. */
  publish(channel: string, message: string): Promise<number | null>;
  /** Resolves when messages arrive here; after a timeout also when they do not (missed messages are reported later). */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /** False while messages cannot be sent or received. */
  readonly isUp: boolean;
  /** Round trip of a message as of the last probe, in milliseconds; while one is overdue, its age. */
  readonly lagMs: number;
  close(): void;
}
