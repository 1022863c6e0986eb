import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one pass through all rooms that removes what is older than RETENTION_DAYS. No row before the first. */
@Entity('retention_passes')
export class RetentionPassEntity {
  /** Always true: there is one row. */
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'retention_passes_pkey' })
  id: boolean;

  /** All rooms up to this one are done. */
  @Column('bigint', { name: 'last_room_id', default: 0 })
  lastRoomId: number;

  /** A server works on it; past: that server is gone. */
  @Column('timestamptz', { name: 'claimed_until', nullable: true })
  claimedUntil: Date | null;

  /** When the last pass came to its end. */
  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;
}
