import { Inject, Injectable } from '@nestjs/common';
import { MAX_EDITS, MAX_REACTIONS, type RoomId, type Seq, type UserId } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { toServerLimits } from '../config/server-limits.js';
import { Batcher, type Outcome } from '../database/batcher.js';
import { Database, type Statement } from '../database/database.js';
import { ChatError, noSuchMessage, roomClosed } from '../errors/chat-error.js';
import { BLOCKS, SILENT } from '../users/privacy.js';
import { privacyOf, seenBy, type RoomState } from '../rooms/room-state.js';
import { DELETE, EDIT, REACT } from './message-changes.sql.js';
import { isBlocked } from './message-log.js';
import { joinedMessage, type InnerJoinedMessageRow, type MessageRow } from './message-row.js';
import { MessagesRepository } from './messages.repository.js';
import { UnknownOutcomes } from './unknown-outcomes.js';

/** What a user does to a message. */
export type MessageChange =
  | { readonly kind: 'edit'; readonly text: string }
  | { readonly kind: 'delete' }
  | { readonly kind: 'react'; readonly emoji: string; readonly on: boolean };

/** A change to a message that is there, in a room of the user. */
export interface ChangeDraft {
  readonly roomId: RoomId;
  readonly seq: Seq;
  readonly userId: UserId;
  readonly change: MessageChange;
}

/** The message and its room after a change. */
export interface Changed {
  readonly message: MessageRow;
  readonly room: RoomState;
  /** False: it was like this before. */
  readonly isChanged: boolean;
}

type ChangeRow = InnerJoinedMessageRow &
  RoomState & { closed: boolean; is_changed: boolean; is_in_time: boolean };

/**
 * Statements that run at the same time. The changes of a room are in one queue, so they are published in the order of `rev`;
 * more queues would take connections from the messages.
 */
const QUEUES = 4;

/** Commits edits, deletions and reactions, one at a time: a person makes few. */
@Injectable()
export class MessageChangeLog {
  readonly #queues: Batcher<ChangeDraft, Changed>[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly repository: MessagesRepository,
    outcomes: UnknownOutcomes,
  ) {
    this.#queues = Array.from(
      { length: QUEUES },
      () =>
        new Batcher<ChangeDraft, Changed>(
          (drafts) => Promise.all(drafts.map((draft) => this.#write(draft))),
          {
            maxBatch: 1,
            onUnknownOutcome: (drafts) => outcomes.add(drafts),
          },
        ),
    );
  }

  /**
   * Resolves after the commit; what is so already is no error.
   * @throws ChatError `forbidden`, `blocked`, `deleted`, `edit_window_over`, `too_many`, `not_found`, `unavailable`.
   */
  apply(draft: ChangeDraft): Promise<Changed> {
    return this.#queues[draft.roomId % QUEUES]!.add(draft);
  }

  /** Resolves when nothing is in flight. */
  async drain(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.drain()));
  }

  async #write(draft: ChangeDraft): Promise<Outcome<Changed>> {
    const [statement, ...more] = this.#statementOf(draft.change);
    const values = [draft.roomId, draft.seq, draft.userId, ...more];
    const [row] = await this.database.query<ChangeRow>(statement, values);
    if (!row) return noSuchMessage();
    const message = joinedMessage(row);
    if (message.seq > seenBy(row, draft.userId).last_seq) return noSuchMessage();
    if (!row.is_changed) {
      const refusal = refusalOf(draft, message, row);
      if (refusal) return refusal;
    }
    await this.repository.quote([message]);
    return { message, room: row, isChanged: row.is_changed };
  }

  #statementOf(change: MessageChange): [Statement, ...unknown[]] {
    const limits = toServerLimits(this.config);
    switch (change.kind) {
      case 'edit':
        return [EDIT, change.text, limits.edit_window_seconds];
      case 'delete':
        return [DELETE, limits.delete_window_seconds];
      case 'react':
        return [REACT, change.emoji, change.on];
    }
  }
}

/** Why nothing has changed; null: it was like this before. The same conditions as in the statements. */
function refusalOf({ userId, change }: ChangeDraft, message: MessageRow, row: ChangeRow): ChatError | null {
  const { kind } = change;
  const privacy = privacyOf(row, userId);
  if (kind !== 'react' && message.sender_id !== userId) return notTheAuthor();
  if (row.closed && kind !== 'delete') return roomClosed();
  if (privacy & BLOCKS) return isBlocked();
  if (privacy & SILENT) return requestNotAccepted();
  const isGone =
    message.deleted_at !== null || (message.expires_at !== null && message.expires_at <= new Date());
  if (isGone) return kind === 'delete' ? null : isDeleted();
  switch (kind) {
    case 'edit':
      if (message.text === change.text) return null;
      return row.is_in_time ? tooManyEdits() : windowOver();
    case 'delete':
      return windowOver();
    case 'react': {
      const own = `${userId === row.user_a_id ? 'a' : 'b'}${change.emoji}`;
      return (message.reactions?.includes(own) ?? false) === change.on ? null : tooManyReactions();
    }
  }
}

export function notTheAuthor(): ChatError {
  return new ChatError('forbidden', 'Only its sender can edit or delete a message.');
}

export function requestNotAccepted(): ChatError {
  return new ChatError('forbidden', 'Accept the request first.');
}

export function isDeleted(): ChatError {
  return new ChatError('deleted', 'The message is deleted.');
}

export function windowOver(): ChatError {
  return new ChatError('edit_window_over', 'The message was sent too long ago.');
}

export function tooManyReactions(): ChatError {
  return new ChatError('too_many', `A message has at most ${MAX_REACTIONS} different reactions.`);
}

export function tooManyEdits(): ChatError {
  return new ChatError('too_many', `A message can be edited ${MAX_EDITS} times, a long one less often.`);
}
