import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { SessionEntity } from '../accounts/session.entity.js';
import { UserEntity } from '../users/user.entity.js';

/** A browser to which the messages of a user are pushed. */
@Entity('push_subscriptions')
@Unique('push_subscriptions_user_endpoint_key', ['userId', 'endpoint'])
@Index('push_subscriptions_session_id_idx', ['sessionId'])
@Index('push_subscriptions_endpoint_idx', ['endpoint'])
export class PushSubscriptionEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'push_subscriptions_pkey',
  })
  id: number;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'push_subscriptions_user_id_fkey' })
  user: UserEntity;

  /** The session that made it, and with which it ends; null in simulation. */
  @Column('bigint', { name: 'session_id', nullable: true })
  sessionId: number | null;

  @ManyToOne(() => SessionEntity, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'push_subscriptions_session_id_fkey' })
  session: SessionEntity | null;

  /** URL of the push service. With it and the keys anybody can push to the browser. */
  @Column('text')
  endpoint: string;

  @Column('text')
  p256dh: string;

  @Column('text')
  auth: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
