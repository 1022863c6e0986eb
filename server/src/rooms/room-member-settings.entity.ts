import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

/**
 * How a user keeps a room in the list. Not in the row of the room, which every message reads and writes: no statement of the
 * message path knows this table. So what messages and receipts change in it is not stored, but derived (`listSettingsOf`).
 */
@Entity('room_member_settings')
@Index('room_member_settings_rev_key', ['userId', 'rev'], { unique: true })
export class RoomMemberSettingsEntity {
  @PrimaryColumn('bigint', { name: 'user_id', primaryKeyConstraintName: 'room_member_settings_pkey' })
  userId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'room_member_settings_user_id_fkey' })
  user: UserEntity;

  @PrimaryColumn('bigint', { name: 'room_id', primaryKeyConstraintName: 'room_member_settings_pkey' })
  roomId: number;

  /** The user's `listing_rev` of the last change. */
  @Column('bigint')
  rev: number;

  @Column('timestamptz', { name: 'pinned_at', nullable: true })
  pinnedAt: Date | null;

  @Column('timestamptz', { name: 'muted_until', nullable: true })
  mutedUntil: Date | null;

  /** `last_seq` of the room, as the user saw it, when it was archived. */
  @Column('bigint', { name: 'archived_seq', nullable: true })
  archivedSeq: number | null;

  /** The user's `read_seq` when the room was marked as unread. */
  @Column('bigint', { name: 'unread_seq', nullable: true })
  unreadSeq: number | null;
}
