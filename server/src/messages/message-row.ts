import type { MessageEdit, MessageId, MessageReply, Rev, RoomId, Seq, UserId } from '@parley/shared';
import type { StoredAttachment } from '../attachments/attachment.view.js';

/** A message as it is read from `messages`, without what only the log and the unread count need. */
export interface MessageRow {
  id: MessageId;
  room_id: RoomId;
  seq: Seq;
  sender_id: UserId;
  client_id: string | null;
  text: string;
  reply_to: MessageId | null;
  created_at: Date;
  rev: Rev;
  edited_at: Date | null;
  deleted_at: Date | null;
  /** By the timer of its chat. For the server's own setting too: Expiry. */
  expires_at: Date | null;
  /** The side of the member and the emoji of each; null: none. */
  reactions: string[] | null;
  /** Null: there are none. */
  attachments: StoredAttachment[] | null;
  /** The message that `reply_to` names. Not a column: MessagesRepository adds it to the rows that it reads. */
  quote?: MessageReply | null;
}

/** An edit, as it is stored with its message: `rev` is the room's revision after it. */
export interface StoredEdit extends MessageEdit {
  rev: Rev;
}

/** What a member who has blocked the other sees of a message that was changed since. */
export interface FrozenContent {
  text: string;
  edited_at: string | null;
  reactions: string[] | null;
  rev: Rev;
}

/** The compiler demands each field of MessageRow, and no other. */
const COLUMNS: Record<Exclude<keyof MessageRow, 'quote'>, true> = {
  id: true,
  room_id: true,
  seq: true,
  sender_id: true,
  client_id: true,
  text: true,
  reply_to: true,
  created_at: true,
  rev: true,
  edited_at: true,
  deleted_at: true,
  reactions: true,
  attachments: true,
  expires_at: true,
};
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/** MessageRow as columns of a SELECT, from the table or query `m`. */
export const MESSAGE_COLUMNS = NAMES.map((name) => `m.${name}`).join(', ');

/** The same, each name with the prefix `m_`, beside the columns of another table: see {@link joinedMessage}. */
export const JOINED_MESSAGE_COLUMNS = NAMES.map((name) => `m.${name} AS m_${name}`).join(', ');

type Prefixed<Row> = { [Name in keyof Row & string as `m_${Name}`]: Row[Name] };
type JoinedColumns = Prefixed<Omit<MessageRow, 'quote'>>;
/** A row with JOINED_MESSAGE_COLUMNS of an inner join. */
export type InnerJoinedMessageRow = JoinedColumns & { m_quote?: MessageReply | null };
/** A row with JOINED_MESSAGE_COLUMNS of a LEFT JOIN. */
export type JoinedMessageRow =
  InnerJoinedMessageRow | (Record<keyof JoinedColumns, null> & { m_quote?: MessageReply | null });

/** The message of a joined row; null when there is none. */
export function joinedMessage(row: InnerJoinedMessageRow): MessageRow;
export function joinedMessage(row: JoinedMessageRow): MessageRow | null;
export function joinedMessage(row: JoinedMessageRow): MessageRow | null {
  if (row.m_id === null) return null;
  const message = Object.fromEntries(NAMES.map((name) => [name, row[`m_${name}`]])) as unknown as MessageRow;
  if (row.m_quote !== undefined) message.quote = row.m_quote;
  return message;
}
