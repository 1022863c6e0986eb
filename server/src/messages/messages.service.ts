import { Inject, Injectable } from '@nestjs/common';
import {
  hasVisibleText,
  textLength,
  type Message,
  type User,
  type MessageId,
  type Rev,
  type RoomId,
  type UserId,
} from '@parley/shared';
import { AttachmentsService } from '../attachments/attachments.service.js';
import { MembershipService } from '../rooms/membership.service.js';
import { EventBus } from '../bus/event-bus.js';
import type { AckTarget } from '../bus/publication.js';
import { CONFIG, type Config } from '../config/config.js';
import { fieldError, noSuchMessage } from '../errors/chat-error.js';
import { UsersService } from '../users/users.service.js';
import { Committed } from './committed.js';
import { Expiry } from './expiry.js';
import { MessagesRepository } from './messages.repository.js';
import { MessageLog, NotAccepted, type Appended, type Draft } from './message-log.js';
import type { MessageRow } from './message-row.js';
import { toMessage } from './message.view.js';
import { RoomPrivacy } from '../rooms/room-privacy.js';
import { DECLINED, REQUEST, SILENT } from '../users/privacy.js';
import {
  freezeOf,
  frozenMember,
  peerOf,
  privacyOf,
  revOf,
  shownDeliveredSeq,
  shownPresence,
  unreadOf,
  type RoomState,
} from '../rooms/room-state.js';
import { SendLimit } from './send-limit.js';

/** What a user wants to send. */
export interface Outgoing {
  roomId: RoomId;
  senderId: UserId;
  text: string;
  clientId?: string | undefined;
  replyTo?: MessageId | undefined;
  /** Ids of uploads. */
  attachments?: readonly number[] | undefined;
}

/** A stored message, as its sender sees it. */
export interface Sent {
  message: Message;
  /** Stored earlier, under the same `clientId`. */
  repeated: boolean;
  /** Revision of the room after the message, and the sender's unread count. */
  rev: Rev;
  unreadCount: number;
  /** False when both users have it already. Otherwise the bus acks it. */
  isPublished: boolean;
}

