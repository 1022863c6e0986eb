import { Injectable } from '@nestjs/common';
import type { Seq, UserId } from '@parley/shared';
import type { RoomState } from '../rooms/room-state.js';
import type { MessageRow } from './message-row.js';

/**
 * What this server has committed and published, for what follows from it off the path of messages: each is reported by the one
 * server that committed it, once. A listener returns at once, and does its work later.
 */
@Injectable()
export class Committed {
  /** A new message, and its room. */
  onMessage: (row: MessageRow, room: RoomState) => void = () => undefined;
  /** A user has read a room up to a message. */
  onRead: (userId: UserId, room: RoomState, seq: Seq) => void = () => undefined;
}
