import { Injectable } from '@nestjs/common';
import type { ClientFrames, ClientFrameType, Ref, ServerFrames } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { fieldError } from '../errors/chat-error.js';
import { MessagesService } from '../messages/messages.service.js';
import { ReceiptsService } from '../messages/receipts.service.js';
import { deliveredSeqOf, readSeqOf, unreadOf } from '../messages/room-head.js';
import { SyncService } from '../rooms/sync.service.js';
import { CLIENT_FRAMES, ROOM_KEY } from './client-frames.dto.js';
import type { Connection } from './connection.js';
import { FrameAccess, type ReceiptAccess, type RoomAccess } from './frame-access.js';
import { TypingThrottle } from './typing-throttle.js';

/** Fields of an ack besides `ref`, or null when the command has answered by itself. */
type Answer = Omit<ServerFrames['ack'], 'ref'> | null;

/** Where a frame came from. */
export interface Origin {
  connection: Connection;
  ref: Ref | undefined;
}

/** What a client's frame does: its shape, who may send it, and the act. */
export interface Command<T extends ClientFrameType, Access> {
  readonly dto: new () => ClientFrames[T];
  /** @throws ChatError unless the connection may. */
  readonly permit: (connection: Connection, fields: ClientFrames[T]) => Promise<Access> | Access;
  readonly run: (access: Access, fields: ClientFrames[T], origin: Origin) => Promise<Answer>;
}

/** Every frame that a client may send. */
@Injectable()
export class Commands {
  readonly message: Command<'message', RoomAccess> = {
    dto: CLIENT_FRAMES.message,
    permit: (connection, fields) => this.access.inRoom(connection, fields),
    run: (access, fields, origin) => this.#send(access, fields, origin),
  };

  readonly typing: Command<'typing', RoomAccess> = {
    dto: CLIENT_FRAMES.typing,
    permit: (connection, fields) => this.access.inRoom(connection, fields),
    run: (access) => this.#type(access),
  };

  readonly read: Command<'read', ReceiptAccess> = {
    dto: CLIENT_FRAMES.read,
    permit: (connection, fields) => this.access.toReceipt(connection, fields),
    run: (access) => this.#mark('read', access),
  };

  readonly delivered: Command<'delivered', ReceiptAccess> = {
    dto: CLIENT_FRAMES.delivered,
    permit: (connection, fields) => this.access.toReceipt(connection, fields),
    run: (access) => this.#mark('delivered', access),
  };

  readonly sync: Command<'sync', { userId: number }> = {
    dto: CLIENT_FRAMES.sync,
    permit: (connection) => this.access.toEverything(connection),
    run: ({ userId }, { rooms, first_room_id: first, last_room_id: last }) =>
      this.syncs.sync(userId, revisionsOf(rooms), { first, last }),
  };

  readonly ping: Command<'ping', null> = {
    dto: CLIENT_FRAMES.ping,
    permit: () => null,
    run: () => Promise.resolve({}),
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
    { roomId, userId }: RoomAccess,
    fields: ClientFrames['message'],
    origin: Origin,
  ): Promise<Answer> {
    const { text, client_id: clientId, reply_to: replyTo } = fields;
    const outgoing = { roomId, senderId: userId, text, clientId, replyTo };
    const { connection, ref } = origin;
    const ackTo = ref === undefined ? undefined : { connectionId: connection.id, ref };
    const { message, rev, unreadCount, isPublished } = await this.messages.send(outgoing, ackTo);
    // A published message is acked in its turn among the messages of its room.
    if (isPublished) return null;
    return connection.room === null ? { message, rev, unread_count: unreadCount } : { message };
  }

  async #type({ roomId, userId, pair }: RoomAccess): Promise<Answer> {
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

  async #mark(kind: 'read' | 'delivered', { roomId, userId, seq }: ReceiptAccess): Promise<Answer> {
    const head = await this.receipts.mark({ roomId, userId, kind, seq });
    const reached = kind === 'read' ? readSeqOf(head, userId) : deliveredSeqOf(head, userId);
    return { room_id: roomId, seq: reached, rev: head.rev, unread_count: unreadOf(head, userId) };
  }
}

function revisionsOf(rooms: Record<string, unknown>): Map<number, number> {
  const revisions = new Map<number, number>();
  for (const [key, rev] of Object.entries(rooms)) {
    if (!ROOM_KEY.test(key)) throw fieldError('rooms', 'its keys must be room ids');
    if (typeof rev !== 'number' || !Number.isSafeInteger(rev) || rev < 0) {
      throw fieldError('rooms', 'its values must be revisions: whole numbers from 0');
    }
    revisions.set(Number(key), rev);
  }
  return revisions;
}