@Injectable()
export class MessagesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly membership: MembershipService,
    private readonly privacy: RoomPrivacy,
    private readonly users: UsersService,
    private readonly limit: SendLimit,
    private readonly log: MessageLog,
    private readonly expiry: Expiry,
    private readonly repository: MessagesRepository,
    private readonly bus: EventBus,
    private readonly attachments: AttachmentsService,
    private readonly committed: Committed,
  ) {}

  /**
   * Stores a message and publishes it to both users. Sent again with the same `clientId`, it returns the first one.
   * @param ackTo receives the ack in place of the message, if it is published.
   * @throws ChatError
   */
  async send(outgoing: Outgoing, ackTo?: AckTarget): Promise<Sent> {
    const { roomId, senderId } = outgoing;
    const pair = this.membership.known(roomId, senderId) ?? (await this.membership.require(roomId, senderId));
    const attachments = this.#checkedAttachments(outgoing.attachments);
    const text = attachments && outgoing.text.trim() === '' ? '' : this.checkedText(outgoing.text);
    this.limit.take(senderId);
    if (attachments) await this.attachments.settle(attachments, senderId);
    if (!this.users.known(pair.a) || !this.users.known(pair.b)) await this.users.profiles([pair.a, pair.b]);

    const appended = await this.#append({
      roomId,
      senderId,
      text,
      clientId: outgoing.clientId?.toLowerCase() ?? null,
      replyTo: outgoing.replyTo ?? null,
      attachments,
    });
    const message = toMessage(appended.message, appended.room, senderId, this.#userOf, this.expiry);
    const isPublished = shouldPublish(appended);
    if (isPublished) this.#publish(appended, message, ackTo);
    if (!appended.repeated) this.committed.onMessage(appended.message, appended.room);
    return {
      message,
      repeated: appended.repeated !== false,
      rev: (appended.message.rev + revOf(appended.room, senderId) - appended.room.rev) as Rev,
      unreadCount: unreadOf(appended.room, senderId),
      isPublished,
    };
  }

  /** The messages as the wire has them, for this member of the room. */
  async view(rows: readonly MessageRow[], room: RoomState, viewerId: UserId): Promise<Message[]> {
    const freeze = freezeOf(room, viewerId);
    const seen = freeze ? await this.repository.frozen(rows, freeze.rev) : rows;
    await this.users.profiles([room.user_a_id, room.user_b_id]);
    return seen.map((row) => this.viewOf(row, room, viewerId));
  }

  /** The same for one message, whose users' profiles are at hand, and a member who has not blocked the other. */
  viewOf(row: MessageRow, room: RoomState, viewerId: UserId): Message {
    return toMessage(row, room, viewerId, this.#userOf, this.expiry);
  }

  /**
   * @throws ChatError `not_found` when there is no such message, or it is in a room of other users. Both take the same
   *   statements, so that not even the duration distinguishes them.
   */
  async locate(messageId: MessageId, userId: UserId): Promise<MessageRow> {
    const row = await this.repository.byId(messageId);
    await this.membership.requireFor(row?.room_id, userId, noSuchMessage);
    if (!row) throw noSuchMessage();
    return row;
  }

  /** Each user as the other member sees it, so that one text serves both. */
  readonly #userOf = (id: UserId, room: RoomState): User => {
    const profile = this.users.known(id);
    if (!profile) throw new Error('A profile was dropped between loading and use.');
    return this.users.withShown(profile, shownPresence(room, id));
  };

  /** Who answers a request accepts it. Both clients find that in `rev`, and `sync`. */
  #append(draft: Draft): Promise<Appended> {
    return this.log.append(draft).catch(async (error: unknown) => {
      if (!(error instanceof NotAccepted)) throw error;
      await this.privacy.change(draft.senderId, [draft.roomId], { clear: REQUEST | DECLINED });
      return this.log.append(draft);
    });
  }

  #checkedAttachments(ids: readonly number[] | undefined): readonly number[] | null {
    if (ids === undefined || ids.length === 0) return null;
    const { max } = this.config.attachments;
    if (ids.length > max) throw fieldError('attachments', `must be at most ${max}`);
    return ids;
  }

  /** A text as it is stored. @throws ChatError `bad_frame`, `too_long`. */
  checkedText(raw: string): string {
    const text = raw.trim();
    const most = this.config.limits.textLength;
    if (!hasVisibleText(text)) throw fieldError('text', 'must not be empty');
    if (text.length > most && textLength(text) > most) {
      throw fieldError('text', `must have at most ${most} characters`, 'too_long');
    }
    // PostgreSQL can store neither: better a refusal than a message that comes back changed.
    if (text.includes('\0')) throw fieldError('text', 'must not contain the character NUL');
    if (!text.isWellFormed()) throw fieldError('text', 'must be well-formed Unicode (half a surrogate pair)');
    return text;
  }

  #publish({ message: row, room }: Appended, message: Message, ackTo: AckTarget | undefined): void {
    this.bus.publish({
      to: [room.user_a_id, room.user_b_id],
      roomId: row.room_id,
      frame: { type: 'message', message },
      perUser: (userId) => ({
        rev: (row.rev + revOf(room, userId) - room.rev) as Rev,
        unread_count: unreadOf(room, userId),
      }),
      exceptUser: frozenMember(room),
      ackTo,
    });
  }
}

/**
 * A repetition is published again only while the receiver has not confirmed the message, because the server that stored
 * it may have died before it published it.
 */
function shouldPublish({ message: { sender_id, seq }, room, repeated }: Appended): boolean {
  if (repeated === 'in flight') return false;
  if (!repeated) return true;
  // What the receiver hides may not be found out by repeating, and who has blocked the other is silent.
  if ((privacyOf(room, sender_id) & SILENT) !== 0) return false;
  return seq > (shownDeliveredSeq(room, peerOf(room, sender_id)) ?? 0);
}
