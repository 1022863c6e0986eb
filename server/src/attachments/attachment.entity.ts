import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

/**
 * A file: an upload until a message names it, then an attachment of that message. The message has a copy of what readers
 * need (`messages.attachments`), so that no message is joined to read it. A row is removed after its files, by the clean-up
 * that looks for rows whose time is over.
 */
@Entity('attachments')
@Index('attachments_user_id_idx', ['userId'])
@Index('attachments_room_id_seq_idx', ['roomId', 'seq'], { where: '(room_id IS NOT NULL)' })
@Index('attachments_expires_at_idx', ['expiresAt'], { where: '(expires_at IS NOT NULL)' })
export class AttachmentEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'attachments_pkey',
  })
  id: number;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'attachments_user_id_fkey' })
  user: UserEntity;

  /** The folder of its files in the storage. Not the id, which a restored database may give again. */
  @Column('uuid')
  key: string;

  /** Empty: the message was removed. */
  @Column('text')
  name: string;

  /** What the client says that it is. Decides nothing but whether a container of sound and film is sound. */
  @Column('text', { name: 'declared_type' })
  declaredType: string;

  /** In bytes: as announced, and once it is complete as stored, which is what counts for the quota. */
  @Column('bigint')
  size: number;

  /** Bytes of the parts that are stored, in order. */
  @Column('integer', { array: true, default: () => "'{}'" })
  parts: number[];

  /** The sum of `parts`: the offset of the upload. */
  @Column('bigint', { default: 0 })
  received: number;

  /** Null until all bytes are there, and were looked at. */
  @Column('text', { nullable: true })
  type: string | null;

  @Column('integer', { nullable: true })
  width: number | null;

  @Column('integer', { nullable: true })
  height: number | null;

  @Column('boolean', { name: 'has_thumbnail', default: false })
  hasThumbnail: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null: a message has it, or it is the picture of its user. In the past: its files, and then the row, are about to be removed. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** The message that has it. */
  @Column('bigint', { name: 'room_id', nullable: true })
  roomId: number | null;

  @Column('bigint', { nullable: true })
  seq: number | null;
}
