import type { RoomId, Seq, UserId } from '@parley/shared';
import type { BusEvent } from './bus-event.js';
import type { Publication, PublishedFrame } from './publication.js';
import type { Topic, Topics } from './topics.js';

export type EventHandler = (event: BusEvent) => void;
/** @param userIds the users whose events may be missing; null: all users. */
export type MissedEventsHandler = (userIds: ReadonlySet<UserId> | null) => void;
/** See ReorderBufferContext.readSettledSeq. */
export type SettledSeqReader = (roomId: RoomId, seq: Seq) => Promise<Seq>;

type BroadcastHandlers = { [T in Topic]?: (payload: Topics[T]) => void };

/**
 * Publish/subscribe across servers; the topics are users. Events are published after the commit and delivered at most
 * once, best effort; messages of a room in the order of `seq`. An event that the bus loses is still in PostgreSQL:
 * clients detect it by `seq` or `rev`, and `sync`. A loss that the bus itself detects is reported as missed events. See
 * docs/bus.md.
 */
export abstract class EventBus {
  #onEvent: EventHandler = () => undefined;
  #readSettledSeq: SettledSeqReader = () => Promise.resolve(0 as Seq);
  readonly #missedEventsHandlers: MissedEventsHandler[] = [];
  readonly #publishFailedHandlers: (() => void)[] = [];
  readonly #broadcastHandlers: BroadcastHandlers = {};

  /** Sets the handler of events for sockets of this server, its own publications included. */
  onEvent(handler: EventHandler): void {
    this.#onEvent = handler;
  }

  /** Sets the function that reads from the database which messages of a room are stored. */
  useSettledSeq(reader: SettledSeqReader): void {
    this.#readSettledSeq = reader;
  }

  /** Sets the handler of a topic: payloads from other servers, validated. */
  onBroadcast<T extends Topic>(topic: T, handler: (payload: Topics[T]) => void): void {
    (this.#broadcastHandlers as Record<T, (payload: Topics[T]) => void>)[topic] = handler;
  }

  /** Adds a handler, called when events may not have arrived at this server: the clients of these users have to sync. */
  onMissedEvents(handler: MissedEventsHandler): void {
    this.#missedEventsHandlers.push(handler);
  }

  /** Adds a handler, called when publishing works again after a broadcast of this server may have been lost. */
  onPublishFailed(handler: () => void): void {
    this.#publishFailedHandlers.push(handler);
  }

  /** Sends a frame to all sockets of its users, on all servers. Returns at once, never throws. */
  abstract publish<Frame extends PublishedFrame>(publication: Publication<Frame>): void;
  /** Sends a payload to all other servers. Returns at once, never throws. */
  abstract broadcast<T extends Topic>(topic: T, payload: Topics[T]): void;
  /**
   * Requests the user's events for sockets of this server. Resolves when the other servers know of it, or after a
   * timeout; in that case missed events are reported later.
   */
  abstract subscribe(userId: UserId): Promise<void>;
  /** Ends the subscription: this server has no sockets that receive the user's events. */
  abstract unsubscribe(userId: UserId): void;
  /** False while other servers cannot be reached. */
  abstract get isUp(): boolean;
  /** Round trip of an event through the bus as of the last probe, in milliseconds. */
  abstract get lagMs(): number;

  protected deliver(event: BusEvent): void {
    this.#onEvent(event);
  }

  protected readSettledSeq(roomId: RoomId, seq: Seq): Promise<Seq> {
    return this.#readSettledSeq(roomId, seq);
  }

  protected handleBroadcast<T extends Topic>(topic: T, payload: Topics[T]): void {
    this.#broadcastHandlers[topic]?.(payload);
  }

  protected reportMissedEvents(userIds: ReadonlySet<UserId> | null): void {
    for (const handler of this.#missedEventsHandlers) handler(userIds);
  }

  protected reportPublishFailed(): void {
    for (const handler of this.#publishFailedHandlers) handler();
  }
}
