import type { MessageId, Rev, RoomId, Seq, UserId } from '@parley/shared';
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
}

/** The compiler demands each field of MessageRow, and no other. */
const COLUMNS: Record<keyof MessageRow, true> = {
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
};
const NAMES = Object.keys(COLUMNS) as (keyof MessageRow)[];

/** MessageRow as columns of a SELECT, from the table or query `m`. */
export const MESSAGE_COLUMNS = NAMES.map((name) => `m.${name}`).join(', ');

/** The same, each name with the prefix `m_`, beside the columns of another table: see {@link joinedMessage}. */
export const JOINED_MESSAGE_COLUMNS = NAMES.map((name) => `m.${name} AS m_${name}`).join(', ');

type Prefixed<Row> = { [Name in keyof Row & string as `m_${Name}`]: Row[Name] };
/** A row with JOINED_MESSAGE_COLUMNS of a LEFT JOIN. */
export type JoinedMessageRow = Prefixed<MessageRow> | Record<keyof Prefixed<MessageRow>, null>;

/** The message of a joined row; null when there is none. */
export function joinedMessage(row: JoinedMessageRow): MessageRow | null {
  if (row.m_id === null) return null;
  return Object.fromEntries(NAMES.map((name) => [name, row[`m_${name}`]])) as unknown as MessageRow;
}
