import { Injectable } from '@nestjs/common';
import {
  CLOSE_CODES,
  type ChangeRequest,
  type ReceiptRequest,
  type RoomRequest,
  type RoomId,
  type Seq,
  type UserId,
  type MessageId,
} from '@parley/shared';
import { LegacyClients, senderOf } from '../auth/legacy-clients.js';
import { MembershipService, type Pair } from '../rooms/membership.service.js';
import { ChatError, fieldError, noSuchMessage } from '../errors/chat-error.js';
import { MessagesService } from '../messages/messages.service.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { FrameLimits } from './frame-limits.js';

/** A user, and a room of which the user is a member. */
export interface RoomAccess {
  roomId: RoomId;
  userId: UserId;
  pair: Pair;
}

/** The watermark that a receipt moves: of which user, in which room, up to which message. */
export interface ReceiptAccess {
  roomId: RoomId;
  userId: UserId;
  seq: Seq;
}

/** Resolves the user and the room of a frame, and checks permissions. Every method throws ChatError for a refused frame. */
@Injectable()
export class FrameAccess {
  constructor(
    private readonly membership: MembershipService,
    private readonly messages: MessagesService,
    private readonly connections: Connections,
    private readonly limits: FrameLimits,
    private readonly legacy: LegacyClients,
  ) {}

  /** The user and the room of a frame. Does not check that the user is a member. */
  resolveUser(connection: Connection, request: RoomRequest): { roomId: RoomId; userId: UserId } {
    const roomId = roomOf(connection, request.room_id);
    return { roomId, userId: this.#userOf(connection, request.sender_id) };
  }

  /** The user and the room of a frame. @throws ChatError `not_found` when the user is not a member. */
  async resolveMember(connection: Connection, request: RoomRequest): Promise<RoomAccess> {
    const { roomId, userId } = this.resolveUser(connection, request);
    const pair = this.membership.known(roomId, userId) ?? (await this.membership.require(roomId, userId));
    return { roomId, userId, pair };
  }

  /**
   * The watermark that a `read` or `delivered` frame moves. ReceiptsService checks that the user is a member. A legacy
   * client sends only `message_id` on a room socket: its receipt is that of the receiver of the message, whatever user the
   * socket had before.
   */
  async resolveReceipt(connection: Connection, request: ReceiptRequest): Promise<ReceiptAccess> {
    const { message_id, seq } = request;
    if (message_id === undefined) {
      if (seq === undefined) throw new ChatError('bad_frame', 'message_id or seq is required');
      return { ...this.resolveUser(connection, request), seq: seq as Seq };
    }
    if (seq !== undefined) throw fieldError('seq', 'must not be combined with message_id');
    const messageId = message_id as MessageId;

    const isLegacy =
      connection.session === null && connection.room !== null && request.sender_id === undefined;
    const userId = isLegacy
      ? await this.legacy.receiverOf(messageId)
      : this.#userOf(connection, request.sender_id);
    const message = await this.messages.locate(messageId, userId);
    const roomId = connection.room?.id ?? request.room_id;
    if (roomId !== undefined && message.room_id !== roomId) throw noSuchMessage();
    return { roomId: message.room_id, userId, seq: message.seq };
  }

  /** The user, and the message that a frame changes. On a room socket it is one of that room. */
  async resolveMessage(
    connection: Connection,
    { message_id, sender_id }: ChangeRequest,
  ): Promise<{ messageId: MessageId; userId: UserId }> {
    const userId = this.#userOf(connection, sender_id);
    const messageId = message_id as MessageId;
    if (connection.room === null) return { messageId, userId };
    const message = await this.messages.locate(messageId, userId);
    if (message.room_id !== connection.room.id) throw noSuchMessage();
    return { messageId, userId };
  }

  /** The user of a user socket. @throws ChatError `bad_frame` on a room socket. */
  userOfUserSocket(connection: Connection): UserId {
    if (connection.room === null && connection.userId !== null) return connection.userId;
    throw new ChatError('bad_frame', 'type: this frame belongs on the user socket, /ws/');
  }

  /** The user of a frame. It becomes the user of a room socket, synchronously, so that its next frame has the same user. */
  #userOf(connection: Connection, senderId: number | undefined): UserId {
    const userId = senderOf(connection, senderId);
    if (userId === connection.userId) return userId;
    if (!this.connections.identify(connection, userId)) {
      connection.disconnect(CLOSE_CODES.policy.code, this.connections.limitReason);
      throw new ChatError('rate_limited', this.connections.limitReason);
    }
    this.limits.onUserChanged(connection);
    return userId;
  }
}

function roomOf(connection: Connection, roomId: number | undefined): RoomId {
  if (connection.room === null) {
    if (roomId === undefined) throw fieldError('room_id', 'is missing');
    return roomId as RoomId;
  }
  if (roomId !== undefined && roomId !== connection.room.id) {
    throw fieldError('room_id', 'is not the room of this socket', 'forbidden');
  }
  return connection.room.id;
}
