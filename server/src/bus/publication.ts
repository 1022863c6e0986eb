import type { Ref, ServerFrame, ServerFrames, ServerFrameType, RoomId, UserId } from '@parley/shared';

/** Frames that are sent to one connection and never published. */
type ConnectionFrameType = 'hello' | 'error' | 'ack';
export type PublishedFrame = Extract<ServerFrame, { type: Exclude<ServerFrameType, ConnectionFrameType> }>;

/** A connection of this server and the `ref` of the frame that it sent. */
export interface AckTarget {
  readonly connectionId: string;
  readonly ref: Ref;
}

/** In place of a room, for a frame that is about none: user sockets alone receive it. */
export const USERS_ONLY = Number.MAX_SAFE_INTEGER as RoomId;

/** A frame and who receives it. */
export interface Publication<Frame extends PublishedFrame> {
  /** The frame is delivered to the user sockets of these users, whichever servers they are connected to. */
  readonly to: readonly UserId[];
  /** The room sockets of this room receive the frame too, without the fields of `perUser`. */
  readonly roomId: RoomId;
  readonly frame: Frame;
  /** Fields that differ between users: added to the frame on the user sockets of that user. Called once per user. */
  readonly perUser?: (userId: UserId) => Partial<ServerFrames[Frame['type']]>;
  /** Sockets of this user do not receive the frame. */
  readonly exceptUser?: UserId | undefined;
  /**
   * This connection receives an `ack` with the fields of the frame in place of the frame. The bus sends it, because
   * each socket must receive the messages of a room in the order of `seq`, acks included, and the bus keeps that order.
   */
  readonly ackTo?: (Frame extends { type: 'message' } ? AckTarget : never) | undefined;
}
