import type { MessageId, Rev, RoomId, Seq, UserId } from '@parley/shared';
import type { RoomState } from '../rooms/room-state.js';
import type { Side } from '../users/privacy.js';

/** Which watermark: what the user has read, or what has arrived on a device of the user. */
export type ReceiptKind = 'read' | 'delivered';

/** A request to move a user's watermark to `seq`. */
export interface ReceiptUpdate {
  roomId: RoomId;
  userId: UserId;
  kind: ReceiptKind;
  seq: Seq;
}

/** A watermark that moved. */
export interface ReceiptChange {
  kind: ReceiptKind;
  userId: UserId;
  seq: Seq;
  /** Id of the message at `seq`. */
  messageId: MessageId;
  /** Revision of the room after it, as each member sees it. */
  revs: Readonly<Record<Side, Rev>>;
  /** Only the user whose watermark it is sees it. */
  isPrivate: boolean;
}

export interface ReceiptResult {
  /** The room after all updates of the batch. */
  room: RoomState;
  /** What moved in the room; only on its first update in the batch, so that each change is published once. */
  changes: ReceiptChange[];
}
