import { Column, CreateDateColumn, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../../users/user.entity.js';

/** What is left to do for a deleted account, by whichever server: to close its rooms, and to remove the texts. */
@Entity('account_deletions')
export class AccountDeletionEntity {
  @PrimaryColumn('bigint', { name: 'user_id', primaryKeyConstraintName: 'account_deletions_pkey' })
  userId: number;

  @OneToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'account_deletions_user_id_fkey' })
  user: UserEntity;

  @Column('boolean', { name: 'remove_texts' })
  removeTexts: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'requested_at', default: () => 'now()' })
  requestedAt: Date;

  /** The texts are removed up to this message of this room, and in all rooms with a lower id. */
  @Column('bigint', { name: 'last_room_id', default: 0 })
  lastRoomId: number;

  @Column('bigint', { name: 'last_seq', default: 0 })
  lastSeq: number;

  /** A server works on it; past: that server is gone. */
  @Column('timestamptz', { name: 'claimed_until', nullable: true })
  claimedUntil: Date | null;
}
