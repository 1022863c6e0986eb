import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity.js';

/**
 * A personal access token. A table of its own: a server of a version before it would take a row of `sessions` for a login,
 * which may do everything.
 */
@Entity('access_tokens')
@Index('access_tokens_token_hash_key', ['tokenHash'], { unique: true })
@Index('access_tokens_user_id_idx', ['userId'])
export class AccessTokenEntity {
  /** From the sequence of `sessions`: whatever ends sessions by their id also ends tokens. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'access_tokens_pkey' })
  id: number;

  /** SHA-256 of the token. */
  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @ManyToOne(() => AccountEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'access_tokens_user_id_fkey' })
  account: AccountEntity;

  @Column('text')
  name: string;

  /** As TokenScope of @parley/shared. */
  @Column('text', { array: true })
  scopes: string[];

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null: it does not expire. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** Written at most once a minute, with where it was used. Null: never used. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('text', { nullable: true })
  device: string | null;

  @Column('text', { nullable: true })
  ip: string | null;
}
