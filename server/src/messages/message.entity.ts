import type { FrozenContent, StoredEdit } from './message-row.js';
import type { StoredAttachment } from '../attachments/attachment.view.js';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One message. Every key begins with the room, so that the table can be partitioned by it; for the same reason the
 * index on `id` is a plain one (the sequence makes it unique). No foreign keys: rooms and users are never deleted,
 * the one statement that inserts joins them, and the checks would cost each message 5 µs.
 */
@Entity('messages')
@Index('messages_id_idx', ['id'])
@Index('messages_client_id_key', ['roomId', 'senderId', 'clientId'], {
  unique: true,
  where: '(client_id IS NOT NULL)',
})
@Index('messages_changed_idx', ['roomId', 'rev'], { where: 'changed' })
@Index('messages_expires_idx', ['expiresAt'], {
  where: '((expires_at IS NOT NULL) AND (deleted_at IS NULL))',
})
export class MessageEntity {
  @PrimaryColumn('bigint', { name: 'room_id', primaryKeyConstraintName: 'messages_pkey' })
  roomId: number;

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'messages_pkey' })
  seq: number;

  @Column('bigint', { default: () => "nextval('message_ids')" })
  id: number;

  @Column('bigint', { name: 'sender_id' })
  senderId: number;

  /**
   * How many messages the sender has in the room up to and with this one. With `seq` it shows how many the other
   * has, so the unread count at any watermark is read off one row instead of counted.
   */
  @Column('bigint', { name: 'sender_seq' })
  senderSeq: number;

  @Column('uuid', { name: 'client_id', nullable: true })
  clientId: string | null;

  @Column('text')
  text: string;

  /** Id of the message that this one answers. */
  @Column('bigint', { name: 'reply_to', nullable: true })
  replyTo: number | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** The room's `rev` when this message last changed. */
  @Column('bigint')
  rev: number;

  /** Changed after it was sent: the few rows that catching up has to look for by `rev`. */
  @Column('boolean', { default: false })
  changed: boolean;

  @Column('timestamptz', { name: 'edited_at', nullable: true })
  editedAt: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  /**
   * Each reaction as the side of the member (`a`, `b`: rooms) and the emoji, in the order in which they were made. In the row
   * of the message, so that reading it needs no join; null for nearly all.
   */
  @Column('text', { array: true, nullable: true })
  reactions: string[] | null;

  /** What the message said before each edit ({@link StoredEdit}), oldest first. Read only where they are asked for. */
  @Column('jsonb', { nullable: true })
  edits: StoredEdit[] | null;

  /** The message as a member still sees it who had blocked the other before it was changed. */
  @Column('jsonb', { nullable: true })
  frozen: FrozenContent | null;
  /** A copy of what readers need of the rows in `attachments`. Null: there are none. */
  @Column('jsonb', { nullable: true })
  attachments: StoredAttachment[] | null;

  /** When it disappears by the timer that its chat had; null: never. The server's own setting is not in it: see Expiry. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
