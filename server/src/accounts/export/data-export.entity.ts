import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../account.entity.js';

/** The export of a user that runs now, or the last one. */
@Entity('data_exports')
export class DataExportEntity {
  @PrimaryColumn('bigint', { name: 'user_id', primaryKeyConstraintName: 'data_exports_pkey' })
  userId: number;

  @OneToOne(() => AccountEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'data_exports_user_id_fkey' })
  account: AccountEntity;

  /** Counts the exports of the user: one that was replaced, because its server seemed to be gone, ends itself. */
  @Column('bigint', { default: 1 })
  run: number;

  @Column('boolean', { name: 'is_running', default: true })
  isRunning: boolean;

  /** When those of the last hour began. */
  @Column('timestamptz', { name: 'started_at', array: true })
  startedAt: Date[];

  /** At least every few seconds while it runs. Older: its server is gone. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  /** Messages that are in the archive, of `total`. */
  @Column('bigint', { default: 0 })
  messages: number;

  @Column('bigint')
  total: number;
}
