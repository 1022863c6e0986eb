import { Injectable } from '@nestjs/common';
import type { ClientFrameType, Ref, ReplyOf, RequestOf, Rev, RoomId, MessageId } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { fieldError } from '../errors/chat-error.js';
import { MessagesService } from '../messages/messages.service.js';
import type { ReceiptKind } from '../messages/receipt-update.js';
import { ReceiptsService } from '../messages/receipts.service.js';
import { deliveredSeqOf, readSeqOf, unreadOf } from '../rooms/room-state.js';
import { SyncService } from '../inbox/sync.service.js';
import { ROOM_KEY } from './client-frames.dto.js';
import type { Connection } from './connection.js';
import { FrameAccess } from './frame-access.js';
import { TypingThrottle } from './typing-throttle.js';

/** A connection, and the `ref` of the frame that it sent. */
export interface Origin {
  readonly connection: Connection;
  readonly ref: Ref | undefined;
}

/**
 * Handles one kind of client frame, whose shape has been checked.
 * @returns the fields of the ack; null when the ack has been sent already.
 * @throws ChatError when the current user may not do this.
 */
export type CommandHandler<T extends ClientFrameType> = (
  origin: Origin,
  request: RequestOf<T>,
) => Promise<ReplyOf<T> | null>;

export type CommandHandlers = { readonly [T in ClientFrameType]: CommandHandler<T> };

/** What each client frame does. */
@Injectable()
export class Commands {
  readonly handlers: CommandHandlers = {
    message: (origin, request) => this.#send(origin, request),
    typing: (origin, request) => this.#type(origin, request),
    read: (origin, request) => this.#moveWatermark('read', origin, request),
    delivered: (origin, request) => this.#moveWatermark('delivered', origin, request),
    sync: (origin, request) => this.#sync(origin, request),
    ping: async () => ({}),
  };

  constructor(
    private readonly access: FrameAccess,
    private readonly messages: MessagesService,
    private readonly receipts: ReceiptsService,
    private readonly syncs: SyncService,
    private readonly throttle: TypingThrottle,
    private readonly bus: EventBus,
  ) {}

  async #send(
    { connection, ref }: Origin,
    request: RequestOf<'message'>,
  ): Promise<ReplyOf<'message'> | null> {
    const { roomId, userId } = this.access.userIn(connection, request);
    const { text, client_id: clientId, reply_to: replyTo } = request;
    const outgoing = { roomId, senderId: userId, text, clientId, replyTo: replyTo as MessageId | undefined };
    const ackTo = ref === undefined ? undefined : { connectionId: connection.id, ref };
    const { message, rev, unreadCount, isPublished } = await this.messages.send(outgoing, ackTo);
    // A published message is acked in its turn among the messages of its room.
    if (isPublished) return null;
    return connection.room === null ? { message, rev, unread_count: unreadCount } : { message };
  }

  async #type({ connection }: Origin, request: RequestOf<'typing'>): Promise<ReplyOf<'typing'>> {
    const { roomId, userId, pair } = await this.access.memberOf(connection, request);
    if (this.throttle.passes(userId, roomId)) {
      this.bus.publish({
        to: [pair.a, pair.b],
        roomId,
        frame: { type: 'typing', room_id: roomId, user_id: userId },
        exceptUser: userId,
      });
    }
    return {};
  }

  async #sync({ connection }: Origin, request: RequestOf<'sync'>): Promise<ReplyOf<'sync'>> {
    const userId = this.access.userOfAllRooms(connection);
    const { rooms, first_room_id: first, last_room_id: last } = request;
    return this.syncs.sync(userId, revisionsOf(rooms), { first, last });
  }

  async #moveWatermark(
    kind: ReceiptKind,
    { connection }: Origin,
    request: RequestOf<'read'>,
  ): Promise<ReplyOf<'read'>> {
    const { roomId, userId, seq } = await this.access.toReceipt(connection, request);
    const room = await this.receipts.update({ roomId, userId, kind, seq });
    const reached = kind === 'read' ? readSeqOf(room, userId) : deliveredSeqOf(room, userId);
    return { room_id: roomId, seq: reached, rev: room.rev, unread_count: unreadOf(room, userId) };
  }
}

function revisionsOf(rooms: Record<string, unknown>): Map<RoomId, Rev> {
  const revisions = new Map<RoomId, Rev>();
  for (const [key, rev] of Object.entries(rooms)) {
    if (!ROOM_KEY.test(key)) throw fieldError('rooms', 'its keys must be room ids');
    if (typeof rev !== 'number' || !Number.isSafeInteger(rev) || rev < 0) {
      throw fieldError('rooms', 'its values must be revisions: whole numbers from 0');
    }
    revisions.set(Number(key) as RoomId, rev as Rev);
  }
  return revisions;
}
