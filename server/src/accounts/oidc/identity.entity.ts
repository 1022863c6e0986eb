import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { AccountEntity } from '../account.entity.js';

/** An account of an identity provider by which a user logs in. Issuer and subject name it, and nothing else does. */
@Entity('identities')
@Index('identities_issuer_subject_key', ['issuer', 'subject'], { unique: true })
@Index('identities_user_id_idx', ['userId'])
export class IdentityEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'identities_pkey',
  })
  id: number;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @ManyToOne(() => AccountEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'identities_user_id_fkey' })
  account: AccountEntity;

  /** URL of the provider. */
  @Column('text')
  issuer: string;

  /** Id of the account at the provider, which does not change. */
  @Column('text')
  subject: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
