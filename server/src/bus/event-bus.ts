/** Whose sockets: all user sockets of one user, or all room sockets of one room. */
export type Topic = `user:${number}` | `room:${number}`;

/** One frame on its way to the sockets of a topic. */
export interface BusEvent {
  /** The frame, serialised once. */
  readonly json: string;
  /** A socket of the publishing node that is not told, because it got the ack instead. */
  readonly exceptConnection?: string | undefined;
  /** Sockets of this user are not told. */
  readonly exceptUser?: number | undefined;
  /** Messages of a room are told in the order of `seq`, whichever nodes they came through. */
  readonly order?: { readonly roomId: number; readonly seq: number } | undefined;
}

/** What a node hears. */
export interface BusListener {
  /** A frame for the sockets of a topic. */
  event(topic: Topic, event: BusEvent): void;
  /** Events may have been lost on the way here: every socket of this node should catch up. */
  gap(): void;
  /** What another node told all nodes. */
  broadcast(message: string): void;
}

/**
 * Carries frames to wherever the sockets of a topic are. The promise: published after commit, at most once, best
 * effort; messages of a room in the order of `seq`. What it loses is in PostgreSQL, and clients notice by `seq` and
 * `rev` and `sync`; a loss that the bus itself notices is told as a gap. Publishing never waits and never throws.
 */
export abstract class EventBus {
  /** Sets the one listener of this node. */
  abstract listen(listener: BusListener): void;
  abstract publish(topic: Topic, event: BusEvent): void;
  /** Tells all other nodes. */
  abstract broadcast(message: string): void;
  /** Resolves when events of the topic arrive here; also, late, when they cannot for now (a gap will be told). */
  abstract subscribe(topic: Topic): Promise<void>;
  /** This node has no sockets of the topic any more. */
  abstract unsubscribe(topic: Topic): void;
  /** False while other nodes cannot be reached. */
  abstract get isUp(): boolean;
  /** How long an event takes to come back through the bus, as of the last probe, in milliseconds. */
  abstract get lagMs(): number;
}
