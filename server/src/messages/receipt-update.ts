import type { RoomState } from '../rooms/room-state.js';

/** Which watermark: what the user has read, or what has arrived on a device of the user. */
export type ReceiptKind = 'read' | 'delivered';

/** A request to move a user's watermark to `seq`. */
export interface ReceiptUpdate {
  roomId: number;
  userId: number;
  kind: ReceiptKind;
  seq: number;
}

/** A watermark that moved. */
export interface ReceiptChange {
  kind: ReceiptKind;
  userId: number;
  seq: number;
  /** Id of the message at `seq`. */
  messageId: number;
  rev: number;
}

export interface ReceiptResult {
  /** The room after all updates of the batch. */
  room: RoomState;
  /** What moved in the room; only on its first update in the batch, so that each change is published once. */
  changes: ReceiptChange[];
}
