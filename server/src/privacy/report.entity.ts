import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm';
import type { ReportCategory } from '@parley/shared';
import { UserEntity } from '../users/user.entity.js';

/** A user's report of a chat, for the operator of the server: `npm run admin -- report:list`. */
@Entity('reports')
@Index('reports_reporter_id_idx', ['reporterId'])
@Index('reports_reported_id_idx', ['reportedId'])
export class ReportEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'reports_pkey',
  })
  id: number;

  @Column('bigint', { name: 'room_id' })
  roomId: number;

  @Column('bigint', { name: 'reporter_id' })
  reporterId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'reporter_id', foreignKeyConstraintName: 'reports_reporter_id_fkey' })
  reporter: UserEntity;

  @Column('bigint', { name: 'reported_id' })
  reportedId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'reported_id', foreignKeyConstraintName: 'reports_reported_id_fkey' })
  reported: UserEntity;

  /** One of REPORT_CATEGORIES. */
  @Column('text', { default: 'other' })
  category: ReportCategory;

  /** In the words of the user; empty: there are none. */
  @Column('text')
  reason: string;

  /** The reported messages, by `seq`; 0 and 0 in a room without messages. */
  @Column('bigint', { name: 'first_seq' })
  firstSeq: number;

  @Column('bigint', { name: 'last_seq' })
  lastSeq: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
