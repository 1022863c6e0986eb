import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';
import type { MessageTimer } from '@parley/shared';
import type { Freeze } from '../users/privacy.js';

/**
 * A room of two users, `a` the one with the lower id. All that changes in a room stands in this one row, so that
 * its lock is the only one that a send or a receipt takes, and one UPDATE returns a state that is true.
 */
@Entity('rooms')
@Unique('rooms_pair_key', ['userAId', 'userBId'])
@Check('rooms_pair_order', 'user_a_id < user_b_id')
@Check('rooms_sent', 'last_seq = sent_a + sent_b')
@Check(
  'rooms_watermarks',
  'read_seq_a <= delivered_seq_a AND delivered_seq_a <= last_seq AND read_seq_b <= delivered_seq_b AND delivered_seq_b <= last_seq',
)
export class RoomEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'rooms_pkey',
  })
  id: number;

  @Column('bigint', { name: 'user_a_id' })
  userAId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_a_id', foreignKeyConstraintName: 'rooms_user_a_id_fkey' })
  userA: UserEntity;

  @Index('rooms_user_b_id_idx')
  @Column('bigint', { name: 'user_b_id' })
  userBId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_b_id', foreignKeyConstraintName: 'rooms_user_b_id_fkey' })
  userB: UserEntity;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Time of the newest message; of the room's creation while there is none. */
  @Column('timestamptz', { name: 'last_activity_at', default: () => 'now()' })
  lastActivityAt: Date;

  @Column('bigint', { name: 'last_seq', default: 0 })
  lastSeq: number;

  /** Counts every change of the room: messages, receipts, edits. */
  @Column('bigint', { default: 0 })
  rev: number;

  /** How many of the messages are a's, and b's. */
  @Column('bigint', { name: 'sent_a', default: 0 })
  sentA: number;

  @Column('bigint', { name: 'sent_b', default: 0 })
  sentB: number;

  @Column('bigint', { name: 'read_seq_a', default: 0 })
  readSeqA: number;

  @Column('bigint', { name: 'read_seq_b', default: 0 })
  readSeqB: number;

  @Column('bigint', { name: 'delivered_seq_a', default: 0 })
  deliveredSeqA: number;

  @Column('bigint', { name: 'delivered_seq_b', default: 0 })
  deliveredSeqB: number;

  /** How many of b's messages a has not read: those beyond read_seq_a. */
  @Column('bigint', { name: 'unread_a', default: 0 })
  unreadA: number;

  @Column('bigint', { name: 'unread_b', default: 0 })
  unreadB: number;

  /** The account of a member is deleted: the room takes no message any more. */
  @Column('boolean', { default: false })
  closed: boolean;

  /** After which time new messages disappear, as a member has last set it; null: never set. */
  @Column('jsonb', { nullable: true })
  timer: MessageTimer | null;

  /** Every message up to this one has expired. */
  @Column('bigint', { name: 'expired_seq', default: 0 })
  expiredSeq: number;

  /** Whether the member has opened the room. Without messages it is listed for those who have; in simulation for both. */
  @Column('boolean', { name: 'opened_a', default: true })
  openedA: boolean;

  @Column('boolean', { name: 'opened_b', default: true })
  openedB: boolean;

  /** What a keeps from b, and how a stands to b: bits of HIDES, REQUEST, BLOCKS and DECLINED (users/privacy.ts). */
  @Column('integer', { name: 'privacy_a', default: 0 })
  privacyA: number;

  @Column('integer', { name: 'privacy_b', default: 0 })
  privacyB: number;

  /** Bits of HIDES that a has set for this room alone, and 4 bits further, whether they are hidden. */
  @Column('integer', { name: 'overrides_a', default: 0 })
  overridesA: number;

  @Column('integer', { name: 'overrides_b', default: 0 })
  overridesB: number;

  /** Counts the changes that only a sees, such as hidden receipts: a's revision of the room is `rev` and these. */
  @Column('bigint', { name: 'private_rev_a', default: 0 })
  privateRevA: number;

  @Column('bigint', { name: 'private_rev_b', default: 0 })
  privateRevB: number;

  /** The room as it was when a blocked b or declined its request ({@link Freeze}); null: a sees it as it is. */
  @Column('jsonb', { name: 'freeze_a', nullable: true })
  freezeA: Freeze | null;

  @Column('jsonb', { name: 'freeze_b', nullable: true })
  freezeB: Freeze | null;
}
