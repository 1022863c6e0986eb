import { Injectable } from '@nestjs/common';
import type { Message, MessageEdit, MessageId, Rev, UserId } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { fieldError, noSuchMessage } from '../errors/chat-error.js';
import { freezeOf, frozenMember, peerOf, revOf, seenBy } from '../rooms/room-state.js';
import { isEmoji } from './emoji.js';
import { Expiry } from './expiry.js';
import { MessageChangeLog, type Changed, type MessageChange } from './message-change-log.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { SendLimit } from './send-limit.js';

/** A message after a change, and the revision of its room, as the user sees them. */
export interface ChangedMessage {
  message: Message;
  rev: Rev;
}

/** Edits, deletions and reactions. Each is counted like a message by the limit of the user. */
@Injectable()
export class MessageChangesService {
  constructor(
    private readonly messages: MessagesService,
    private readonly repository: MessagesRepository,
    private readonly expiry: Expiry,
    private readonly limit: SendLimit,
    private readonly log: MessageChangeLog,
    private readonly bus: EventBus,
  ) {}

  /**
   * Changes a message and publishes it to both users, unless it is like this already.
   * @throws ChatError `not_found` also for a message of others; `bad_frame` and `too_long` for a text or an emoji that is none;
   * `forbidden`, `blocked`, `deleted`, `edit_window_over`, `too_many`, `rate_limited`, `unavailable`.
   */
  async apply(messageId: MessageId, userId: UserId, change: MessageChange): Promise<ChangedMessage> {
    const { room_id: roomId, seq } = await this.messages.locate(messageId, userId);
    const checked = this.#checked(change);
    this.limit.take(userId);
    const changed = await this.log.apply({ roomId, seq, userId, change: checked });
    const { room } = changed;
    const [message] = await this.messages.view([changed.message], room, userId);
    if (!message) throw new Error('A message has no view.');
    if (changed.isChanged) this.#publish(changed, userId, message);
    return { message, rev: revOf(room, userId) };
  }

  /** What a message said before each edit, oldest first. @throws ChatError `not_found`. */
  async edits(messageId: MessageId, userId: UserId): Promise<MessageEdit[]> {
    const message = await this.messages.locate(messageId, userId);
    const { room_id: roomId, seq } = message;
    const [room, edits] = await Promise.all([
      this.repository.room(roomId),
      this.repository.edits(roomId, seq),
    ]);
    if (seq > seenBy(room, userId).last_seq) throw noSuchMessage();
    if (this.expiry.isOver(message)) return [];
    const end = freezeOf(room, userId)?.rev ?? Infinity;
    return edits
      .filter(({ rev }) => rev <= end)
      .map(({ text, edited_at }) => ({ text, edited_at: new Date(edited_at).toISOString() }));
  }

  #checked(change: MessageChange): MessageChange {
    if (change.kind === 'edit') return { kind: 'edit', text: this.messages.checkedText(change.text) };
    if (change.kind === 'react' && !isEmoji(change.emoji)) throw fieldError('emoji', 'must be one emoji');
    return change;
  }

  #publish({ message: row, room }: Changed, userId: UserId, ownView: Message): void {
    const publish = (message: Message, rev: Rev, exceptUser?: UserId) =>
      this.bus.publish({
        to: [room.user_a_id, room.user_b_id],
        roomId: row.room_id,
        frame: { type: 'updated', message, rev },
        exceptUser,
      });
    if (room.privacy === null) return publish(ownView, room.rev);
    // Each sees its own revisions, and of the other's receipts what the other shows.
    const other = peerOf(room, userId);
    publish(ownView, revOf(room, userId), other);
    if (frozenMember(room) === other) return;
    publish(this.messages.viewOf(row, room, other), revOf(room, other), userId);
  }
}
