import { Inject, Injectable } from '@nestjs/common';
import type { ClientFrameType, Ref, ReplyOf, RequestOf, Rev, RoomId, MessageId } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { CONFIG, type Config } from '../config/config.js';
import { fieldError } from '../errors/chat-error.js';
import type { MessageChange } from '../messages/message-change-log.js';
import { MessageChangesService } from '../messages/message-changes.service.js';
import { MessagesService } from '../messages/messages.service.js';
import type { ReceiptKind } from '../messages/receipt-update.js';
import { ReceiptsService } from '../messages/receipts.service.js';
import { deliveredSeqOf, readSeqOf, revOf, unreadOf } from '../rooms/room-state.js';
import { MembershipService } from '../rooms/membership.service.js';
import { SyncService } from '../inbox/sync.service.js';
import { ROOM_KEY } from './client-frames.dto.js';
import type { Connection } from './connection.js';
import { FrameAccess } from './frame-access.js';
import { TypingThrottle } from './typing-throttle.js';

/** Where a frame came from: the connection, and the `ref` of the frame. */
export interface FrameContext {
  readonly connection: Connection;
  readonly ref: Ref | undefined;
}

/**
 * Handles one kind of client frame, whose shape has been checked.
 * @returns the fields of the ack; null when the bus has sent the ack already.
 * @throws ChatError when the current user may not do this.
 */
export type CommandHandler<T extends ClientFrameType> = (
  context: FrameContext,
  request: RequestOf<T>,
) => Promise<ReplyOf<T> | null>;

export type CommandHandlers = { readonly [T in ClientFrameType]: CommandHandler<T> };

/** What each client frame does. */
@Injectable()
export class Commands {
  readonly handlers: CommandHandlers = {
    message: (context, request) => this.#send(context, request),
    typing: (context, request) => this.#publishTyping(context, request),
    read: (context, request) => this.#moveWatermark('read', context, request),
    delivered: (context, request) => this.#moveWatermark('delivered', context, request),
    edit: (context, { text, ...request }) => this.#change({ kind: 'edit', text }, context, request),
    delete: (context, request) => this.#change({ kind: 'delete' }, context, request),
    react: (context, { emoji, on, ...request }) =>
      this.#change({ kind: 'react', emoji, on }, context, request),
    sync: (context, request) => this.#sync(context, request),
    ping: async () => ({}),
  };

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly access: FrameAccess,
    private readonly membership: MembershipService,
    private readonly messages: MessagesService,
    private readonly changes: MessageChangesService,
    private readonly receipts: ReceiptsService,
    private readonly syncs: SyncService,
    private readonly throttle: TypingThrottle,
    private readonly bus: EventBus,
  ) {}

  async #send(
    { connection, ref }: FrameContext,
    request: RequestOf<'message'>,
  ): Promise<ReplyOf<'message'> | null> {
    const { roomId, userId } = this.access.resolveUser(connection, request);
    const { text, client_id: clientId, attachments } = request;
    const replyTo = request.reply_to as MessageId | undefined;
    const outgoing = { roomId, senderId: userId, text, clientId, replyTo, attachments };
    const ackTo = ref === undefined ? undefined : { connectionId: connection.id, ref };
    const { message, rev, unreadCount, isPublished } = await this.messages.send(outgoing, ackTo);
    // The bus sends the ack of a published message, in the order of `seq`.
    if (isPublished) return null;
    return connection.room === null ? { message, rev, unread_count: unreadCount } : { message };
  }

  async #publishTyping(
    { connection }: FrameContext,
    request: RequestOf<'typing'>,
  ): Promise<ReplyOf<'typing'>> {
    const { roomId, userId, pair } = await this.access.resolveMember(connection, request);
    if (!this.throttle.passes(userId, roomId)) return {};
    // In simulation nobody hides anything, and typing needs no database.
    if (this.config.accounts === null || (await this.membership.passesTyping(roomId, userId))) {
      this.bus.publish({
        to: [pair.a, pair.b],
        roomId,
        frame: { type: 'typing', room_id: roomId, user_id: userId },
        exceptUser: userId,
      });
    }
    return {};
  }

  async #sync({ connection }: FrameContext, request: RequestOf<'sync'>): Promise<ReplyOf<'sync'>> {
    const userId = this.access.userOfUserSocket(connection);
    const { rooms, first_room_id: first, last_room_id: last, listing_rev: listingRev } = request;
    return this.syncs.sync(userId, revisionsOf(rooms), { first, last }, listingRev);
  }

  async #change(
    change: MessageChange,
    { connection }: FrameContext,
    request: RequestOf<'delete'>,
  ): Promise<ReplyOf<'delete'>> {
    const { messageId, userId } = await this.access.resolveMessage(connection, request);
    const { rev } = await this.changes.apply(messageId, userId, change);
    return { message_id: messageId, rev };
  }

  async #moveWatermark(
    kind: ReceiptKind,
    { connection }: FrameContext,
    request: RequestOf<'read'>,
  ): Promise<ReplyOf<'read'>> {
    const { roomId, userId, seq } = await this.access.resolveReceipt(connection, request);
    const room = await this.receipts.update({ roomId, userId, kind, seq });
    const reached = kind === 'read' ? readSeqOf(room, userId) : deliveredSeqOf(room, userId);
    return { room_id: roomId, seq: reached, rev: revOf(room, userId), unread_count: unreadOf(room, userId) };
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
