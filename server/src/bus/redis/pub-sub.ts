export interface PubSubHandlers {
  onMessage(channel: string, message: string): void;
  /** Messages may not have arrived here. Called when messages can be sent and received again. */
  onMissedMessages(): void;
  /** Messages can be sent and received. May be called repeatedly. */
  onUp(): void;
  /** Messages cannot be sent or received. May be called repeatedly. */
  onDown(): void;
  /** Messages of this server may be lost. Called when messages can be sent again. */
  onPublishFailed(): void;
}

/** Named channels between servers: at most once, best effort. */
export interface PubSub {
  /**
   * Does not wait for a connection, never throws.
   * @returns the number of receivers; null: unknown, the message may be lost.
   */
  publish(channel: string, message: string): Promise<number | null>;
  /** Resolves when messages of the channel arrive here, or after a timeout; then missed messages are reported later. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /** False while messages cannot be sent or received. */
  readonly isUp: boolean;
  /** Round trip of the last probe, in milliseconds; while a probe is overdue, its age. */
  readonly lagMs: number;
  close(): void;
}
