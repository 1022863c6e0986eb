import { Injectable } from '@nestjs/common';
import { CLOSE_CODES, type ReceiptRequest, type RoomRequest } from '@parley/shared';
import { MembershipService, type Pair } from '../auth/membership.service.js';
import { ChatError, fieldError, noSuchMessage } from '../errors/chat-error.js';
import { MessagesService } from '../messages/messages.service.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { FrameLimits } from './frame-limits.js';

/** A user who may act in a room. */
export interface RoomAccess {
  roomId: number;
  userId: number;
  pair: Pair;
}

/** A user who may move a watermark of a room, and how far it was asked to move. */
export interface ReceiptAccess {
  roomId: number;
  userId: number;
  seq: number;
}

/** The one place that decides who sends a frame and whether they may. Each method throws ChatError when not. */
@Injectable()
export class FrameAccess {
  constructor(
    private readonly membership: MembershipService,
    private readonly messages: MessagesService,
    private readonly connections: Connections,
    private readonly limits: FrameLimits,
  ) {}

  /** The user and the room of a frame. Whether the user is a member is not checked. */
  userIn(connection: Connection, request: RoomRequest): { roomId: number; userId: number } {
    const roomId = roomOf(connection, request.room_id);
    return { roomId, userId: this.#userOf(connection, request.sender_id) };
  }

  /** The user and the room of a frame; the user is a member of the room. */
  async memberOf(connection: Connection, request: RoomRequest): Promise<RoomAccess> {
    const { roomId, userId } = this.userIn(connection, request);
    const pair = this.membership.known(roomId, userId) ?? (await this.membership.require(roomId, userId));
    return { roomId, userId, pair };
  }

  /**
   * A member says up to where. On a room socket a message_id that names nobody is its receiver's: only the receiver
   * can have read it, whoever the socket was before.
   */
  async toReceipt(connection: Connection, request: ReceiptRequest): Promise<ReceiptAccess> {
    const { message_id: messageId, seq } = request;
    if (messageId === undefined) {
      if (seq === undefined) throw new ChatError('bad_frame', 'message_id or seq is required');
      return { ...(await this.memberOf(connection, request)), seq };
    }
    if (seq !== undefined) throw fieldError('seq', 'must not be there beside message_id');

    const isTheReceivers = connection.room !== null && request.sender_id === undefined;
    const userId = isTheReceivers ? null : this.#userOf(connection, request.sender_id);
    const message = await this.messages.locate(messageId, userId);
    const roomId = connection.room?.id ?? request.room_id;
    if (roomId !== undefined && message.room_id !== roomId) throw noSuchMessage();
    return { roomId: message.room_id, userId: userId ?? message.receiver_id, seq: message.seq };
  }

  /** The user of a user socket. */
  userOfAllRooms(connection: Connection): number {
    if (connection.room === null && connection.userId !== null) return connection.userId;
    throw new ChatError('bad_frame', 'type: this frame belongs on the user socket, /ws/');
  }

  /**
   * Who sends this frame. The user socket is one user's; on a room socket a frame names its sender (simulation), who
   * has to be a member, and the socket is that user's from then on. At once, so that the next frame is theirs too.
   */
  #userOf(connection: Connection, senderId: number | undefined): number {
    if (senderId === undefined || senderId === connection.userId) {
      if (connection.userId !== null) return connection.userId;
      throw fieldError('sender_id', 'is missing: it names the user who sends this', 'unauthorized');
    }
    const { room } = connection;
    if (room === null) throw new ChatError('forbidden', 'sender_id: is not the user of this socket');
    if (senderId !== room.pair.a && senderId !== room.pair.b) {
      throw new ChatError('forbidden', 'sender_id: is not a member of this room');
    }
    if (!this.connections.identify(connection, senderId)) {
      connection.disconnect(CLOSE_CODES.policy.code, this.connections.tooManyReason);
      throw new ChatError('rate_limited', this.connections.tooManyReason);
    }
    this.limits.onUserChanged(connection);
    return senderId;
  }
}

function roomOf(connection: Connection, roomId: number | undefined): number {
  if (connection.room === null) {
    if (roomId === undefined) throw fieldError('room_id', 'is missing');
    return roomId;
  }
  if (roomId !== undefined && roomId !== connection.room.id) {
    throw fieldError('room_id', 'is not the room of this socket', 'forbidden');
  }
  return connection.room.id;
}
