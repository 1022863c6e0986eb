import type { RoomHead } from './room-head.js';

/** «I have (or have read) everything up to `seq`.» The user is known to be a member. */
export interface Mark {
  roomId: number;
  userId: number;
  kind: 'read' | 'delivered';
  seq: number;
}

/** A watermark that moved. */
export interface Moved {
  kind: 'read' | 'delivered';
  userId: number;
  seq: number;
  messageId: number;
  rev: number;
}

export interface Marked {
  /** The room after all marks of the batch. */
  head: RoomHead;
  /** What moved; on the first mark of a room in its batch only, so that it is told once. */
  moved: Moved[];
}
