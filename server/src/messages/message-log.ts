import type { MessageId, Rev, RoomId, Seq, UserId } from '@parley/shared';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Batcher, type Outcome } from '../database/batcher.js';
import { ChatError, fieldError, noSuchRoom, roomClosed } from '../errors/chat-error.js';
import { Metrics } from '../metrics/metrics.js';
import type { StoredAttachment } from '../attachments/attachment.view.js';
import { APPEND, APPEND_ATTACHING, APPEND_ONE } from './message-log.sql.js';
import type { MessageRow } from './message-row.js';
import { MessagesRepository } from './messages.repository.js';
import { UnknownOutcomes } from './unknown-outcomes.js';
import { BLOCKS, SILENT } from '../users/privacy.js';
import { afterMessage, privacyOf, type RoomState } from '../rooms/room-state.js';

/** A message that is not stored yet. The text is trimmed and checked. */
export interface Draft {
  roomId: RoomId;
  senderId: UserId;
  text: string;
  clientId: string | null;
  replyTo: MessageId | null;
  /** Ids of uploads. */
  attachments: readonly number[] | null;
}

/** A stored message, and its room as it was right after it. */
export interface Appended {
  message: MessageRow;
  room: RoomState;
  /** The same client_id came before: `stored` by then, or `in flight` and published by the send that it repeats. */
  repeated: false | 'stored' | 'in flight';
}

interface AppendRow extends Omit<RoomState, 'id'> {
  /** Null: the room is not the sender's. */
  id: RoomId | null;
  closed: boolean;
  message_id: MessageId;
  /** Null: `reply_to` names no message of the room, the uploads cannot be taken, it is closed, or the sender may not send. */
  seq: Seq | null;
  created_at: Date;
  expires_at: Date | null;
  message_rev: Rev;
  /** What the client_id has made before; null: nothing. */
  known: Known | null;
  /** What became of the uploads. Only in a batch in which there are some. */
  attached?: StoredAttachment[] | null;
  is_attachable?: boolean;
}

/** A stored message, in JSON. */
interface Known extends Pick<MessageRow, 'text' | 'reply_to' | 'reactions' | 'attachments'> {
  edited_at: string | null;
  deleted_at: string | null;
}

interface AppendOneRow extends RoomState {
  message_id: MessageId;
  created_at: Date;
  expires_at: Date | null;
}

/**
 * The one way into the table of messages: commits in batches, gives `seq`, keeps every client_id once.
 * Resolves only after commit, in the order of `seq` within a room.
 */
@Injectable()
export class MessageLog {
  readonly #commits: Batcher<Draft, Appended>;
  /** Drafts in flight by their key, so that a retry waits for the first copy instead of racing it. */
  readonly #inFlight = new Map<string, { draft: Draft; appended: Promise<Appended> }>();

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly repository: MessagesRepository,
    outcomes: UnknownOutcomes,
  ) {
    const onBatch = metrics.groupCommit('messages', () => this.#commits.depth);
    this.#commits = new Batcher((drafts) => this.#write(drafts), {
      onBatch,
      onUnknownOutcome: (drafts) => outcomes.add(drafts),
    });
  }

  /**
   * @throws NotAccepted; ChatError `not_found` when the room is not the sender's, `forbidden` when it is closed, `blocked`
   * when the sender has blocked the other, `conflict` when the client_id names another
   * text, `bad_frame` when `replyTo` is not in the room, `unavailable` when the database does not answer.
   */
  async append(draft: Draft): Promise<Appended> {
    if (draft.clientId === null) return this.#commits.add(draft);
    const key = `${draft.roomId}/${draft.senderId}/${draft.clientId}`;
    for (let first = this.#inFlight.get(key); first; first = this.#inFlight.get(key)) {
      const appended = await first.appended.catch((error: unknown) => {
        // Its fate is ours, unless it was refused for its own text: another server may have stored ours before it.
        if (isSame(first.draft, draft)) throw error;
        return null;
      });
      if (!appended) continue;
      if (!isRepetitionOf(appended.message, draft)) throw otherText();
      return { ...appended, repeated: 'in flight' };
    }
    const appended = this.#commits.add(draft);
    this.#inFlight.set(key, { draft, appended });
    try {
      return await appended;
    } finally {
      this.#inFlight.delete(key);
    }
  }

  /** Resolves when nothing is in flight. */
  drain(): Promise<void> {
    return this.#commits.drain();
  }

  async #write(drafts: Draft[]): Promise<Outcome<Appended>[]> {
    const [only] = drafts;
    const isAttaching = drafts.some(({ attachments }) => attachments !== null);
    if (only && drafts.length === 1 && !isAttaching) {
      const appended = await this.#writeOne(only);
      if (appended) return [appended];
    }
    const values = [
      drafts.map((draft) => draft.roomId),
      drafts.map((draft) => draft.senderId),
      drafts.map((draft) => draft.clientId),
      drafts.map((draft) => draft.text),
      drafts.map((draft) => draft.replyTo),
    ];
    if (isAttaching) values.push(drafts.map(({ attachments }) => attachments && `{${attachments.join()}}`));
    const statement = isAttaching ? APPEND_ATTACHING : APPEND;
    const rows = await this.database.query<AppendRow>(statement, values);
    this.metrics.messagesStored.inc(rows.filter(({ seq, known }) => seq !== null && known === null).length);
    const rooms = new Map<RoomId, RoomState>();
    const outcomes = drafts.map((draft, position) => outcomeOf(draft, rows[position], rooms));
    await this.#quote(outcomes);
    return outcomes;
  }

  /** Null when there is more to say about it than that it is stored. */
  async #writeOne(draft: Draft): Promise<Appended | null> {
    const { roomId, senderId, clientId, text, replyTo } = draft;
    const values = [roomId, senderId, clientId, text, replyTo];
    const [row] = await this.database.query<AppendOneRow>(APPEND_ONE, values);
    if (!row) return null;
    this.metrics.messagesStored.inc();
    const { message_id: id, last_seq: seq, rev, created_at, expires_at } = row;
    const message = messageOf(draft, id, seq, created_at, rev, expires_at);
    if (replyTo !== null) await this.repository.quote([message]);
    return { message, room: row, repeated: false };
  }

  /** Here, and not after the commit of the batch: messages are published in the order in which their batch resolves. */
  async #quote(outcomes: Outcome<Appended>[]): Promise<void> {
    const replies: MessageRow[] = [];
    for (const outcome of outcomes) {
      if (!(outcome instanceof Error) && outcome.message.reply_to !== null) replies.push(outcome.message);
    }
    if (replies.length > 0) await this.repository.quote(replies);
  }
}

