import type { RoomId, Seq, UserId } from '@parley/shared';
import type { BusEvent } from './bus-event.js';
import type { Publication, PublishedFrame } from './publication.js';
import type { Topic, Topics } from './topics.js';

export type EventHandler = (event: BusEvent) => void;
/** @param userIds the users whose events may be missing; null: all users. */
export type MissedEventsHandler = (userIds: ReadonlySet<UserId> | null) => void;
/** See ReorderBufferContext. */
export type SettledSeqReader = (roomId: RoomId, seq: Seq) => Promise<Seq>;

type BroadcastHandlers = { [T in Topic]?: (payload: Topics[T]) => void };

/**
 * Publish/subscribe between users, across servers. Events are published after commit and delivered at most once, best
 * effort, messages of a room in the order of `seq`. An event that the bus loses is still in PostgreSQL: clients notice
 * by `seq` and `rev` and `sync`; a loss that the bus itself notices is reported as missed events. See docs/bus.md.
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

  /** Sets how the bus learns which messages of a room are stored. */
  useSettledSeq(reader: SettledSeqReader): void {
    this.#readSettledSeq = reader;
  }

  /** Sets the handler of a topic: payloads from other servers, validated. */
  onBroadcast<T extends Topic>(topic: T, handler: (payload: Topics[T]) => void): void {
    (this.#broadcastHandlers as Record<T, (payload: Topics[T]) => void>)[topic] = handler;
  }

  /** Adds a handler. Events may not have arrived at this server: the clients concerned have to catch up. */
  onMissedEvents(handler: MissedEventsHandler): void {
    this.#missedEventsHandlers.push(handler);
  }

  /** Adds a handler. A broadcast of this server may not have left; the way to the other servers is open again. */
  onPublishFailed(handler: () => void): void {
    this.#publishFailedHandlers.push(handler);
  }

  /** Delivers a frame to all sockets of its users. Returns at once, never throws. */
  abstract publish<Frame extends PublishedFrame>(publication: Publication<Frame>): void;
  /** Sends a payload to all other servers. Returns at once, never throws. */
  abstract broadcast<T extends Topic>(topic: T, payload: Topics[T]): void;
  /**
   * This server has sockets that receive the user's events. Resolves when the other servers know it; after a timeout
   * also when they may not (missed events are reported later).
   */
  abstract subscribe(userId: UserId): Promise<void>;
  /** This server has no such sockets any more. */
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
