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

/** One login of one user: a browser or a program. The row is deleted when the session ends. */
@Entity('sessions')
@Index('sessions_token_hash_key', ['tokenHash'], { unique: true })
@Index('sessions_user_id_idx', ['userId'])
export class SessionEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'sessions_pkey',
  })
  id: number;

  /** SHA-256 of the token: the rows, and backups of them, are of no use for logging in. */
  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_id_fkey' })
  user: UserEntity;

  @Column('text')
  device: string;

  @Column('text')
  ip: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Written at most once a minute. */
  @Column('timestamptz', { name: 'last_used_at', default: () => 'now()' })
  lastUsedAt: Date;

  /** When the user last proved the password or a passkey in this session. Null: before there were passkeys. */
  @Column('timestamptz', { name: 'proved_at', nullable: true, default: () => 'now()' })
  provedAt: Date | null;
}