/** @param rooms each room as it is after the drafts before this one. */
function outcomeOf(
  draft: Draft,
  row: AppendRow | undefined,
  rooms: Map<RoomId, RoomState>,
): Outcome<Appended> {
  if (!row) return new Error('A draft came back without a row.');
  if (!isInRoom(row)) return noSuchRoom();
  const { seq, message_id: id, message_rev: rev, created_at, expires_at, known } = row;
  if (seq === null && row.closed) return roomClosed();
  const privacy = privacyOf(row, draft.senderId);
  if (seq === null && privacy & BLOCKS) return isBlocked();
  if (seq === null && privacy & SILENT) return new NotAccepted();
  if (seq === null && row.is_attachable === false) return notAttachable();
  if (seq === null) return fieldError('reply_to', 'names no message of this room');

  const before = rooms.get(row.id) ?? row;
  const message = messageOf(draft, id, seq, created_at, rev, expires_at);
  if (known === null) {
    if (row.attached) message.attachments = row.attached;
    const room = afterMessage(before, draft.senderId, seq, rev);
    rooms.set(row.id, room);
    return { message, room, repeated: false };
  }
  message.text = known.text;
  message.reply_to = known.reply_to;
  message.reactions = known.reactions;
  message.attachments = known.attachments;
  message.edited_at = known.edited_at === null ? null : new Date(known.edited_at);
  message.deleted_at = known.deleted_at === null ? null : new Date(known.deleted_at);
  return isRepetitionOf(message, draft) ? { message, room: before, repeated: 'stored' } : otherText();
}

/** The refusal of a message to somebody whom the sender has blocked. */
export function isBlocked(): ChatError {
  return new ChatError('blocked', 'You have blocked this user: unblock to write.');
}

/** The room is a request that the sender has not accepted. Nothing is stored. */
export class NotAccepted extends Error {}

function isInRoom(row: AppendRow): row is AppendRow & { id: RoomId } {
  return row.id !== null;
}

/** A draft with what the database added. */
function messageOf(
  draft: Draft,
  id: MessageId,
  seq: Seq,
  created_at: Date,
  rev: Rev,
  expires_at: Date | null,
): MessageRow {
  // Written out, as in afterMessage: spreading costs too much here.
  return {
    id,
    room_id: draft.roomId,
    seq,
    sender_id: draft.senderId,
    client_id: draft.clientId,
    text: draft.text,
    reply_to: draft.replyTo,
    created_at,
    rev,
    edited_at: null,
    deleted_at: null,
    expires_at,
    reactions: null,
    attachments: null,
  };
}

/** Whether a draft may be what has made this message, under the same client_id. What it said before a change is not compared. */
function isRepetitionOf(stored: MessageRow, draft: Draft): boolean {
  const isDeleted = stored.deleted_at !== null;
  const isChanged = stored.edited_at !== null || isDeleted;
  const attachments = stored.attachments && stored.attachments.map(({ id }) => id);
  return isSame(
    {
      text: isChanged ? draft.text : stored.text,
      replyTo: stored.reply_to,
      attachments: isDeleted ? draft.attachments : attachments,
    },
    draft,
  );
}

type Content = Pick<Draft, 'text' | 'replyTo' | 'attachments'>;

function isSame(a: Content, b: Content): boolean {
  return (
    a.text === b.text &&
    a.replyTo === b.replyTo &&
    (a.attachments === b.attachments || a.attachments?.join() === b.attachments?.join())
  );
}

/** The same for uploads that do not exist, are other users', are not complete, have expired, or were sent already. */
export function notAttachable(): ChatError {
  return fieldError('attachments', 'must name complete uploads of yours, each in one message only');
}

function otherText(): ChatError {
  const message = 'was used for another message already';
  return new ChatError('conflict', `client_id: ${message}`, { fields: [{ field: 'client_id', message }] });
}
