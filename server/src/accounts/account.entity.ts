import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity.js';

/** What a user needs to log in. Users of simulation have none. */
@Entity('accounts')
@Index('accounts_skeleton_key', ['skeleton'], { unique: true })
@Index('accounts_user_handle_key', ['userHandle'], { unique: true })
export class AccountEntity {
  @PrimaryColumn('bigint', { name: 'user_id', primaryKeyConstraintName: 'accounts_pkey' })
  userId: number;

  @ManyToOne(() => UserEntity)
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'accounts_user_id_fkey' })
  user: UserEntity;

  /** The username with characters that look alike replaced by one of them (username-skeleton.ts). */
  @Column('text')
  skeleton: string;

  /** PHC string: it names the algorithm and its parameters. Null: the user logs in without a password. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash: string | null;

  /** By this authenticators know the user: random, so that a passkey does not reveal the id. Null: no passkey yet. */
  @Column('bytea', { name: 'user_handle', nullable: true })
  userHandle: Buffer | null;

  /** Grows with every passkey that is added or removed: a change that relies on the others fails when one was in between. */
  @Column('integer', { name: 'passkeys_rev', default: 0 })
  passkeysRev: number;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
