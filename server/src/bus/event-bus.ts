import type { ServerFrame } from '@parley/shared';

/**
 * What has happened in a room, for the sockets of its two users. The frame is serialised once, and open at its end:
 * each kind of socket has fields of its own, then comes the closing brace.
 */
export interface RoomEvent {
  readonly roomId: number;
  readonly users: readonly [number, number];
  /** The frame without its closing brace. */
  readonly open: string;
  /**
   * Pieces of JSON (`,"rev":…`, or nothing) for the user sockets of each of `users`; null: these are not told. Sockets of
   * the room itself get the frame as it is.
   */
  readonly extras: readonly [string | null, string | null];
  /** Of a message: those of a room are told in this order, whichever servers they came through. */
  readonly seq?: number | undefined;
  /** A socket of this server that gets its ack instead, in the same place of the order. */
  readonly ack?: { readonly connectionId: string; send(): void } | undefined;
  /** Sockets of the room that are this user's are not told. */
  readonly exceptUser?: number | undefined;
}

/** A frame for {@link RoomEvent.open}. */
export function openFrame(frame: ServerFrame): string {
  return JSON.stringify(frame).slice(0, -1);
}

/** What a server hears. */
export interface BusListener {
  event(event: RoomEvent): void;
  /** See SeqGateContext. */
  settledBefore(roomId: number, seq: number): Promise<number>;
  /** Events may have been lost on the way here: the sockets of these users, or all of them, should catch up. */
  gap(users?: ReadonlySet<number>): void;
  /** What another server said to all. */
  broadcast(message: string): void;
  /** What this server said to all may not have left. */
  lost(): void;
}

/**
 * Carries events to wherever a room's users have sockets. The promise: told after commit, at most once, best effort;
 * messages of a room in the order of `seq`. What it loses is in PostgreSQL, and clients notice by `seq` and `rev` and
 * `sync`; a loss that the bus itself notices is told as a gap. Telling never waits and never throws.
 */
export abstract class EventBus {
  /** Sets the one listener of this server. */
  abstract listen(listener: BusListener): void;
  abstract tell(event: RoomEvent): void;
  /** Says something to all other servers. */
  abstract broadcast(message: string): void;
  /**
   * This server has sockets for the user's events. Resolves when they arrive here; also, late, when they cannot for now
   * (a gap will be told).
   */
  abstract host(userId: number): Promise<void>;
  /** It has none any more. */
  abstract leave(userId: number): void;
  /** False while other servers cannot be reached. */
  abstract get isUp(): boolean;
  /** How long an event takes to come back through the bus, as of the last probe, in milliseconds. */
  abstract get lagMs(): number;
}
